//! SHA-256, SHA-512 and length of a file, computed in one pass; or SHA-256 alone, which takes a quarter of the time.

use std::io::{self, Read};

use ring::digest::{Context, SHA256, SHA512, digest};

use crate::domain::hex;

/// The manifests' values of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digests {
    pub(super) sha256: [u8; 32],
    pub(super) sha512: [u8; 64],
    pub(super) bytes: u64,
}

impl Digests {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut digester = Digester::new();
        digester.update(bytes);
        digester.finish()
    }

    pub(super) fn of_stream(from: &mut dyn Read) -> io::Result<Self> {
        let mut digester = Digester::new();
        for_each_piece(from, |piece| digester.update(piece))?;
        Ok(digester.finish())
    }
}

pub(super) struct Digester {
    sha256: Context,
    sha512: Context,
    bytes: u64,
}

impl Digester {
    pub(super) fn new() -> Self {
        Self {
            sha256: Context::new(&SHA256),
            sha512: Context::new(&SHA512),
            bytes: 0,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.sha512.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(super) fn finish(self) -> Digests {
        Digests {
            sha256: array(self.sha256.finish().as_ref()),
            sha512: array(self.sha512.finish().as_ref()),
            bytes: self.bytes,
        }
    }
}

/// SHA-256 in lower-case hexadecimal digits, as `sha256sum` prints it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(&sha256(bytes))
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    array(digest(&SHA256, bytes).as_ref())
}

/// SHA-256 and the length.
pub(super) fn sha256_of_stream(from: &mut dyn Read) -> io::Result<([u8; 32], u64)> {
    let (mut digest, mut bytes) = (Context::new(&SHA256), 0);
    for_each_piece(from, |piece| {
        digest.update(piece);
        bytes += piece.len() as u64;
    })?;
    Ok((array(digest.finish().as_ref()), bytes))
}

fn for_each_piece(from: &mut dyn Read, mut see: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => see(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn sha512(bytes: &[u8]) -> [u8; 64] {
    array(digest(&SHA512, bytes).as_ref())
}

/// A digest as an array of `N` bytes, the length of its algorithm.
pub(super) fn array<const N: usize>(digest: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(digest);
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hex;

    #[test]
    fn the_digests_of_abc_are_those_of_fips_180() {
        let abc = Digests::of_stream(&mut &b"abc"[..]).unwrap();
        assert_eq!(abc, Digests::of(b"abc"));
        assert_eq!(abc.sha256, sha256(b"abc"));
        let alone = sha256_of_stream(&mut &b"abc"[..]).unwrap();
        assert_eq!(alone, (abc.sha256, 3));
        assert_eq!(abc.sha512, sha512(b"abc"));
        assert_eq!(
            hex::encode(&abc.sha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(hex::encode(&abc.sha512).starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(abc.bytes, 3);
    }
}
