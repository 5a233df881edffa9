//! gzip and zip, recognised by their first bytes, with a limit on what comes out.

use std::io::{self, BufRead, Cursor, Read};

use flate2::bufread::GzDecoder;

use super::foreign::refuse_foreign;
use super::growth::Growth;
use super::packed::PackedSource;
use super::peek::peek;
use super::workbook;
use super::zip::Zip;
use crate::ingest::error::IngestError;

/// A file of which the packing is off.
pub(super) enum Unpacked {
    /// The bytes of a text.
    Text(Box<dyn Read + Send>),
    /// The bytes of a workbook, which is a zip of its parts.
    Workbook(Box<dyn Read + Send>),
}

/// Unpacks the source if it is packed.
pub(super) fn unpack(mut source: Box<dyn Read + Send>) -> Result<Unpacked, IngestError> {
    let head = peek(&mut source, HEAD)?;
    refuse_foreign(&head)?;
    let packed = Packing::of(&head);
    let office = workbook::is_one(&head)?;
    let source = Box::new(Cursor::new(head).chain(source));
    if office {
        return Ok(Unpacked::Workbook(source));
    }
    let mut inside: Box<dyn Read + Send> = match packed {
        None => return Ok(Unpacked::Text(source)),
        Some(Packing::Gzip) => Box::new(Gzip {
            decoder: Some(GzDecoder::new(PackedSource::new(source))),
            growth: Growth::default(),
        }),
        Some(Packing::Zip) => {
            let zip = Zip::open(PackedSource::new(source));
            Box::new(zip.map_err(|error| IngestError::reading(error, 1))?)
        }
    };
    let head = peek(&mut inside, HEAD)?;
    refuse_foreign(&head)?;
    match Packing::of(&head) {
        Some(_) => Err(IngestError::PackedTwice),
        None => Ok(Unpacked::Text(Box::new(Cursor::new(head).chain(inside)))),
    }
}

/// How many bytes are looked at: the first block of a tar.
const HEAD: usize = 512;

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

/// All members of a gzip file, one after another. Zeros behind a member are padding.
struct Gzip {
    /// Nothing when the last member has ended.
    decoder: Option<GzDecoder<PackedSource>>,
    growth: Growth,
}

impl Read for Gzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let read = decoder.read(buffer)?;
            self.growth.count(read, decoder.get_ref().taken())?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Some(ended) = self.decoder.take() {
                self.decoder = next_member(ended.into_inner())?;
            }
        }
        Ok(0)
    }
}

/// The next member of a gzip file, if there is one behind the zeros.
fn next_member(mut packed: PackedSource) -> io::Result<Option<GzDecoder<PackedSource>>> {
    loop {
        let ready = packed.fill_buf()?;
        if ready.is_empty() {
            return Ok(None);
        }
        let zeros = ready.iter().take_while(|byte| **byte == 0).count();
        // Fewer bytes than a header has would be taken for a member that was cut off.
        let next = ready.get(zeros).copied();
        packed.consume(zeros);
        match next {
            None => {}
            Some(0x1f) => return Ok(Some(GzDecoder::new(packed))),
            Some(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
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
        let Unpacked::Text(mut source) = unpack(Box::new(Cursor::new(bytes)))? else {
            panic!("no workbook");
        };
        source
            .read_to_end(&mut text)
            .map_err(|error| IngestError::reading(error, 9))?;
        Ok(text)
    }

    #[test]
    fn members_one_after_another_are_one_file() {
        let both = [gzip(b"one,"), gzip(b"two")].concat();
        assert_eq!(read(both), Ok(b"one,two".to_vec()));
        assert_eq!(read(b"plain".to_vec()), Ok(b"plain".to_vec()));
        let padded = [gzip(b"one,"), vec![0; 70_000], gzip(b"two"), vec![0; 3]].concat();
        assert_eq!(read(padded), Ok(b"one,two".to_vec()));
        let other = [gzip(b"one,"), b"two".to_vec()].concat();
        assert_eq!(read(other), Err(IngestError::Damaged { line: 1 }));
        // A member that was cut off in its header.
        let cut = [gzip(b"one,"), gzip(b"two")[..5].to_vec()].concat();
        assert_eq!(read(cut), Err(IngestError::CutOff { line: 1 }));
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
            Err(IngestError::CutOff { line: 1 })
        );
        let mut damaged = whole.clone();
        let crc = damaged.len() - 6;
        damaged[crc] ^= 1;
        assert_eq!(read(damaged), Err(IngestError::Damaged { line: 1 }));
        for inside in [b"PK\x03\x04rest".to_vec(), gzip(b"rest")] {
            assert_eq!(read(gzip(&inside)), Err(IngestError::PackedTwice));
        }
    }
}
