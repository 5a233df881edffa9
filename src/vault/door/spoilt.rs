//! A case of which a sealed part is damaged is closed until the next start.
//!
//! Which part an act comes upon depends on what the case holds. If somebody who can write the file spoiled one part
//! after the other, `damaged` would tell a caller about data that the caller may not see. So the first damage of any
//! sealed part of a case ends all acts that read its records, for everybody and in the same words.
//! Not promised: that the first damage tells nothing. It is one answer for each start of the vault.

use crate::policy::ActionKind;
use crate::vault::core::Core;
use crate::vault::door::facts::Situation;
use crate::vault::error::{OperationError, Stopped};

/// Refuses an act on a case that was found to be damaged.
pub(super) fn refuse_spoilt(
    core: &Core,
    situation: &Situation,
    action: ActionKind,
) -> Result<(), OperationError> {
    let Some(case) = &situation.case else {
        return Ok(());
    };
    match core.control.spoilt(case.id.as_str()) {
        Some(part) if !action.needs_no_records() => Err(told(situation, part)),
        _ => Ok(()),
    }
}

/// Notes damage that an act came upon, and says of it what the caller may know.
pub(super) fn note_spoilt(
    core: &Core,
    situation: &Situation,
    error: OperationError,
) -> OperationError {
    match (&situation.case, error.damaged_part()) {
        (Some(case), Some(part)) => {
            told(situation, core.control.found_spoilt(case.id.as_str(), part))
        }
        _ => error,
    }
}

/// Notes that an act came upon a broken file, such as one that somebody put back while the vault was served.
pub(super) fn note_broken(core: &Core, stopped: Stopped) -> Stopped {
    match stopped {
        Stopped::Failed(OperationError::Store(error)) => {
            Stopped::Failed(core.control.note_failure(error).into())
        }
        other => other,
    }
}

/// The kind of part; nothing for somebody who speaks for one account.
fn told(situation: &Situation, part: &str) -> OperationError {
    let membership = situation.facts.case.as_ref();
    let membership = membership.and_then(|case| case.membership.as_ref());
    let bound = membership.is_some_and(|membership| membership.account.is_some());
    let place = if bound { "" } else { part };
    OperationError::Damaged {
        place: place.to_owned(),
    }
}
