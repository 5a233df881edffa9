//! What is between a node and the server, or between two nodes: it passes on what they say, and loses, holds back or
//! cuts off what a test wants.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What it does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Does {
    #[default]
    Pass,
    /// The server gets the next commit, and its answer is lost with the connection.
    LoseAnswer,
    /// The next commit is lost with the connection.
    LoseCommit,
    /// Nothing gets through from the next commit on, which is held back too.
    HoldFromCommit,
    /// Nothing gets through, and nobody is told so. What was said is passed on when this is over, as a network does
    /// that was cut.
    Hold,
    /// Connections are cut off, and new ones too.
    Cut,
    /// A new connection that asks for the database `breach` gets to the one named `copied`.
    Copy,
}

/// One that runs until the process ends.
#[derive(Clone, Default)]
pub(crate) struct Proxy(Arc<Mutex<Own>>);

#[derive(Default)]
struct Own {
    does: Does,
    /// Both ends of each connection.
    open: Vec<Stream>,
}

impl Proxy {
    /// Listens in a folder of its own for a server that does so at this socket.
    pub(crate) fn at_socket(folder: &Path, server: &Path) -> Self {
        let proxy = Self::default();
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
        let (server, own) = (server.to_owned(), proxy.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if let Ok(server) = UnixStream::connect(&server) {
                    own.join(Stream::Unix(client), Stream::Unix(server));
                }
            }
        });
        proxy
    }

    /// Listens at a port of its own, which it answers, for somebody who does so at this one.
    pub(crate) fn at_port(to: u16) -> (Self, u16) {
        let proxy = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if let Ok(server) = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], to))) {
                    own.join(Stream::Tcp(client), Stream::Tcp(server));
                }
            }
        });
        (proxy, port)
    }

    pub(crate) fn does(&self) -> Does {
        self.0.lock().unwrap().does
    }

    pub(crate) fn set(&self, does: Does) {
        let mut own = self.0.lock().unwrap();
        own.does = does;
        if does == Does::Cut {
            own.open
                .drain(..)
                .for_each(|stream| stream.close(Shutdown::Both));
        }
    }

    fn join(&self, client: Stream, server: Stream) {
        let ends = [client.same(), server.same()];
        {
            let mut own = self.0.lock().unwrap();
            if own.does == Does::Cut {
                return;
            }
            own.open.extend(ends);
        }
        let (from_server, to_client) = (server.same(), client.same());
        let own = self.clone();
        thread::spawn(move || {
            own.pass_answers(from_server, &to_client);
            to_client.close(Shutdown::Both);
        });
        let own = self.clone();
        thread::spawn(move || {
            own.pass_questions(client, &server);
            // What was sent is done before the server sees the end.
            server.close(Shutdown::Write);
        });
    }

    fn pass_answers(&self, mut from: Stream, to: &Stream) {
        let mut to = to.same();
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            self.wait();
            if to.write_all(&bytes[..count]).is_err() {
                return;
            }
        }
        // Nobody hears of the end either.
        self.wait();
    }

    fn pass_questions(&self, mut from: Stream, to: &Stream) {
        let mut to = to.same();
        let mut bytes = vec![0; 1 << 16];
        let mut is_first = true;
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            let sent = &mut bytes[..count];
            if is_first && self.does() == Does::Copy {
                name_the_copy(sent);
            }
            is_first = false;
            let commits = sent.windows(7).any(|part| part == b"COMMIT\0");
            match commits.then(|| self.take()) {
                Some(Does::LoseAnswer) => {
                    from.close(Shutdown::Both);
                    let _ = to.write_all(sent);
                    continue;
                }
                Some(Does::LoseCommit) => {
                    from.close(Shutdown::Both);
                    return;
                }
                _ => self.wait(),
            }
            if to.write_all(sent).is_err() {
                return;
            }
        }
        self.wait();
    }

    /// What is to be done with a commit, and with this one only.
    fn take(&self) -> Does {
        let mut own = self.0.lock().unwrap();
        let does = own.does;
        own.does = match does {
            Does::LoseAnswer | Does::LoseCommit => Does::Pass,
            Does::HoldFromCommit => Does::Hold,
            does => does,
        };
        does
    }

    /// Until something gets through.
    fn wait(&self) {
        while self.does() == Does::Hold {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The first words of a connection name the database.
fn name_the_copy(first: &mut [u8]) {
    let (name, copy) = (b"\0breach\0", b"\0copied\0");
    let at = first.windows(name.len()).position(|part| part == name);
    if let Some(at) = at {
        first[at..at + copy.len()].copy_from_slice(copy);
    }
}

/// One end of a connection.
enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    fn same(&self) -> Self {
        match self {
            Self::Unix(stream) => Self::Unix(stream.try_clone().unwrap()),
            Self::Tcp(stream) => Self::Tcp(stream.try_clone().unwrap()),
        }
    }

    /// It may be closed already.
    fn close(&self, how: Shutdown) {
        let _ = match self {
            Self::Unix(stream) => stream.shutdown(how),
            Self::Tcp(stream) => stream.shutdown(how),
        };
    }
}

impl Read for Stream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(bytes),
            Self::Tcp(stream) => stream.read(bytes),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
