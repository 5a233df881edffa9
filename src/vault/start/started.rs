//! The leaves of a start.

use serde_json::{Value, json};

use crate::domain::Field;
use crate::policy::actions;
use crate::vault::budget::alarm::Alarm;
use crate::vault::call::done::Done;
use crate::vault::call::target::Target;
use crate::vault::door::Operation;
use crate::vault::error::OperationError;
use crate::vault::keyring::Opened;
use crate::vault::scope::Scope;
use crate::vault::settings::Settings;
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{case_rows, exhibit_rows, node_rows};

/// What the node is called that a vault is made on.
pub(super) const FIRST_NODE: &str = "first";

/// All settings, for the detail of a leaf.
pub(super) fn stated(settings: &Settings) -> Result<Value, OperationError> {
    serde_json::to_value(settings).map_err(|_| OperationError::Internal("settings"))
}

/// The vault started.
pub(super) struct Start {
    pub(super) generation: u64,
}

impl Operation for Start {
    type Action = actions::StartVault;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.notes.generation = Some(self.generation);
        let mut cleared = 0;
        // Rows of a destroyed case go in small steps, while the vault is served.
        let mut cases = case_rows::list(scope.connection)?;
        cases.retain(|case| !scope.core.is_destroyed(case));
        // What other nodes admit goes on; whoever only joins clears nothing.
        let others = scope.core.others_running(scope.connection)?;
        let joins = scope.core.has_server && scope.core.node.is_none();
        for (exhibit, case, node) in exhibit_rows::staged_at(scope.connection)? {
            if joins || node.is_some_and(|node| others.contains(&node)) {
                cases.retain(|one| one.number != case);
            } else if cases.iter().any(|one| one.number == case) {
                exhibit_rows::discard(scope.transaction()?, exhibit)?;
                cleared += 1;
            }
        }
        match &scope.core.node {
            // The tables moved to a server.
            Some(node) if node_rows::list(scope.connection)?.is_empty() => {
                let now = scope.core.clock.in_seconds(0);
                let row = node.row(FIRST_NODE, now, self.generation);
                node_rows::insert(scope.transaction()?, &row)?;
            }
            _ => {
                if !scope.core.tell_of_node(scope.transaction()?, true)? {
                    return Err(OperationError::Internal("it is a node no more"));
                }
            }
        }
        for case in cases {
            for (field, visible) in [(Field::Number, case.numbers), (Field::User, case.users)] {
                let terms = Terms {
                    case: case.number,
                    field,
                };
                terms.discard_above(scope.transaction()?, visible)?;
            }
        }
        let settings = stated(&scope.core.settings)?;
        let opened = {
            let keys = scope.core.keys();
            let opened = keys.opened();
            json!({
                "slot": opened.slot,
                "kind": opened.kind,
                "fingerprint": opened.fingerprint.to_string(),
            })
        };
        let clock = scope.clock();
        scope.notes.alarm = clock.in_doubt().then_some(Alarm::ClockJumped);
        scope.note_detail(json!({
            "leftovers_cleared": cleared,
            "node": scope.core.node.as_ref().map(|node| node.id.clone()),
            "opened_with": opened,
            "settings": settings,
            "machine": clock.machine,
            "off_by_s": clock.off_by_s,
            "stopped_s": clock.stopped_s,
        }));
        Ok(Done)
    }
}

/// The vault was opened with shares.
pub(super) struct Unseal {
    pub(super) opened: Opened,
}

impl Operation for Unseal {
    type Action = actions::UnsealVault;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let Opened {
            slot,
            fingerprint,
            mut shares,
            ..
        } = self.opened;
        shares.sort_unstable();
        let numbers: Vec<String> = shares.iter().map(u8::to_string).collect();
        scope.notes.object = Some(format!("shares {fingerprint} {}", numbers.join(",")));
        scope.note_detail(json!({
            "slot": slot,
            "set": fingerprint.to_string(),
            "shares": shares,
        }));
        Ok(Done)
    }
}
