//! `audit export`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::streams;
use crate::vault::Paths;
use crate::vault::trail;

#[derive(Args)]
pub(in crate::cli) struct Export {
    /// The vault directory; the server may be running
    #[arg(long, value_name = "VAULT")]
    dir: PathBuf,
    /// A new or empty directory
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Export {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let leaves = trail::export_directory(&Paths::of(&self.dir), &self.out)?;
        streams::words("the export does not contain the details of the leaves");
        streams::data(&format!("exported: {leaves} leaves"))
    }
}
