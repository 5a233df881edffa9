//! `GET /keys/slots`: the keyring's slots, and the change of them that two people are at.

use serde::Serialize;
use utoipa::ToSchema;

use super::status::KeyState;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Scope, SlotChangeView};
use crate::vault::{Operation, OperationError, Target};

/// Reads the slots, for administrators.
pub struct ListSlots;

/// The slots of the keyring. Nothing in it is secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Slots {
    /// The keyring with its slots.
    pub keyring: KeyState,
    /// The change that was asked for; null if there is none.
    pub change: Option<SlotChangeView>,
}

impl Operation for ListSlots {
    type Action = actions::ListSlots;
    type Answer = Slots;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Slots, OperationError> {
        Ok(Slots {
            keyring: KeyState::of(scope)?,
            change: scope.slot_change()?,
        })
    }
}

impl Request for ListSlots {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "listSlots",
        tag: "Keys",
        summary: "List the ways to unlock the keyring",
        description: "The slots, and the change of them that waits for a second person. Nothing in it is secret.",
        request: "",
        answer: r#"{"keyring": {"vault": "v_0123456789abcdefghjk", "fingerprint": "89ab-cdef-0123-4567",
            "generation": 3, "slots": [{"slot": 1, "kind": "shares", "label": "board", "since": 3, "made_at":
            "2024-04-01T09:00:00Z", "fingerprint": "0123-4567-89ab-cdef", "opened": false, "memory_kib": null,
            "passes": null, "lanes": null, "needed": 2, "shares": 3, "recipients": []}], "cases": 1, "dates": [],
            "rotations": [], "root_since": 1, "root_made_at": "2024-04-01T09:00:00Z"},
            "change": {"change": "remove", "kind": "shares", "label": "board", "slot": 1, "fingerprint":
            "0123-4567-89ab-cdef", "needed": null, "shares": null, "recipients": [], "state": "requested",
            "asked_by": "archibald", "asked_at": "2024-04-02T09:00:00Z", "reason": "one of the three has left",
            "approved_by": null, "expires_at": "2024-04-03T09:00:00Z"}}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
