//! Answers other nodes: one question on a connection, by one thread.
//!
//! What is answered is in memory or a file: a node answers while the database does not, and while it writes nothing
//! more. Nothing that it answers is opened: a checkpoint is public, a keyring stays sealed to its slots and its root.

use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::places::Places;
use super::timed::Timed;
use super::wire::{Question, write_answer};
use crate::vault::core::Core;

/// Whoever proves no key within this time is no node: a node that asks waits no longer for its whole answer.
const PROVES_WITHIN: Duration = Duration::from_secs(3);
/// A connection with its question and its answer takes no longer after that.
const WITHIN: Duration = Duration::from_secs(10);
/// So many are answered at a time; who comes beyond that is turned away.
const MOST: usize = 64;
/// So many of them have one address. Nodes of one machine share it.
const MOST_OF_ADDRESS: usize = 16;
/// The pause after a connection that could not be accepted.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers until it `stops`.
pub(super) fn serve(
    listener: &TcpListener,
    config: &Arc<ServerConfig>,
    core: &Arc<Core>,
    stops: impl Fn() -> bool,
) {
    let places = Places::new(MOST);
    for stream in listener.incoming() {
        if stops() {
            return;
        }
        let Ok(stream) = stream else {
            thread::sleep(PAUSE);
            continue;
        };
        let from = stream.peer_addr().map(|from| from.ip().to_canonical());
        let place = from.map(|from| places.take_of(from, MOST_OF_ADDRESS));
        let Ok(Some(place)) = place else {
            continue;
        };
        let (config, core) = (Arc::clone(config), Arc::clone(core));
        // Without a thread the connection is closed.
        let _ = thread::Builder::new()
            .name("node asked".to_owned())
            .spawn(move || {
                let _place = place;
                if let Err(error) = answer(stream, config, &core) {
                    tracing::debug!(kind = %error.kind(), "another node was not answered");
                }
            });
    }
}

/// Ends a listener that waits in [`serve`]. Says whether it will look.
pub(super) fn wake(at: SocketAddr) -> bool {
    let mut at = at;
    if at.ip().is_unspecified() {
        at.set_ip(match at {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    TcpStream::connect_timeout(&at, Duration::from_secs(1)).is_ok()
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>, core: &Core) -> io::Result<()> {
    let mut connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut timed = Timed::new(stream, Instant::now() + PROVES_WITHIN);
    while connection.is_handshaking() {
        connection.complete_io(&mut timed)?;
    }
    timed.ends_at(Instant::now() + WITHIN);
    let mut stream = StreamOwned::new(connection, timed);
    let question = Question::read(&mut stream)?;
    let answer = match question {
        Question::Checkpoint => Some(core.others.checkpoint().as_bytes().to_vec()),
        Question::Keyring(generation) => keyring(core, generation)?,
    };
    write_answer(&mut stream, answer.as_deref())?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// The file, if this node has the keyring of that generation. Whoever asks looks into it.
fn keyring(core: &Core, generation: u64) -> io::Result<Option<Vec<u8>>> {
    let keys = core.keys();
    match keys.generation() == generation {
        // Nobody changes it while it is read.
        true => fs::read(core.paths.keyring()).map(Some),
        false => Ok(None),
    }
}
