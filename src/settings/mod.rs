//! Arguments, variables, configuration and facts of the host to resolved values, and each stage's own options.
//!
//! The only place that reads the clock, the environment and the current directory; everything behind it takes values. It
//! goes in this order: what the command line says, then `TIDINGS_…` variables, then the configuration, then what fits
//! most repositories.

mod configuration;
mod forge;
mod host;
mod hosts;
mod judgement;
mod lines;
mod notify;
mod origin;
mod overrides;
mod patterns;
mod publish;
mod registry;
mod registry_variables;
mod release_yml;
mod rendering;
mod resolve;
mod secret_keys;
mod secrets;
mod stranger;
mod terminal;
mod texts;
mod time_zone;
mod tokens;
mod untrusted;

pub use forge::{Asking, ForgeSettings, project};
pub use host::{Host, host};
pub use notify::{Notices, Recipient, Target, notices};
pub use overrides::{ColorChoice, NotifyOverrides, Overrides};
pub use publish::{PipelineFiles, PublishSettings, latest};
pub use registry::{Registries, registries};
pub use rendering::{Rendering, template};
pub use resolve::{NextSettings, Settings, resolve};
pub use stranger::Stranger;
pub use terminal::{plain_ui, ui};
pub use untrusted::refuse_publishing;
