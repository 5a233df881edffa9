//! Admits a file from the command line, for `exhibit admit`, `exhibit check` and for the demo. If the file is refused,
//! its report is printed.

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::progress::Progress;
use crate::operations::exhibit::{self, AdmitRequest, Arriving};
use crate::vault::{Caller, OperationError, Refusal, Reply, Vault};

pub(in crate::cli) fn admit(
    vault: &Vault,
    caller: &Caller,
    request: AdmitRequest,
    arriving: Arriving,
    progress: &mut Progress,
    json: bool,
) -> Result<Reply, CliError> {
    let admitted = exhibit::admit(vault, caller, request, arriving, &mut |reached| {
        progress.reach(reached.bytes);
        true
    });
    if let Err(Refusal::Failed(OperationError::NotAdmitted { report, .. }, _)) = &admitted {
        answer::show(report, json)?;
    }
    Ok(admitted?)
}
