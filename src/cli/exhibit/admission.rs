//! Admitting from the command line, for `exhibit admit` and for the demo.

use std::io::Read;

use crate::cli::error::CliError;
use crate::cli::progress::Progress;
use crate::domain::{CaseId, Reference, Title};
use crate::ingest::Declared;
use crate::operations::exhibit::{self, AdmitRequest};
use crate::vault::plaintext::Region;
use crate::vault::{Caller, Reply, Vault};

/// What is said about a file that is to be admitted.
pub(in crate::cli) struct Admitting {
    pub(in crate::cli) case: CaseId,
    pub(in crate::cli) declared: Declared,
    pub(in crate::cli) name: Option<Title>,
    pub(in crate::cli) source: Option<Reference>,
    pub(in crate::cli) region: Option<Region>,
}

pub(in crate::cli) fn admit(
    vault: &Vault,
    caller: &Caller,
    admitting: Admitting,
    file: Box<dyn Read + Send>,
    progress: &mut Progress,
) -> Result<Reply, CliError> {
    let Admitting {
        case,
        declared,
        name,
        source,
        region,
    } = admitting;
    let request = AdmitRequest {
        case,
        name,
        source,
        declared,
        region,
    };
    let reply = exhibit::admit(vault, caller, request, file, &mut |reached| {
        progress.reach(reached.bytes);
        true
    })?;
    Ok(reply)
}
