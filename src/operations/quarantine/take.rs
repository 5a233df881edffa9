//! `GET /quarantines/{quarantine}/package`: hands a sealed list out, and builds its package the first time.

use crate::domain::QuarantineId;
use crate::operations::export::package_of;
use crate::vault::scope::requests::{Quarantine, WantedPart};
use crate::vault::{Caller, Refusal, Reply, Vault};

/// Hands out the package of an approved list, as that of an export is handed out.
///
/// # Errors
///
/// A refusal with its reason: no right, a request in another state or of rows that are shown masked, or a package that
/// could not be built.
pub fn take_list(
    vault: &Vault,
    caller: &Caller,
    quarantine: &QuarantineId,
    part: Option<WantedPart>,
) -> Result<Reply, Refusal> {
    package_of::<Quarantine>(vault, caller, quarantine, part)
}
