//! gzip and zip, recognised by their first bytes, with a limit on what comes out.

use std::io::{self, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use super::growth::Growth;
use super::packed::PackedSource;
use super::peek::peek;
use super::zip::Zip;
use crate::ingest::error::IngestError;

/// Unpacks the source if it is packed.
pub(super) fn unpack(
    mut source: Box<dyn Read + Send>,
) -> Result<Box<dyn Read + Send>, IngestError> {
    let head = peek(&mut source, 4)?;
    let packed = Packing::of(&head);
    let source = Box::new(Cursor::new(head).chain(source));
    let mut inside: Box<dyn Read + Send> = match packed {
        None => return Ok(source),
        Some(Packing::Gzip) => Box::new(Gzip {
            decoder: MultiGzDecoder::new(PackedSource::new(source)),
            growth: Growth::default(),
        }),
        Some(Packing::Zip) => {
            let zip = Zip::open(PackedSource::new(source));
            Box::new(zip.map_err(|error| IngestError::reading(error, 1))?)
        }
    };
    let head = peek(&mut inside, 4)?;
    match Packing::of(&head) {
        Some(_) => Err(IngestError::PackedTwice),
        None => Ok(Box::new(Cursor::new(head).chain(inside))),
    }
}

/// How a file is packed.
enum Packing {
    Gzip,
    Zip,
}

impl Packing {
    /// The packing of a file with these first bytes, if it has one.
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => {
                Some(Self::Zip)
            }
            _ => None,
        }
    }
}

/// All members of a gzip file, one after another.
struct Gzip {
    decoder: MultiGzDecoder<PackedSource>,
    growth: Growth,
}

impl Read for Gzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.growth.count(read, self.decoder.get_ref().taken())?;
        Ok(read)
    }
}

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
    fn a_cut_a_damaged_and_a_doubly_packed_file_are_told_apart() {
        let whole = gzip(b"a long enough line of text");
        assert_eq!(
            read(whole[..whole.len() - 9].to_vec()),
            Err(IngestError::CutOff { line: 9 })
        );
        let mut damaged = whole.clone();
        let crc = damaged.len() - 6;
        damaged[crc] ^= 1;
        assert_eq!(read(damaged), Err(IngestError::Damaged { line: 9 }));
        for inside in [b"PK\x03\x04rest".to_vec(), gzip(b"rest")] {
            assert_eq!(read(gzip(&inside)), Err(IngestError::PackedTwice));
        }
    }
}
