//! Looking at the first bytes of a source.

use std::io::Read;

use zeroize::Zeroizing;

use crate::ingest::error::IngestError;

/// Takes up to `bytes` bytes from the front of a source. Who reads on has to put them back.
pub(in crate::ingest) fn peek(
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

/// The same for many bytes. Of a short source no more room is taken than it needs.
pub(in crate::ingest) fn peek_far(
    source: &mut impl Read,
    bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, IngestError> {
    let near = peek(source, NEAR.min(bytes))?;
    if near.len() < NEAR {
        return Ok(near);
    }
    let rest = peek(source, bytes.saturating_sub(NEAR))?;
    let mut both = Zeroizing::new(Vec::with_capacity(near.len() + rest.len()));
    both.extend_from_slice(&near);
    both.extend_from_slice(&rest);
    Ok(both)
}

/// How much is looked at first.
const NEAR: usize = 16 << 10;
