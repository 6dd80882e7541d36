//! What a template of somebody's own may cost: time, output and memory.
//!
//! A template is a program. The engine bounds how long a range is and how deep components go, and nothing else; it has no
//! place to stop a loop that prints nothing. So it runs on a thread of its own, which is left behind where it takes too
//! long or too much: the program ends with the error, and the thread with it. The bounds are the user's, never the
//! repository's.

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

/// The seconds that all templates of a run may take together.
pub const SECONDS: u64 = 10;
/// The MiB that one rendering may write.
pub const MEBIBYTES: u64 = 64;

/// The memory that a rendering may take beside what it writes, in bytes.
const MEMORY: usize = 1 << 30;
/// How often the memory is looked at; it grows by some ten MiB in between.
const LOOK: Duration = Duration::from_millis(5);
/// The engine goes deeper with each template that includes another, and lets go of lists in lists one inside the other. What
/// is used of so large a stack is memory that is looked at; where there is no room for it, the smaller one has to do.
const STACKS: [usize; 2] = [if usize::BITS < 64 { 64 << 20 } else { 1 << (usize::BITS / 2) }, 64 << 20];
/// The options that allow more.
const TIMEOUT: &str = "--template-timeout SECONDS";
const MAX_OUTPUT: &str = "--template-max-output MIB";

/// The bounds, shared by all renderings of a run.
#[derive(Debug, Clone)]
pub struct Bounds {
    seconds: u64,
    mebibytes: u64,
    /// The microseconds that earlier renderings have taken.
    spent: Arc<AtomicU64>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self::new(SECONDS, MEBIBYTES)
    }
}

impl Bounds {
    /// So many seconds for all renderings together, and so many MiB of output for each.
    #[must_use]
    pub fn new(seconds: u64, mebibytes: u64) -> Self {
        Self { seconds, mebibytes, spent: Arc::default() }
    }

    /// Does the work of a rendering, and gives up on it where it takes more than it may. `name` is the template's.
    pub(super) fn hold<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(Page) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let bytes = usize::try_from(self.mebibytes << 20).unwrap_or(usize::MAX);
        let full = Arc::new(AtomicBool::new(false));
        let page = Page { text: Vec::new(), bytes, full: Arc::clone(&full) };
        let (done, result) = mpsc::channel();
        let (start, before) = (Instant::now(), memory());
        let left = Duration::from_secs(self.seconds)
            .saturating_sub(Duration::from_micros(self.spent.load(Ordering::Relaxed)));
        let work = Arc::new(Mutex::new(Some(move || {
            // Nobody waits any more where it took too long.
            drop(done.send(work(page)));
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
        let found = loop {
            match result.recv_timeout(LOOK) {
                Ok(found) => break Ok(found),
                Err(RecvTimeoutError::Disconnected) => match thread.join() {
                    Ok(()) => break Err(("does not end".to_owned(), "")),
                    Err(panic) => std::panic::resume_unwind(panic),
                },
                Err(RecvTimeoutError::Timeout) if start.elapsed() > left => {
                    break Err((format!("takes longer than {} s", self.seconds), TIMEOUT));
                }
                Err(RecvTimeoutError::Timeout) => {
                    let most = before.saturating_add(MEMORY).saturating_add(bytes.saturating_mul(2));
                    if memory() > most {
                        let mebibytes = (most - before) >> 20;
                        break Err((format!("takes more than {mebibytes} MiB of memory"), MAX_OUTPUT));
                    }
                }
            }
        };
        let taken = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.spent.fetch_add(taken, Ordering::Relaxed);
        let exceeded = |(problem, option)| Error::Bound { name: name.to_owned(), problem, option };
        if full.load(Ordering::Relaxed) {
            return Err(exceeded((format!("writes more than {} MiB", self.mebibytes), MAX_OUTPUT)));
        }
        found.map_err(exceeded)?
    }
}

/// The memory of the program, in bytes; 0 where the system does not tell.
fn memory() -> usize {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem)
}

/// What a rendering writes, up to its bound.
pub(super) struct Page {
    pub(super) text: Vec<u8>,
    bytes: usize,
    full: Arc<AtomicBool>,
}

impl Write for Page {
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
    fn renderings_share_their_time() {
        let bounds = Bounds::new(1, 1);
        let rest = |millis| {
            move |_| {
                thread::sleep(Duration::from_millis(millis));
                Ok(())
            }
        };
        assert!(bounds.hold("a", rest(700)).is_ok());
        let error = bounds.clone().hold("b.tera", rest(3_000)).unwrap_err();
        assert_eq!(error.to_string(), "b.tera: rendering takes longer than 1 s");
        assert_eq!(error.hint().unwrap(), "--template-timeout SECONDS allows more");
    }

    #[test]
    fn output_ends_at_its_bound() {
        let fill = |bytes: usize| {
            move |mut page: Page| {
                page.write_all(&vec![b'x'; bytes])?;
                Ok(page.text.len())
            }
        };
        assert_eq!(Bounds::new(10, 1).hold("a", fill(1 << 20)).unwrap(), 1 << 20);
        let error = Bounds::new(10, 1).hold("a", fill((1 << 20) + 1)).unwrap_err();
        assert_eq!(error.to_string(), "a: rendering writes more than 1 MiB");
    }
}
