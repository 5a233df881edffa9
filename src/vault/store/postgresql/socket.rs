//! The socket to a server, for threads that wait for what comes over it themselves.
//!
//! Whoever reads or writes rows is a thread that blocks, as with a file. Nothing here belongs to a runtime: the library
//! is polled by the thread that wants an answer, and that thread sleeps until the socket has something. So no other
//! thread has to be woken, for a question or for its answer.

use std::future::Future;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where a server listens.
pub(super) enum At {
    Tcp(SocketAddr),
    /// The path of a socket.
    Unix(PathBuf),
}

impl At {
    /// All addresses of a name, or the one that it is itself.
    pub(super) fn all_of(name: &str, port: u16, until: Instant) -> io::Result<Vec<Self>> {
        let name = name.to_owned();
        let found = apart(until, move || {
            let found = (name.as_str(), port).to_socket_addrs()?;
            Ok(found.map(Self::Tcp).collect())
        });
        found.flatten()
    }
}

/// Does something that has no time-out on a thread of its own, and waits for it until then.
fn apart<T: Send + 'static>(
    until: Instant,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (back, done) = sync_channel(1);
    let thread = thread::Builder::new().name("connect".to_owned());
    // Whoever waited may have given up.
    thread.spawn(move || drop(back.send(work())))?;
    let left = until.saturating_duration_since(Instant::now());
    done.recv_timeout(left)
        .map_err(|_| io::ErrorKind::TimedOut.into())
}

/// How soon a peer is noticed that does not answer.
pub(super) struct Alive {
    /// It is asked after so long without anything; never, if there is nothing.
    pub(super) idle: Option<Duration>,
    pub(super) interval: Option<Duration>,
    pub(super) retries: Option<u32>,
    /// What was sent may be without an answer for so long.
    pub(super) unanswered: Duration,
}

/// A socket that never blocks whoever reads or writes it.
pub(super) struct Socket {
    stream: Stream,
    /// Whether it took no more the last time.
    is_full: AtomicBool,
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// The socket, as the library reads and writes it. It wakes nobody: whoever polls it waits with [`Socket::wait`].
pub(super) struct Flow(pub(super) Arc<Socket>);

impl Socket {
    pub(super) fn reach(at: At, alive: &Alive, until: Instant) -> io::Result<Arc<Self>> {
        let stream = match at {
            At::Unix(path) => {
                let stream = apart(until, move || UnixStream::connect(path))??;
                stream.set_nonblocking(true)?;
                Stream::Unix(stream)
            }
            At::Tcp(address) => {
                let left = until.saturating_duration_since(Instant::now());
                // A time-out of nothing is an error of its own.
                let left = left.max(Duration::from_millis(1));
                Stream::set_up(TcpStream::connect_timeout(&address, left)?, alive)?
            }
        };
        Ok(Arc::new(Self {
            stream,
            is_full: AtomicBool::new(false),
        }))
    }

    /// Waits until something has come, or until what was to be sent can be, but not for longer than that.
    fn wait(&self, left: Duration) {
        let mut wanted = PollFlags::IN;
        if self.is_full.load(Ordering::Relaxed) {
            wanted |= PollFlags::OUT;
        }
        let mut all = [PollFd::new(&self.stream, wanted)];
        let left = Timespec::try_from(left).ok();
        // A signal may end it early, and a socket that is at an end says so when it is read.
        let _ = poll(&mut all, left.as_ref());
    }
}

/// Waits for something that comes over the socket, but not longer than until then; `None` if it did not come.
/// `move_on` moves what comes and goes; it answers whether more can come.
pub(super) fn wait<F: Future>(
    socket: &Socket,
    mut move_on: impl FnMut(&mut Context<'_>) -> bool,
    future: F,
    until: Instant,
) -> Option<F::Output> {
    let mut future = pin!(future);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return Some(done);
        }
        let more = move_on(&mut context);
        let left = until.saturating_duration_since(Instant::now());
        let again = woken.0.swap(false, Ordering::Relaxed);
        if left.is_zero() || !(again || more) {
            return None;
        }
        if !again {
            socket.wait(left);
        }
    }
}

