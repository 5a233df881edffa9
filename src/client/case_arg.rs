//! Which case a command is about.

use clap::Args;

use super::connection::part;

/// The case that a command is about.
#[derive(Args)]
pub(crate) struct CaseArg {
    /// The case, as `case list` shows it
    #[arg(
        long = "case",
        value_name = "C",
        env = "BREACHVAULT_CASE",
        hide_env_values = true
    )]
    id: String,
}

impl CaseArg {
    /// Its id, which the server has not seen yet.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The path of something in the case.
    pub(crate) fn path(&self, rest: &str) -> String {
        path(&self.id, rest)
    }
}

pub(crate) fn path(case: &str, rest: &str) -> String {
    format!("/cases/{}{rest}", part(case))
}
