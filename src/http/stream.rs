//! Streams bodies that are too large for memory, chunk by chunk.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};

use super::Response;

/// Called with each chunk (`Some`) and at the end (`None`); an error aborts the body.
type Watch = Box<dyn FnMut(Option<&[u8]>) -> Result<(), String> + Send + Sync>;

/// The response to a request for a large body.
#[derive(Debug)]
pub enum StreamedResponse {
    /// A success: its body.
    Streaming(Stream),
    /// Any other status.
    Refused(Response),
}

/// A body that is being received.
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

/// Why a body was interrupted.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StreamError(String);

impl Stream {
    /// A body of this many bytes.
    pub(super) fn new(inner: reqwest::Body, length: u64) -> Self {
        Self { inner, length, watch: None }
    }

    /// The expected length, in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The same body, passing each chunk and the end to `watch` before it is handed on; an error from `watch` aborts
    /// the body.
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
    /// If the body is interrupted or has more than `limit` bytes.
    pub async fn read(mut self, limit: usize) -> Result<Bytes, String> {
        let mut all = BytesMut::new();
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut self).poll_frame(context)).await
        {
            let frame = frame.map_err(|error| error.to_string())?;
            let Ok(chunk) = frame.into_data() else { continue };
            if all.len() + chunk.len() > limit {
                return Err(format!("it is larger than {limit} bytes"));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = StreamError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StreamError>>> {
        let this = &mut *self;
        let next = ready!(Pin::new(&mut this.inner).poll_frame(context));
        let mut checked = |chunk: Option<&[u8]>| match &mut this.watch {
            Some(watch) => watch(chunk).map_err(StreamError),
            None => Ok(()),
        };
        Poll::Ready(match next {
            Some(Ok(frame)) => match frame.data_ref() {
                Some(chunk) => Some(checked(Some(chunk)).map(|()| frame)),
                None => Some(Ok(frame)),
            },
            Some(Err(error)) => {
                let what = if error.is_timeout() { "timed out" } else { "the connection was interrupted" };
                Some(Err(StreamError(what.to_owned())))
            }
            None => checked(None).err().map(Err),
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
