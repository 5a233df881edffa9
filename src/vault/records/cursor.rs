//! Where a page ended: opaque to whoever carries it, bound to its filter.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use super::filter::RecordFilter;
use crate::vault::operation::OperationError;

/// The next record to give, by exhibit and row. It gives no right to anything:
/// a made-up cursor begins a page elsewhere in what its maker may see anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Position of the exhibit among those that count.
    pub(super) exhibit: u32,
    pub(super) row: u64,
    /// How many were withdrawn when the page was given: exhibits are added at the
    /// end, but where one was taken out positions are no longer the same.
    pub(super) withdrawn: u32,
}

impl Cursor {
    pub(super) fn to_text(self, filter: &RecordFilter) -> Result<String, OperationError> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.exhibit.to_be_bytes());
        bytes.extend_from_slice(&self.row.to_be_bytes());
        bytes.extend_from_slice(&self.withdrawn.to_be_bytes());
        bytes.extend_from_slice(&short_digest(filter)?);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(super) fn parse(text: &str, filter: &RecordFilter) -> Result<Self, OperationError> {
        let invalid = |rule: &str| OperationError::invalid("cursor", rule);
        let unknown = || invalid("must be the `next` of an earlier page");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| unknown())?;
        let [VERSION, rest @ ..] = bytes else {
            return Err(unknown());
        };
        let (exhibit, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
        let (row, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
        let (withdrawn, digest) = rest.split_first_chunk().ok_or_else(unknown)?;
        if digest != short_digest(filter)? {
            return Err(invalid("belongs to another filter"));
        }
        Ok(Self {
            exhibit: u32::from_be_bytes(*exhibit),
            row: u64::from_be_bytes(*row),
            withdrawn: u32::from_be_bytes(*withdrawn),
        })
    }
}

fn short_digest(filter: &RecordFilter) -> Result<[u8; 8], OperationError> {
    let json = serde_json::to_vec(filter).map_err(|_| OperationError::Internal("cursor"))?;
    // Tells filters apart, and hides nothing: the caller has the filter.
    let digest = digest(&SHA256, &json);
    digest
        .as_ref()
        .first_chunk()
        .copied()
        .ok_or(OperationError::Internal("cursor"))
}

const VERSION: u8 = 2;
const LENGTH: usize = 1 + 4 + 8 + 4 + 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_only_with_its_own_filter() {
        let filter = RecordFilter::default();
        let cursor = Cursor {
            exhibit: 3,
            row: 70_000,
            withdrawn: 1,
        };
        let text = cursor.to_text(&filter).unwrap();
        assert_eq!(Cursor::parse(&text, &filter).unwrap(), cursor);
        let other = RecordFilter {
            country: vec!["US".to_owned()],
            ..RecordFilter::default()
        };
        assert!(Cursor::parse(&text, &other).is_err());
    }

    #[test]
    fn a_text_that_is_no_cursor_is_refused_by_its_place() {
        for text in ["", "AQ", "not base64 at all", &"A".repeat(28)] {
            let error = Cursor::parse(text, &RecordFilter::default()).unwrap_err();
            assert!(matches!(error, OperationError::Invalid { at, .. } if at == "cursor"));
        }
    }
}
