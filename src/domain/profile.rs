//! What an export holds.

use super::words;

words! {
    /// What an export holds.
    pub enum Profile {
        /// One account's numbers, with how often and when: to notify the people behind them.
        AccountNotice => "account-notice",
        /// Counts only, by each dimension: for regulators and reports.
        ScopeReport => "scope-report",
        /// Every matching record in full.
        Evidence => "evidence",
    }
}
