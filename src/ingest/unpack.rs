//! gzip, known by its first bytes, with a limit on what comes out of it.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;
use zeroize::Zeroizing;

use super::error::IngestError;

/// Unpacks the source if it is packed.
pub(super) fn unpack(
    mut source: Box<dyn Read + Send>,
) -> Result<Box<dyn Read + Send>, IngestError> {
    let head = peek(&mut source, 4)?;
    let packed = head.starts_with(&[0x1f, 0x8b]);
    let source = Cursor::new(head.clone()).chain(source);
    if !packed {
        return not_zip(&head).map(|()| Box::new(source) as Box<dyn Read + Send>);
    }
    let mut inside = Unpacked {
        decoder: MultiGzDecoder::new(Counted { source, bytes: 0 }),
        bytes: 0,
    };
    let head = peek(&mut inside, 4)?;
    not_zip(&head)?;
    Ok(Box::new(Cursor::new(head).chain(inside)))
}

/// Up to `bytes` bytes from the front of a source.
pub(super) fn peek(
    source: &mut impl Read,
    bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, IngestError> {
    let mut head = Zeroizing::new(Vec::with_capacity(bytes + 32));
    source
        .take(bytes as u64)
        .read_to_end(&mut head)
        .map_err(|error| IngestError::reading(error, 1))?;
    Ok(head)
}

fn not_zip(head: &[u8]) -> Result<(), IngestError> {
    let zip = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];
    if zip.iter().any(|magic| head.starts_with(*magic)) {
        Err(IngestError::Zip)
    } else {
        Ok(())
    }
}

struct Unpacked<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    bytes: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.bytes += read as u64;
        let packed = self.decoder.get_ref().bytes;
        let grows = self.bytes > RATIO_FROM && self.bytes / RATIO > packed;
        if grows || self.bytes > TOTAL {
            return Err(IngestError::Bomb {
                packed,
                unpacked: self.bytes,
            }
            .into());
        }
        Ok(read)
    }
}

struct Counted<R> {
    source: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// More than any log of one incident.
const TOTAL: u64 = 64 << 30;
/// Logs pack 5 to 20 times; deflate can do 1,032.
const RATIO: u64 = 200;
const RATIO_FROM: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> Result<Vec<u8>, IngestError> {
        let mut text = Vec::new();
        unpack(Box::new(Cursor::new(bytes)))?
            .read_to_end(&mut text)
            .map_err(|error| IngestError::reading(error, 9))?;
        Ok(text)
    }

    #[test]
    fn members_one_after_another_are_one_file() {
        let both = [gzip(b"one,"), gzip(b"two")].concat();
        assert_eq!(read(both), Ok(b"one,two".to_vec()));
        assert_eq!(read(b"plain".to_vec()), Ok(b"plain".to_vec()));
    }

    #[test]
    fn a_bomb_stops_soon_after_the_first_mebibyte() {
        match read(gzip(&vec![b'x'; 64 << 20])) {
            Err(IngestError::Bomb { unpacked, .. }) => assert!(unpacked < 16 << 20, "{unpacked}"),
            other => panic!("{:?}", other.map(|text| text.len())),
        }
    }

    #[test]
    fn a_cut_a_damaged_and_a_zip_file_are_told_apart() {
        let whole = gzip(b"a long enough line of text");
        assert_eq!(
            read(whole[..whole.len() - 9].to_vec()),
            Err(IngestError::CutOff { line: 9 })
        );
        let mut damaged = whole.clone();
        let crc = damaged.len() - 6;
        damaged[crc] ^= 1;
        assert_eq!(read(damaged), Err(IngestError::Damaged { line: 9 }));
        assert_eq!(read(b"PK\x03\x04rest".to_vec()), Err(IngestError::Zip));
        assert_eq!(read(gzip(b"PK\x03\x04rest")), Err(IngestError::Zip));
    }
}
