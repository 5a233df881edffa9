//! Checks that the withdrawn exhibits are those that the log says were withdrawn. The state of an exhibit is not
//! encrypted, so somebody who can write to the file could hide an exhibit or bring one back.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::exhibit_check::ExhibitCheck;
use crate::policy::ActionKind;
use crate::vault::error::OperationError;
use crate::vault::exhibits::description::open_description;
use crate::vault::keyring::CaseKeys;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::leaf_rows::{self, LeafFilter};
use crate::vault::store::{Snapshot, exhibit_rows};

/// The leaf of a decision. It has a digest if the decision withdrew an exhibit.
#[derive(Deserialize)]
struct DecisionLeaf {
    digest: Option<String>,
}

pub(super) fn check_withdrawn(
    connection: &Snapshot,
    keys: &CaseKeys,
    case: &CaseRow,
    checks: &mut Vec<ExhibitCheck>,
) -> Result<(), OperationError> {
    let decisions = LeafFilter {
        case: Some(case.id.to_string()),
        action: Some(ActionKind::DecideWithdrawal.name().to_owned()),
        outcome: Some("done".to_owned()),
        ..LeafFilter::default()
    };
    let mut said = BTreeMap::new();
    for (seq, bytes) in leaf_rows::search_without_indices(connection, &decisions)? {
        let leaf: DecisionLeaf =
            serde_json::from_slice(&bytes).map_err(|_| OperationError::Damaged {
                place: format!("leaf {seq}"),
            })?;
        if let Some(digest) = leaf.digest {
            said.insert(seq, digest);
        }
    }
    for exhibit in exhibit_rows::list_all(connection, case.number)? {
        // A description that does not open is reported by the check of its exhibit.
        let Ok(description) = open_description(keys, &exhibit) else {
            continue;
        };
        let fault = match exhibit.withdrawn {
            Some(withdrawn) if said.get(&withdrawn.leaf) != Some(&description.admitted_digest) => {
                "it is withdrawn, and the log does not say so"
            }
            None if said
                .values()
                .any(|digest| *digest == description.admitted_digest) =>
            {
                "the log says that it was withdrawn, and it counts"
            }
            _ => continue,
        };
        let mut check = ExhibitCheck::new(&case.id, Some(&exhibit.id));
        check.note(false, || fault.to_owned());
        checks.push(check);
    }
    Ok(())
}
