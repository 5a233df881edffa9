//! Admits a file from the command line, for `exhibit admit` and for the demo.

use crate::cli::error::CliError;
use crate::cli::progress::Progress;
use crate::operations::exhibit::{self, AdmitRequest, Arriving};
use crate::vault::{Caller, Reply, Vault};

pub(in crate::cli) fn admit(
    vault: &Vault,
    caller: &Caller,
    request: AdmitRequest,
    arriving: Arriving,
    progress: &mut Progress,
) -> Result<Reply, CliError> {
    let reply = exhibit::admit(vault, caller, request, arriving, &mut |reached| {
        progress.reach(reached.bytes);
        true
    })?;
    Ok(reply)
}
