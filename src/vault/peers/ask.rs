//! Asks other nodes.

use std::io::{self, ErrorKind, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::places::Places;
use super::timed::{Timed, left};
use super::tls::Tls;
use super::wire::{Question, read_answer};
use crate::vault::other_nodes::OtherNode;

/// So many questions are under way at a time.
const MOST_ASKED: usize = 64;

/// Whoever asks: what it proves, and the places of its questions.
pub(super) struct Asker {
    tls: Arc<Tls>,
    places: Places,
}

impl Asker {
    pub(super) fn new(tls: Tls) -> Self {
        Self {
            tls: Arc::new(tls),
            places: Places::new(MOST_ASKED),
        }
    }

    /// Asks all of them at once, each on a thread of its own. What comes is what each answered in time, in the order in
    /// which it came. Whoever has what it needs may go: the threads end by themselves.
    pub(super) fn all(
        &self,
        others: Vec<OtherNode>,
        question: Question,
        within: Duration,
    ) -> Receiver<(OtherNode, Option<Vec<u8>>)> {
        let (back, answers) = channel();
        for other in others {
            let Some(place) = self.places.take().filter(|_| other.can_be_asked()) else {
                let _ = back.send((other, None));
                continue;
            };
            let (back, tls) = (back.clone(), Arc::clone(&self.tls));
            let work = move || {
                let answer = ask(&tls, &other, question, within);
                drop(place);
                // Nobody waits any more if it took too long.
                let _ = back.send((other, answer.ok().flatten()));
            };
            // Without a thread nothing comes of it.
            let _ = thread::Builder::new()
                .name("node asks".to_owned())
                .spawn(work);
        }
        answers
    }
}

/// The answer, if it comes from that node and in time. The name of a host may take longer to be found.
fn ask(
    tls: &Tls,
    other: &OtherNode,
    question: Question,
    within: Duration,
) -> io::Result<Option<Vec<u8>>> {
    let until = Instant::now() + within;
    let failed = |_: rustls::Error| io::Error::from(ErrorKind::InvalidInput);
    let config = tls.client(other.key.clone()).map_err(failed)?;
    let stream = connect(&other.address, until)?;
    // It is not sent: what counts is the key.
    let name = ServerName::try_from("node.invalid").map_err(|_| ErrorKind::InvalidInput)?;
    let connection = ClientConnection::new(config, name).map_err(failed)?;
    let mut stream = StreamOwned::new(connection, Timed::new(stream, until));
    question.write(&mut stream)?;
    let answer = read_answer(&mut stream, question.most())?;
    stream.conn.send_close_notify();
    // The answer is there.
    let _ = stream.flush();
    Ok(answer)
}

fn connect(address: &str, until: Instant) -> io::Result<TcpStream> {
    let mut last = ErrorKind::NotFound.into();
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(until)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::net::TcpListener;

    use rustls::ServerConnection;

    use super::*;
    use crate::domain::{Moment, NodeId};
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::node_key::NodeKey;
    use crate::vault::other_nodes::OtherNodes;
    use crate::vault::paths::Paths;
    use crate::vault::peers::wire::write_answer;
    use crate::vault::store::node_rows::NodeRow;

    fn made_key() -> NodeKey {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::of(folder.path());
        fs::create_dir(paths.keys()).unwrap();
        NodeKey::make(&paths, &SystemEntropy::new()).ok().unwrap()
    }

    fn other(no: u8, key: &NodeKey, address: String) -> OtherNode {
        OtherNode {
            id: NodeId::from_random([no; 13]),
            name: format!("node {no}"),
            key: key.print().to_vec(),
            address,
            runs: true,
        }
    }

    /// The nodes of a vault whose only one has this key.
    fn known(key: &NodeKey) -> Arc<OtherNodes> {
        let nodes = OtherNodes::default();
        let row = NodeRow {
            id: NodeId::from_random([9; 13]),
            name: "asks".to_owned(),
            run: Vec::new(),
            since: Moment::from_seconds(1),
            seen_at: Moment::from_seconds(1),
            generation: 1,
            key: key.print().to_vec(),
            address: String::new(),
            struck: None,
        };
        nodes.are(vec![row], 1, None, Duration::ZERO);
        Arc::new(nodes)
    }

    #[test]
    fn all_are_asked_at_once_and_nobody_waits_for_those_that_do_not_answer() {
        let (own, theirs) = (made_key(), made_key());
        let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
        let at = |listener: &TcpListener| listener.local_addr().unwrap().to_string();
        // These take a connection, and say nothing.
        let dead: Vec<TcpListener> = (0..5).map(|_| listen()).collect();
        let answers = listen();
        let mut others: Vec<OtherNode> = (0_u8..)
            .zip(&dead)
            .map(|(no, listener)| other(no, &theirs, at(listener)))
            .collect();
        others.push(other(7, &theirs, at(&answers)));
        let server = Tls::of(&theirs).unwrap().server(&known(&own)).unwrap();
        let answering = thread::spawn(move || {
            let (stream, _) = answers.accept().unwrap();
            let connection = ServerConnection::new(server).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            assert_eq!(Question::read(&mut stream).unwrap(), Question::Keyring(3));
            write_answer(&mut stream, Some(b"a keyring")).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        });
        let asker = Asker::new(Tls::of(&own).unwrap());
        let (within, since) = (Duration::from_secs(30), Instant::now());
        let answers = asker.all(others, Question::Keyring(3), within);
        let (who, answer) = answers.recv().unwrap();
        assert_eq!(who.name, "node 7");
        assert_eq!(answer.unwrap(), b"a keyring");
        assert!(since.elapsed() < within, "it waited for one that is dead");
        answering.join().unwrap();
        drop(dead);
    }

    #[test]
    fn so_many_are_asked_at_a_time_and_one_that_cannot_be_asked_takes_no_place() {
        let key = made_key();
        let asker = Asker::new(Tls::of(&key).unwrap());
        let places: Vec<_> = (0..MOST_ASKED).map_while(|_| asker.places.take()).collect();
        assert_eq!(places.len(), MOST_ASKED);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = |address: &str| {
            let others = vec![other(1, &key, address.to_owned())];
            let answers = asker.all(others, Question::Checkpoint, Duration::from_secs(1));
            let (_, answer) = answers.recv().unwrap();
            assert_eq!(answer, None);
        };
        asked(&address);
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err(), "one too many was asked");
        drop(places);
        asked("");
        assert_eq!(asker.places.taken(), 0);
    }
}
