//! Resolves the settings of a run and the options of each stage.
//!
//! In: [`Overrides`] from the command line, [`Process`], and the configuration. Out: [`Settings`], [`Registries`] and
//! [`NotifySettings`]. In order of precedence: the command line, `TIDINGS_…` variables, the configuration, defaults.
//! Only this module reads the clock, the environment and the current directory; other modules take values.

mod configuration;
mod corrections;
mod corrections_target;
mod environment_images;
mod forge;
mod fragments;
mod gitmoji;
mod hosts;
mod line_selection;
mod lines;
mod maintenance;
mod notes_files;
mod notify;
mod origin;
mod overrides;
mod packages;
mod pathspec;
mod patterns;
mod process;
mod publish;
mod pull_request_event;
mod recipient;
mod registry;
mod registry_env;
mod release_yml;
mod rendering;
mod resolve;
mod rule_options;
mod secret_keys;
mod secrets;
mod terminal;
mod text_files;
mod time_zone;
mod tokens;
mod trust;
mod untrusted_checkout;

pub use corrections::CorrectionsFile;
pub use forge::{ForgeAccess, ForgeSettings, project};
pub use line_selection::{LineSelection, shortened};
pub use maintenance::MaintenanceBranches;
pub use notify::{NotifySettings, notify_settings};
pub use overrides::{ColorChoice, NotifyOverrides, Overrides};
pub use pathspec::UserPath;
pub use process::{COMPLETE, Process, current_process};
pub use publish::{BodySource, PipelineFiles, PublishSettings, latest};
pub use pull_request_event::{PullRequestEvent, pull_request_event};
pub use recipient::{Delivery, Destination, Recipient};
pub use registry::{Registries, registries};
pub use rendering::{Rendering, named_locale, template};
pub use resolve::{NextSettings, Settings, resolve};
pub use terminal::{plain_ui, ui};
pub use trust::refuse_publishing;
pub use untrusted_checkout::UntrustedCheckout;
