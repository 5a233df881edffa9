//! The PROXY protocol, version 2: what a load balancer says before the client's first byte.
//!
//! <https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>. Only the binary version is read,
//! and of it only TCP over IPv4 and IPv6 and the proxy's own connections; everything else is
//! refused. What follows the addresses is skipped, up to a bound.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt as _};

const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family, length.
const FIXED: usize = 16;
/// The longest header that is read behind the fixed part, in bytes.
const LONGEST: usize = 4096;

/// Not a header that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused;

/// What the fixed part says of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fixed {
    family: Family,
    length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// The proxy asks for itself.
    Own,
    V4,
    V6,
}

/// Reads a header and not a byte more. `None` if the proxy speaks for itself.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    let refused = |_| io::Error::from(io::ErrorKind::InvalidData);
    let mut fixed = [0; FIXED];
    stream.read_exact(&mut fixed).await?;
    let fixed = parse_fixed(&fixed).map_err(refused)?;
    let mut rest = vec![0; fixed.length];
    stream.read_exact(&mut rest).await?;
    parse_source(fixed.family, &rest).map_err(refused)
}

fn parse_fixed(bytes: &[u8; FIXED]) -> Result<Fixed, Refused> {
    let [signature @ .., command, family, high, low] = bytes;
    if *signature != SIGNATURE {
        return Err(Refused);
    }
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let family = match (command, family) {
        (0x20, _) => Family::Own,
        (0x21, 0x11) => Family::V4,
        (0x21, 0x21) => Family::V6,
        _ => return Err(Refused),
    };
    match length <= LONGEST {
        true => Ok(Fixed { family, length }),
        false => Err(Refused),
    }
}

/// The source of two addresses and two ports.
fn parse_source(family: Family, rest: &[u8]) -> Result<Option<SocketAddr>, Refused> {
    let (address, port): (IpAddr, _) = match family {
        Family::Own => return Ok(None),
        Family::V4 => {
            let [a, b, c, d, _, _, _, _, port @ ..] = rest.first_chunk::<10>().ok_or(Refused)?;
            rest.get(..12).ok_or(Refused)?;
            (Ipv4Addr::new(*a, *b, *c, *d).into(), *port)
        }
        Family::V6 => {
            let source: [u8; 16] = *rest.first_chunk().ok_or(Refused)?;
            let ports = rest.get(32..36).ok_or(Refused)?;
            let port = *ports.first_chunk().ok_or(Refused)?;
            (Ipv6Addr::from(source).into(), port)
        }
    };
    let port = u16::from_be_bytes(port);
    Ok(Some(SocketAddr::new(address.to_canonical(), port)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([command, family]);
        bytes.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
        bytes.extend(rest);
        bytes
    }

    fn of(source: SocketAddr, more: &[u8]) -> Vec<u8> {
        let (family, mut rest) = match source.ip() {
            IpAddr::V4(address) => (0x11, [address.octets(), [192, 0, 2, 9]].concat()),
            IpAddr::V6(address) => (0x21, [address.octets(), [7; 16]].concat()),
        };
        rest.extend(source.port().to_be_bytes());
        rest.extend(443_u16.to_be_bytes());
        rest.extend(more);
        header(0x21, family, &rest)
    }

    /// What is read, and what of the bytes is left.
    fn taken(bytes: &[u8]) -> (io::Result<Option<SocketAddr>>, usize) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let mut stream = bytes;
        let read = runtime.block_on(read(&mut stream));
        (read, stream.len())
    }

    proptest! {
        #[test]
        fn a_source_reads_back_and_what_follows_is_left(
            address: IpAddr, port: u16, more in prop::collection::vec(any::<u8>(), 0..300),
            follows in prop::collection::vec(any::<u8>(), 0..64),
        ) {
            let source = SocketAddr::new(address, port);
            let mut bytes = of(source, &more);
            bytes.extend(&follows);
            let (read, left) = taken(&bytes);
            let expected = SocketAddr::new(address.to_canonical(), port);
            prop_assert_eq!(read.ok(), Some(Some(expected)));
            prop_assert_eq!(left, follows.len());
        }

        #[test]
        fn a_header_that_is_cut_off_gives_no_address(address: IpAddr, at in 0_usize..52) {
            let bytes = of(SocketAddr::new(address, 1), &[]);
            let at = at.min(bytes.len() - 1);
            prop_assert!(taken(&bytes[..at]).0.is_err());
        }

        #[test]
        fn a_byte_of_the_signature_that_differs_is_refused(at in 0_usize..12, flip in 1_u8..) {
            let mut bytes = of("192.0.2.1:1".parse().unwrap(), &[]);
            bytes[at] ^= flip;
            prop_assert!(taken(&bytes).0.is_err());
        }

        #[test]
        fn no_bytes_make_it_fail_otherwise_or_read_too_much(
            fixed: [u8; 4], rest in prop::collection::vec(any::<u8>(), 0..6000),
        ) {
            let mut bytes = SIGNATURE.to_vec();
            bytes.extend(fixed);
            bytes.extend(&rest);
            let (_, left) = taken(&bytes);
            prop_assert!(bytes.len() - left <= FIXED + LONGEST);
        }
    }

    #[test]
    fn other_versions_families_and_lengths_are_refused() {
        let v1 = b"PROXY TCP4 192.0.2.1 192.0.2.9 4000 443\r\n";
        assert!(taken(v1).0.is_err());
        for (command, family, length) in [
            (0x11, 0x11, 12),
            (0x22, 0x11, 12),
            (0x31, 0x11, 12),
            (0x21, 0x00, 0),
            (0x21, 0x12, 12),
            (0x21, 0x22, 36),
            (0x21, 0x31, 216),
            (0x21, 0x11, 11),
            (0x21, 0x21, 35),
            (0x21, 0x11, LONGEST + 1),
            (0x20, 0x00, LONGEST + 1),
        ] {
            let bytes = header(command, family, &vec![1; length]);
            assert!(taken(&bytes).0.is_err(), "{command:x} {family:x} {length}");
        }
        assert_eq!(taken(&header(0x20, 0x00, b"")).0.ok(), Some(None));
    }
}
