//! Bodies that are too large to be held: read as they arrive, and handed on piece by piece.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};

use super::Response;

/// What is told of each piece (`Some`) and of the end (`None`); an error, in words, breaks the body off.
type Watch = Box<dyn FnMut(Option<&[u8]>) -> Result<(), String> + Send + Sync>;

/// The answer to a request for something large.
#[derive(Debug)]
pub enum Opened {
    /// It comes.
    Streaming(Stream),
    /// The server answered with something else than success.
    Refused(Response),
}

/// A body on its way.
pub struct Stream {
    inner: reqwest::Body,
    length: u64,
    watch: Option<Watch>,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("length", &self.length).finish_non_exhaustive()
    }
}

/// Why a body broke off, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

impl Stream {
    /// A body of this many bytes.
    pub(super) fn new(inner: reqwest::Body, length: u64) -> Self {
        Self { inner, length, watch: None }
    }

    /// The bytes that it is said to have.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The same body, of which each piece and the end are shown to `watch` before they go on; what it says against one breaks the body off.
    #[must_use]
    pub fn watched(
        mut self,
        watch: impl FnMut(Option<&[u8]>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// In words, when it breaks off or has more than `limit` bytes.
    pub async fn whole(mut self, limit: usize) -> Result<Bytes, String> {
        let mut all = BytesMut::new();
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut self).poll_frame(context)).await
        {
            let frame = frame.map_err(|error| error.to_string())?;
            let Ok(piece) = frame.into_data() else { continue };
            if all.len() + piece.len() > limit {
                return Err(format!("it is larger than {limit} bytes"));
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = &mut *self;
        let next = ready!(Pin::new(&mut this.inner).poll_frame(context));
        let mut shown = |piece: Option<&[u8]>| match &mut this.watch {
            Some(watch) => watch(piece).map_err(Broken),
            None => Ok(()),
        };
        Poll::Ready(match next {
            Some(Ok(frame)) => match frame.data_ref() {
                Some(piece) => Some(shown(Some(piece)).map(|()| frame)),
                None => Some(Ok(frame)),
            },
            Some(Err(error)) => {
                let what = if error.is_timeout() { "no more of it came in time" } else { "it broke off" };
                Some(Err(Broken(what.to_owned())))
            }
            None => shown(None).err().map(Err),
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
