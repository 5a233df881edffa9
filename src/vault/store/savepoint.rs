//! The statements of a savepoint, which all engines know.

pub(super) const SAVEPOINT: &str = "SAVEPOINT act";
pub(super) const UNDO: &str = "ROLLBACK TO act";
pub(super) const RELEASE: &str = "RELEASE act";
