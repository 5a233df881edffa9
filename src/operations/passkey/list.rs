//! `GET /me/passkeys`: the caller's passkeys.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{PasskeyView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Lists the caller's passkeys.
pub struct ListPasskeys;

/// The caller's passkeys.
#[derive(Serialize, ToSchema)]
pub struct PasskeyList {
    /// The passkeys, in the order of their enrolment; at most 8.
    pub passkeys: Vec<PasskeyView>,
}

impl Operation for ListPasskeys {
    type Action = actions::ListPasskeys;
    type Answer = PasskeyList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<PasskeyList, OperationError> {
        scope
            .list_passkeys()
            .map(|passkeys| PasskeyList { passkeys })
    }
}

impl Request for ListPasskeys {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "listPasskeys",
        tag: "Sessions",
        summary: "List the caller's passkeys",
        description: "The caller's own passkeys. Nobody else sees them.",
        request: "",
        answer: r#"{"passkeys": [{"passkey": "p_0123456789abcdefghjk", "label": "blue key", "enrolled_at":
            "2024-03-21T22:34:49Z", "leaf": 17}]}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
