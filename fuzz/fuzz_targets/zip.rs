//! A zip: any bytes behind its first four, and any bytes in a right one.
#![no_main]

use std::io::Write;

use breachvault::ingest::Declared;
use breachvault_fuzz::{read, read_once};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    read(bytes, Declared::default);
    read(&[b"PK\x03\x04", bytes].concat(), Declared::default);
    if let Some(zip) = zip(bytes) {
        read_once(zip, Declared::default());
    }
});

fn zip(content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).ok()?;
    let packed = encoder.finish().ok()?;
    let mut crc = Crc::new();
    crc.update(content);
    let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
    common.extend(crc.sum().to_le_bytes());
    common.extend(u32::try_from(packed.len()).ok()?.to_le_bytes());
    common.extend(u32::try_from(content.len()).ok()?.to_le_bytes());
    common.extend([1, 0, 0, 0]);
    let file = [b"PK\x03\x04", common.as_slice(), b"a", packed.as_slice()].concat();
    let listed = [b"PK\x01\x02\x14\x00", common.as_slice(), &[0; 14], b"a"].concat();
    let mut end = b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00".to_vec();
    end.extend(u32::try_from(listed.len()).ok()?.to_le_bytes());
    end.extend(u32::try_from(file.len()).ok()?.to_le_bytes());
    end.extend([0, 0]);
    Some([file, listed, end].concat())
}
