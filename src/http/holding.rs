//! The body of an answer that holds something until its last byte is sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::connection::Answering;
use super::turns::Turn;

/// A body that holds a value until the body has ended or is dropped. It notifies the value of each piece.
pub(super) struct Holding<T> {
    body: Body,
    held: Option<T>,
}

/// What an answer can hold.
pub(super) trait Held: Unpin + Send + 'static {
    /// One more piece is about to be sent.
    fn piece(&self) {}
}

impl Held for Turn {}

impl Held for Answering {
    fn piece(&self) {
        self.moves();
    }
}

impl<T: Held> Holding<T> {
    pub(super) fn new(body: Body, held: T) -> Self {
        Self {
            body,
            held: Some(held),
        }
    }
}

impl<T: Held> HttpBody for Holding<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(None | Some(Err(_))) => self.held = None,
            Poll::Ready(Some(Ok(_))) => self.held.iter().for_each(Held::piece),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