/// Whether somebody was woken since the last look.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Stream {
    fn set_up(stream: TcpStream, alive: &Alive) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        if let Some(idle) = alive.idle {
            sockopt::set_socket_keepalive(&stream, true)?;
            sockopt::set_tcp_keepidle(&stream, idle)?;
            if let Some(interval) = alive.interval {
                sockopt::set_tcp_keepintvl(&stream, interval)?;
            }
            if let Some(retries) = alive.retries {
                sockopt::set_tcp_keepcnt(&stream, retries)?;
            }
        }
        let unanswered = u32::try_from(alive.unanswered.as_millis()).unwrap_or(u32::MAX);
        sockopt::set_tcp_user_timeout(&stream, unanswered)?;
        Ok(Self::Tcp(stream))
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

/// Nothing if it would have had to wait.
fn at_once<T>(done: io::Result<T>) -> Poll<io::Result<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
        done => Poll::Ready(done),
    }
}

/// As long as a signal interrupts it.
fn uninterrupted<T>(mut ask: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match ask() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

impl AsyncRead for Flow {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let into = buffer.initialize_unfilled();
        let read = uninterrupted(|| match &self.0.stream {
            Stream::Tcp(stream) => (&*stream).read(into),
            Stream::Unix(stream) => (&*stream).read(into),
        });
        at_once(read).map_ok(|read| buffer.advance(read))
    }
}

impl AsyncWrite for Flow {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = at_once(uninterrupted(|| match &self.0.stream {
            Stream::Tcp(stream) => (&*stream).write(bytes),
            Stream::Unix(stream) => (&*stream).write(bytes),
        }));
        self.0
            .is_full
            .store(written.is_pending(), Ordering::Relaxed);
        written
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(match &self.0.stream {
            Stream::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Stream::Unix(stream) => stream.shutdown(Shutdown::Write),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};
    use std::os::unix::net::UnixListener;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const ALIVE: Alive = Alive {
        idle: None,
        interval: None,
        retries: None,
        unanswered: Duration::from_secs(10),
    };

    /// A socket, and what it is connected with.
    fn connected() -> (Arc<Socket>, UnixStream) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let socket = Socket::reach(At::Unix(path), &ALIVE, soon()).unwrap();
        (socket, listener.accept().unwrap().0)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[test]
    fn a_thread_waits_until_something_comes_or_its_time_is_up() {
        let (socket, mut other) = connected();
        let mut flow = Flow(Arc::clone(&socket));
        let mut bytes = [0; 5];
        let in_time = Instant::now() + Duration::from_millis(20);
        let read = wait(&socket, |_| true, flow.read_exact(&mut bytes), in_time);
        assert!(read.is_none());
        let sender = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            other.write_all(b"hel").unwrap();
            thread::sleep(Duration::from_millis(20));
            other.write_all(b"lo").unwrap();
        });
        let read = wait(&socket, |_| true, flow.read_exact(&mut bytes), soon());
        assert_eq!(read.unwrap().unwrap(), 5);
        assert_eq!(&bytes, b"hello");
        sender.join().unwrap();
        // The other end is gone.
        let end = wait(&socket, |_| true, flow.read_exact(&mut bytes), soon());
        assert_eq!(
            end.unwrap().unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }

    #[test]
    fn more_than_the_socket_takes_at_once_is_written_as_it_is_read() {
        let (socket, mut other) = connected();
        let sent: Vec<u8> = (0..3_000_000_u32).map(|no| no as u8).collect();
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            other.read_to_end(&mut all).unwrap();
            all
        });
        let mut flow = Flow(Arc::clone(&socket));
        let written = wait(&socket, |_| true, flow.write_all(&sent), soon());
        written.unwrap().unwrap();
        let ended = wait(&socket, |_| true, flow.shutdown(), soon());
        ended.unwrap().unwrap();
        assert!(reader.join().unwrap() == sent);
    }

    #[test]
    fn whoever_is_woken_looks_again_and_nobody_waits_for_what_cannot_come() {
        let (socket, _other) = connected();
        let mut looks = 0;
        let woken = poll_fn(|context| {
            looks += 1;
            context.waker().wake_by_ref();
            if looks < 3 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        });
        assert_eq!(wait(&socket, |_| true, woken, soon()), Some(()));
        let begun = Instant::now();
        assert_eq!(wait(&socket, |_| false, pending::<()>(), soon()), None);
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn nobody_listens() {
        let folder = tempfile::tempdir().unwrap();
        let at = At::Unix(folder.path().join("none"));
        let error = Socket::reach(at, &ALIVE, soon()).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let mut all = At::all_of("127.0.0.1", 1, soon()).unwrap();
        let at = all.pop().unwrap();
        assert!(all.is_empty());
        let error = Socket::reach(at, &ALIVE, soon()).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
