//! Limits the time, output and memory of custom templates.
//!
//! The engine only limits the length of ranges and the depth of components, and cannot interrupt a loop that prints
//! nothing. So a template renders in its own thread, which is abandoned when it exceeds a limit: the process exits with
//! the error. Limits are set by the user, never by the repository.

use std::{
    io::{self, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use super::Error;

/// The default time limit for all templates of a run together, in seconds.
pub const SECONDS: u64 = 10;
/// The default output limit of one rendering, in MiB.
pub const MEBIBYTES: u64 = 64;

/// The memory limit of one rendering in addition to its output, in bytes.
const MEMORY: usize = 1 << 30;
/// How often the memory is checked; it can grow by some ten MiB in between.
const INTERVAL: Duration = Duration::from_millis(5);
/// Stack sizes to try, in bytes. The engine recurses for each nested include, and to drop nested lists. The large stack
/// is only address space until it is used, and then counts as memory; without room for it, the small one is used.
const STACKS: [usize; 2] = [if usize::BITS < 64 { 64 << 20 } else { 1 << (usize::BITS / 2) }, 64 << 20];
/// The options that raise the limits.
const TIMEOUT: &str = "--template-timeout SECONDS";
const MAX_OUTPUT: &str = "--template-max-output MIB";

/// The limits of custom templates. Clones share the time limit.
#[derive(Debug, Clone)]
pub struct Limits {
    seconds: u64,
    mebibytes: u64,
    /// The microseconds used by earlier renderings.
    spent: Arc<AtomicU64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(SECONDS, MEBIBYTES)
    }
}

impl Limits {
    /// `seconds` for all renderings together, and `mebibytes` of output for each.
    #[must_use]
    pub fn new(seconds: u64, mebibytes: u64) -> Self {
        Self { seconds, mebibytes, spent: Arc::default() }
    }

    /// Runs `work` in a thread until it returns or exceeds a limit. `name` is the template's, for errors.
    pub(super) fn run<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(BoundedOutput) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let bytes = usize::try_from(self.mebibytes << 20).unwrap_or(usize::MAX);
        let full = Arc::new(AtomicBool::new(false));
        let output = BoundedOutput { text: Vec::new(), bytes, full: Arc::clone(&full) };
        let (done, result) = mpsc::channel();
        let (start, before) = (Instant::now(), memory());
        let left = Duration::from_secs(self.seconds)
            .saturating_sub(Duration::from_micros(self.spent.load(Ordering::Relaxed)));
        let work = Arc::new(Mutex::new(Some(move || {
            // Sending fails if the time limit was exceeded.
            drop(done.send(work(output)));
        })));
        let spawn = |stack| {
            let work = Arc::clone(&work);
            let run =
                move || work.lock().ok().and_then(|mut work| work.take()).into_iter().for_each(|work| work());
            thread::Builder::new().stack_size(stack).spawn(run)
        };
        let [large, small] = STACKS;
        let thread = spawn(large).or_else(|_| spawn(small))?;
        drop(work);
        let result = loop {
            match result.recv_timeout(INTERVAL) {
                Ok(result) => break Ok(result),
                Err(RecvTimeoutError::Disconnected) => match thread.join() {
                    Ok(()) => break Err(("ended without a result".to_owned(), "")),
                    Err(panic) => std::panic::resume_unwind(panic),
                },
                Err(RecvTimeoutError::Timeout) if start.elapsed() > left => {
                    break Err((format!("takes longer than {} s", self.seconds), TIMEOUT));
                }
                Err(RecvTimeoutError::Timeout) => {
                    let max = before.saturating_add(MEMORY).saturating_add(bytes.saturating_mul(2));
                    if memory() > max {
                        let mebibytes = (max - before) >> 20;
                        break Err((format!("takes more than {mebibytes} MiB of memory"), MAX_OUTPUT));
                    }
                }
            }
        };
        let taken = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.spent.fetch_add(taken, Ordering::Relaxed);
        let exceeded = |(problem, option)| Error::Limit { name: name.to_owned(), problem, option };
        if full.load(Ordering::Relaxed) {
            return Err(exceeded((format!("writes more than {} MiB", self.mebibytes), MAX_OUTPUT)));
        }
        result.map_err(exceeded)?
    }
}

/// The resident memory of the process in bytes; 0 if the system does not report it.
fn memory() -> usize {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem)
}

/// The output of a rendering, up to its limit.
pub(super) struct BoundedOutput {
    pub(super) text: Vec<u8>,
    bytes: usize,
    full: Arc<AtomicBool>,
}

impl Write for BoundedOutput {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if self.text.len().saturating_add(text.len()) > self.bytes {
            self.full.store(true, Ordering::Relaxed);
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.text.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renderings_share_the_time_limit() {
        let limits = Limits::new(1, 1);
        let sleep = |millis| {
            move |_| {
                thread::sleep(Duration::from_millis(millis));
                Ok(())
            }
        };
        assert!(limits.run("a", sleep(700)).is_ok());
        let error = limits.clone().run("b.tera", sleep(3_000)).unwrap_err();
        assert_eq!(error.to_string(), "b.tera: rendering takes longer than 1 s");
        assert_eq!(error.hint().unwrap(), "raise the limit with --template-timeout SECONDS");
    }

    #[test]
    fn output_is_limited() {
        let fill = |bytes: usize| {
            move |mut output: BoundedOutput| {
                output.write_all(&vec![b'x'; bytes])?;
                Ok(output.text.len())
            }
        };
        assert_eq!(Limits::new(10, 1).run("a", fill(1 << 20)).unwrap(), 1 << 20);
        let error = Limits::new(10, 1).run("a", fill((1 << 20) + 1)).unwrap_err();
        assert_eq!(error.to_string(), "a: rendering writes more than 1 MiB");
    }
}
