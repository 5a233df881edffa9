//! What an export holds, opened under a revealing action and not yet text.
//!
//! Codes and disclosed numbers are kept apart and compact, so that an export of
//! all records costs tens of bytes for each, not a row of strings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use zeroize::Zeroizing;

use super::scan::{RecordCodes, ScanField};
use super::{RecordFilter, Table, TableQuery};
use crate::domain::{Field, Moment};
use crate::policy::Reveals;
use crate::vault::columns::Dictionary;
use crate::vault::operation::OperationError;
use crate::vault::plaintext::{Disclosed, SubjectToken};
use crate::vault::scope::{Profile, Scope};

pub enum ExportContents {
    Notice(Vec<NoticeRow>),
    Report(Vec<ReportTable>),
    Evidence(Evidence),
}

/// One person to be told.
pub struct NoticeRow {
    pub number: Disclosed,
    pub users: Vec<Zeroizing<String>>,
    pub messages: u64,
    pub first: Moment,
    pub last: Moment,
    pub kinds: Vec<String>,
}

/// Counts by one dimension.
pub struct ReportTable {
    pub by: &'static str,
    pub rows: Vec<ReportRow>,
}

pub struct ReportRow {
    pub value: String,
    pub messages: u64,
    pub numbers: u64,
}

/// Records as codes, and what the codes stand for.
pub struct Evidence {
    records: Vec<Kept>,
    references: Zeroizing<String>,
    exhibits: Vec<String>,
    numbers: HashMap<u32, (SubjectToken, Disclosed)>,
    users: HashMap<u32, Zeroizing<String>>,
    dictionaries: Vec<Dictionary>,
}

struct Kept {
    exhibit: u16,
    row: u32,
    number: u32,
    user: u32,
    codes: [u32; CODED.len()],
    sent_at: Moment,
    reference: (u32, u32),
}

/// A record as its package shows it.
pub struct EvidenceRow<'e> {
    pub record: String,
    pub subject: String,
    pub number: &'e Disclosed,
    /// In the order of [`Evidence::FIELDS`].
    pub fields: [Zeroizing<String>; 9],
}
