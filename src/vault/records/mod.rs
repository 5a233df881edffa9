//! Queries over the sealed columns of a case.
//!
//! Sees case keys, sealed rows and codes; of a number at most its mask, and in a lookup the number that was asked for.
//! Called by `scope` and, for releases, by the ledger. The account of a liaison restricts every plan in here, so no
//! query can forget it. If a block is missing or does not open, the query fails; it never answers in part. Not
//! promised: that two queries see the same exhibits; each has the snapshot of its act.

mod accounts;
mod export;
mod exposure;
mod filter;
mod opened;
mod pages;
mod protected;
mod scan;
mod tables;

#[cfg(test)]
pub(in crate::vault) mod tests;

pub use self::export::contents::{
    Evidence, EvidenceDamaged, EvidenceRow, ExportContents, Notice, NoticeRow, Report, ReportRow,
    ReportTable,
};
pub(in crate::vault) use self::exposure::difference::{
    AccountDifference, Changes, Difference, Sides,
};
pub use self::exposure::lookup::{Exposure, LookUpResult};
pub use self::filter::{FilterInput, RecordFilter};
pub use self::pages::order::Order;
pub use self::pages::page::{PageQuery, RecordPage, RecordView};
pub use self::protected::protected_table::ProtectedQuery;
pub use self::tables::dimension::Dimension;
pub use self::tables::rounding::{Rule, Shown};
pub use self::tables::searched::{SearchedView, SpanView};
pub use self::tables::table::{BasisView, Chart, Rest, Table, TableQuery, TableRow, Totals};

pub(in crate::vault) use self::exposure::lookup::{AskedNumber, LookUp};
pub(in crate::vault) use self::exposure::share::Share;
pub(in crate::vault) use self::opened::CaseRecords;
pub(in crate::vault) use self::protected::release::Release;
pub(in crate::vault) use self::scan::matches::Matched;
pub(in crate::vault) use self::tables::rounding::protect;
