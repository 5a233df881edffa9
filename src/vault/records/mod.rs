//! Queries over the sealed columns of a case.
//!
//! Sees case keys, sealed rows and codes; of a number its mask at most, never
//! its digits. Called by `scope` and, for releases, by the ledger. A liaison's
//! account narrows every plan in here, so that no query can forget it. A block
//! that is missing or does not open ends the query: no part of an answer is
//! given. Not promised: that two queries at once see the same exhibits; each
//! has the snapshot of its act.

mod columns;
mod cursor;
mod difference;
mod dimension;
mod exhibit_index;
mod export;
mod exposure;
mod filter;
mod grouping;
mod handover;
mod local_time;
mod opened;
mod page;
mod place;
mod plan;
mod protected;
mod range_set;
mod release;
mod rounding;
mod scan;
mod sealed_columns;
mod subjects;
mod table;
mod timeline;
mod together;
mod witness;

#[cfg(test)]
pub(in crate::vault) mod fixture;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_scan;
#[cfg(test)]
mod tests_tables;

pub use self::difference::{AccountDifference, Changes, Difference, Sides};
pub use self::dimension::Dimension;
pub use self::export::{
    Evidence, EvidenceDamaged, EvidenceRow, ExportContents, Notice, NoticeRow, ReportRow,
    ReportTable,
};
pub use self::filter::{FilterInput, RecordFilter};
pub use self::page::{Order, PageQuery, RecordPage, RecordView};
pub use self::protected::ProtectedQuery;
pub use self::rounding::{Rule, Shown};
pub use self::table::{BasisView, Rest, Table, TableQuery, TableRow, Totals};

pub(in crate::vault) use self::exposure::Share;
pub(in crate::vault) use self::opened::{CaseRecords, Found};
pub(in crate::vault) use self::release::Release;
