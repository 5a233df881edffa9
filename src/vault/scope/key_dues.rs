//! Which keys are due: the slots and the root by the keyring, the signing keys by the log, the cases by their rows, the
//! certificate by what the server said.

use super::Reading;
use crate::domain::Moment;
use crate::policy::ActionKind;
use crate::vault::audit::{Leaf, Tip};
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::key_ages::{KeyDue, KeyKind};
use crate::vault::ledger::{Signing, proven_leaf};
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::leaf_rows::{self, LeafFilter};

/// How many keys of cases are listed; those that are due longest come first.
const MOST_CASES: usize = 100;

impl Reading<'_> {
    /// The keys that have a date, the earliest first.
    pub fn key_dues(&self) -> Result<Vec<KeyDue>, OperationError> {
        key_dues(self.core, self.connection, self.tip)
    }
}

/// The same, for the vault itself.
pub(in crate::vault) fn key_dues(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
) -> Result<Vec<KeyDue>, OperationError> {
    let (ages, now) = (&core.settings.key_ages, core.clock.now());
    let mut all = due_cases(core, connection, tip, now)?;
    let keyring = core.keys().status();
    for slot in keyring.slots {
        all.extend(ages.due_slot(slot.kind, slot.no, slot.made, now));
    }
    let founded = founded(core, connection, tip)?;
    let signing = Signing::read(connection)?;
    let signs_since = signing.successions().last().map(|last| last.at);
    if let Some(since) = signs_since.or(founded) {
        all.extend(ages.due(KeyKind::SigningKeys, since, now));
    }
    all.extend(ages.due(KeyKind::Root, keyring.root_made, now));
    if let Some(ends) = core.key_dues.certificate_ends() {
        all.extend(ages.due(KeyKind::Certificate, ends, now));
    }
    all.sort_by_key(|one| one.due_at);
    Ok(all)
}

/// The keys of cases that are due, and the next one that will be.
fn due_cases(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    now: Moment,
) -> Result<Vec<KeyDue>, OperationError> {
    let mut all = Vec::new();
    for case in case_rows::list(connection)? {
        if core.is_destroyed(&case) {
            continue;
        }
        let since = key_since(core, connection, tip, &case)?;
        let due = core.settings.key_ages.due(KeyKind::Case, since, now);
        all.extend(due.map(|due| KeyDue {
            case: Some(case.id),
            ..due
        }));
    }
    all.sort_by_key(|one| one.due_at);
    let due = all.iter().filter(|one| one.due).count();
    all.truncate((due + 1).min(MOST_CASES));
    Ok(all)
}

/// Since when a case has its newest key: since it was opened, or since the leaf of its newest rotation.
fn key_since(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    case: &CaseRow,
) -> Result<Moment, OperationError> {
    let keys = core.keys().case_key_ids(&case.id);
    if keys.first().is_none_or(|newest| newest.number() <= 1) {
        return Ok(case.opened_at);
    }
    let rotations = LeafFilter {
        case: Some(case.id.to_string()),
        action: Some(ActionKind::RotateCaseKey.name().to_owned()),
        outcome: Some("done".to_owned()),
        ..LeafFilter::default()
    };
    let found = leaf_rows::search_without_indices(connection, &rotations)?;
    let Some(newest) = found.iter().map(|(seq, _)| *seq).max() else {
        return Ok(case.opened_at);
    };
    let leaf = proven_leaf(core, connection, tip, newest)?;
    let leaf = leaf.and_then(|bytes| Leaf::parse(&bytes).ok());
    let time = leaf.and_then(|leaf| leaf.time.parse().ok());
    Ok(time.unwrap_or(case.opened_at))
}

/// When the vault was made: the time of its first leaf.
fn founded(core: &Core, connection: &Snapshot, tip: Tip) -> Result<Option<Moment>, OperationError> {
    let first = proven_leaf(core, connection, tip, 0)?;
    let leaf = first.and_then(|bytes| Leaf::parse(&bytes).ok());
    Ok(leaf.and_then(|leaf| leaf.time.parse().ok()))
}
