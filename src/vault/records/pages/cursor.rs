//! The cursor of the next page: sealed, and bound to the question.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::order::Order;
use crate::vault::error::{DataRefusal, OperationError};
use crate::vault::keyring::RequestDigest;
use crate::vault::plaintext::{Aad, Nonce, OVERHEAD};
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::block_place::RecordAt;

/// The next record to show, and what earlier pages counted. It grants no right. Who holds it reads nothing in it: what
/// records are sorted by is the rank of a value among all values of the case, which no page tells. It is sealed under a
/// key of the case, in one place with the question and the account of a liaison, so nobody can forge a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// What the record before the next one is sorted by; 0 if pages are not in the order of a column.
    pub(super) key: i64,
    /// The position of the exhibit in the list of those that count.
    pub(super) exhibit: u32,
    pub(super) row: u64,
    /// How many records earlier pages showed, and how many there are in total.
    pub(super) given: u64,
    pub(super) total: u64,
    pub(super) edition: Edition,
}

/// How many exhibits count and how many were withdrawn. Neither can be undone, so the two together identify the records
/// of a case at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edition {
    pub(super) exhibits: u32,
    pub(super) withdrawn: u32,
}

impl Cursor {
    /// Where the next page begins.
    pub(super) fn at(&self) -> RecordAt {
        RecordAt {
            exhibit: self.exhibit as usize,
            row: self.row,
        }
    }

    pub(super) fn to_text(
        self,
        records: &CaseRecords<'_>,
        asked: &Asked<'_>,
        nonce: Nonce,
    ) -> Result<String, OperationError> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(&self.key.to_be_bytes());
        bytes.extend_from_slice(&self.exhibit.to_be_bytes());
        bytes.extend_from_slice(&self.row.to_be_bytes());
        bytes.extend_from_slice(&self.given.to_be_bytes());
        bytes.extend_from_slice(&self.total.to_be_bytes());
        bytes.extend_from_slice(&self.edition.exhibits.to_be_bytes());
        bytes.extend_from_slice(&self.edition.withdrawn.to_be_bytes());
        let place = asked.place(records)?;
        let sealed = records.keys.cursors().seal(nonce, &place, &bytes);
        let sealed = sealed.map_err(|_| OperationError::Internal("cursor"))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Whether the text could be a cursor: what can be said without the case.
    pub(super) fn has_form(text: &str) -> bool {
        decode(text).is_some()
    }

    pub(super) fn parse(
        text: &str,
        records: &CaseRecords<'_>,
        asked: &Asked<'_>,
    ) -> Result<Self, OperationError> {
        let unknown = || DataRefusal::OtherPage.at("cursor");
        let sealed = decode(text).ok_or_else(unknown)?;
        let place = asked.place(records)?;
        let opened = records.keys.cursors().open(&place, &sealed);
        let opened = opened.map_err(|_| unknown())?;
        let (key, rest) = opened.split_first_chunk().ok_or_else(unknown)?;
        let (exhibit, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
        let (row, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
        let (given, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
        let (total, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
        let (exhibits, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
        let (withdrawn, _) = rest.split_first_chunk().ok_or_else(unknown)?;
        Ok(Self {
            key: i64::from_be_bytes(*key),
            exhibit: u32::from_be_bytes(*exhibit),
            row: u64::from_be_bytes(*row),
            given: u64::from_be_bytes(*given),
            total: u64::from_be_bytes(*total),
            edition: Edition {
                exhibits: u32::from_be_bytes(*exhibits),
                withdrawn: u32::from_be_bytes(*withdrawn),
            },
        })
    }
}

fn decode(text: &str) -> Option<[u8; LENGTH + OVERHEAD]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// The question that a cursor is bound to.
pub(super) struct Asked<'q> {
    pub(super) filter: &'q RecordFilter,
    pub(super) order: Order,
}

impl Asked<'_> {
    /// What the cursor is sealed in: it opens for the same question in the same case and no other.
    fn place(&self, records: &CaseRecords<'_>) -> Result<Aad, OperationError> {
        let filter = serde_json::to_vec(self.filter);
        let filter = filter.map_err(|_| OperationError::Internal("cursor"))?;
        let mut digest = RequestDigest::of(&records.keys, "cursor of records");
        digest.part(&filter);
        digest.part(self.order.as_str().as_bytes());
        if let Some(account) = records.account() {
            digest.part(account.as_str().as_bytes());
        }
        let (vault, case) = (records.keys.vault(), records.keys.case());
        Ok(Aad::cursor(vault, case, &digest.finish()))
    }
}

const LENGTH: usize = 8 + 4 + 8 + 8 + 8 + 4 + 4;
