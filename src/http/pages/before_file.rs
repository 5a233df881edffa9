//! What a form has before its file, bounded.
//!
//! Whoever reads a form looks for the end of each part's head, and holds what is before it in memory. A part that does
//! not end is refused here, before it is large: bytes go on in small pieces, and only so many between one part that was
//! read and the next. Once the file has begun, everything goes on as it comes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};

/// The most bytes of a piece.
const PIECE: usize = 4 * 1024;

/// How far the form was read, told by its reader.
#[derive(Default)]
pub(super) struct Progress {
    /// The bytes that went on since a part was read.
    of_part: AtomicUsize,
    /// Whether the file has begun.
    file: AtomicBool,
}

impl Progress {
    /// A part that is no file was read.
    pub(super) fn part_is_read(&self) {
        self.of_part.store(0, Ordering::Relaxed);
    }

    /// The file has begun.
    pub(super) fn file_begins(&self) {
        self.file.store(true, Ordering::Relaxed);
    }
}

/// The body of a form with a file.
pub(super) struct BeforeFile {
    body: Body,
    /// What has come of the body and has not gone on.
    rest: Bytes,
    /// Whether the reader looks at what it has before it gets more.
    looks: bool,
    most: usize,
    progress: Arc<Progress>,
}

impl BeforeFile {
    /// At most so many bytes go on for one part, up to the last piece.
    pub(super) fn new(body: Body, most: usize, progress: Arc<Progress>) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            looks: false,
            most,
            progress,
        }
    }
}

impl HttpBody for BeforeFile {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let file = self.progress.file.load(Ordering::Relaxed);
        if self.looks && !file {
            self.looks = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let size = match file {
            true => self.rest.len(),
            false => self.rest.len().min(PIECE),
        };
        let piece = self.rest.split_to(size);
        if !file {
            self.looks = true;
            let before = self.progress.of_part.fetch_add(size, Ordering::Relaxed);
            if before > self.most {
                let error = io::Error::from(io::ErrorKind::InvalidData);
                return Poll::Ready(Some(Err(axum::Error::new(error))));
            }
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Waker;

    use super::*;

    /// How many bytes go on until it is refused or has ended.
    fn gone_on(body: &mut Pin<&mut BeforeFile>) -> (usize, bool) {
        let (mut bytes, mut context) = (0, Context::from_waker(Waker::noop()));
        loop {
            match body.as_mut().poll_frame(&mut context) {
                Poll::Pending => {}
                Poll::Ready(Some(Ok(frame))) => bytes += frame.into_data().unwrap().len(),
                Poll::Ready(Some(Err(_))) => return (bytes, true),
                Poll::Ready(None) => return (bytes, false),
            }
        }
    }

    #[test]
    fn a_part_that_does_not_end_is_refused_and_a_file_is_not() {
        let large = || Body::from(vec![b'a'; 1 << 20]);
        let progress = Arc::new(Progress::default());
        let mut body = pin!(BeforeFile::new(large(), 10_000, Arc::clone(&progress)));
        let (bytes, refused) = gone_on(&mut body);
        assert!(refused && (10_000..20_000).contains(&bytes), "{bytes}");

        let progress = Arc::new(Progress::default());
        progress.file_begins();
        let mut body = pin!(BeforeFile::new(large(), 10_000, progress));
        assert_eq!(gone_on(&mut body), (1 << 20, false));
    }

    #[test]
    fn the_reader_looks_at_each_piece_before_it_gets_the_next_one() {
        let progress = Arc::new(Progress::default());
        let body = Body::from(vec![b'a'; 3 * PIECE]);
        let mut body = pin!(BeforeFile::new(body, PIECE, Arc::clone(&progress)));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let frame = body.as_mut().poll_frame(&mut context);
            let Poll::Ready(Some(Ok(frame))) = frame else {
                panic!("no piece");
            };
            assert_eq!(frame.into_data().unwrap().len(), PIECE);
            progress.part_is_read();
            assert!(body.as_mut().poll_frame(&mut context).is_pending());
        }
    }
}
