//! `audit export`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::streams;
use crate::vault::Paths;
use crate::vault::trail;

#[derive(Args)]
pub(in crate::cli) struct Export {
    /// The vault directory; it may be being served
    #[arg(long, value_name = "VAULT")]
    dir: PathBuf,
    /// A directory that is new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Export {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let leaves = trail::export_directory(&Paths::of(&self.dir), &self.out)?;
        streams::words("the details that the leaves commit to are not in it");
        streams::data(&format!("exported: {leaves} leaves"))
    }
}
