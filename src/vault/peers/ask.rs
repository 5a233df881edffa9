//! Asks another node.

use std::io::{self, ErrorKind, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::timed::{Timed, left};
use super::tls::Tls;
use super::wire::{Question, read_answer};
use crate::vault::other_nodes::OtherNode;

/// The answer, if it comes from that node and in time. The name of a host may take longer to be found.
pub(super) fn ask(
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
