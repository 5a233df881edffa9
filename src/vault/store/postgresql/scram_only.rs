//! A server over the network is told a password by SCRAM only: it proves that it knows the password too, and learns
//! nothing that is good elsewhere. One that asks for it in the clear or as MD5 is not answered. The library has no
//! switch for this, so the first thing that the server says inside TLS is looked at here.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::TryFutureExt as _;
use futures_util::future::MapOk;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};

/// What makes an encrypted connection.
#[derive(Clone)]
pub(super) struct ScramOnly<T>(pub(super) T);

/// The server asks for a password in another way than SCRAM's.
#[derive(Debug, thiserror::Error)]
#[error("the server asks for the password in the clear or as MD5")]
pub(super) struct AsksOpenly;

/// A connection of which the first message is looked at.
pub(super) struct Watched<S> {
    stream: S,
    first: [u8; FIRST],
    seen: usize,
}

/// So many bytes say how the server wants to know who it is: a letter, a length and a number.
const FIRST: usize = 9;

/// No password is asked for.
const NONE: u32 = 0;
/// One of the ways of SASL; SCRAM is the only one that the library knows.
const SASL: u32 = 10;

impl<S, T: MakeTlsConnect<S>> MakeTlsConnect<S> for ScramOnly<T> {
    type Stream = Watched<T::Stream>;
    type TlsConnect = ScramOnly<T::TlsConnect>;
    type Error = T::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, Self::Error> {
        self.0.make_tls_connect(domain).map(ScramOnly)
    }
}

impl<S, T: TlsConnect<S>> TlsConnect<S> for ScramOnly<T> {
    type Stream = Watched<T::Stream>;
    type Error = T::Error;
    type Future = MapOk<T::Future, fn(T::Stream) -> Watched<T::Stream>>;

    fn connect(self, stream: S) -> Self::Future {
        self.0.connect(stream).map_ok(Watched::of as fn(_) -> _)
    }
}

impl<S> Watched<S> {
    fn of(stream: S) -> Self {
        Self {
            stream,
            first: [0; FIRST],
            seen: 0,
        }
    }

    /// Fails if what has come so far asks for a password openly.
    fn look_at(&mut self, new: &[u8]) -> Result<(), AsksOpenly> {
        let before = self.seen;
        for (place, byte) in self.first[before..].iter_mut().zip(new) {
            *place = *byte;
            self.seen += 1;
        }
        let [letter, _, _, _, _, how @ ..] = self.first;
        let is_whole = before < FIRST && self.seen == FIRST;
        let is_asked = is_whole && letter == b'R';
        match is_asked && !matches!(u32::from_be_bytes(how), NONE | SASL) {
            true => Err(AsksOpenly),
            false => Ok(()),
        }
    }
}

impl<S: TlsStream + Unpin> TlsStream for Watched<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let new = buffer.filled().get(before..).unwrap_or_default();
        Poll::Ready(self.look_at(new).map_err(io::Error::other))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server says first, in pieces.
    fn told(pieces: &[&[u8]]) -> Result<(), AsksOpenly> {
        let mut watched = Watched::of(());
        pieces.iter().try_for_each(|piece| watched.look_at(piece))
    }

    #[test]
    fn only_scram_or_nothing_is_asked_for_however_the_message_is_cut() {
        let asks = |how: u32| [&b"R\0\0\0\x08"[..], &how.to_be_bytes()].concat();
        for how in 0..20 {
            let message = [
                asks(how),
                b"SCRAM-SHA-256\0\0R\0\0\0\x08\0\0\0\x03".to_vec(),
            ]
            .concat();
            for cut in 0..message.len() {
                let (one, two) = message.split_at(cut);
                let is_let_in = told(&[one, b"", two]).is_ok();
                assert_eq!(is_let_in, [NONE, SASL].contains(&how), "{how} {cut}");
            }
        }
        // An error of the server is the library's to read.
        assert!(told(&[b"E\0\0\0\x20\0\0\0\x03 no such user"]).is_ok());
        assert!(told(&[b"R\0\0"]).is_ok());
    }
}
