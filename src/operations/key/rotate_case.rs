//! `POST /cases/{case}/key/rotation`: an administrator gives a case a new key.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::case::MoveInput;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::{RotationBegun, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why};

/// Gives a case a new key, for administrators.
pub struct RotateCaseKey {
    case: CaseId,
    why: Why,
}

/// A rotation that was begun.
pub struct Begun {
    case: CaseId,
    generation: u64,
    begun: RotationBegun,
}

/// A case that got a new key. What was sealed under the old one is being sealed again.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseKeyRotating {
    /// The case.
    pub case: CaseId,
    /// The keyring's generation, in which the case has both keys.
    pub generation: u64,
}

impl Answer for Begun {
    type View = CaseKeyRotating;

    fn view(self, receipt: &Receipt) -> Result<CaseKeyRotating, OperationError> {
        self.begun.begin(receipt);
        Ok(CaseKeyRotating {
            case: self.case,
            generation: self.generation,
        })
    }
}

impl Operation for RotateCaseKey {
    type Action = actions::RotateCaseKey;
    type Answer = Begun;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Begun, OperationError> {
        let generation = scope.rotate_case_key()?;
        Ok(Begun {
            case: self.case,
            generation,
            begun: scope.begin_rotation(),
        })
    }
}

impl Request for RotateCaseKey {
    type Input = MoveInput;
    const DOCS: Docs = Docs {
        id: "rotateCaseKey",
        tag: "Keys",
        summary: "Give a case a new key",
        description: "For administrators. The new key seals from now on. All that the old one sealed is sealed again \
            step by step, while the case is worked on; then the old one leaves the keyring. `GET /keys/status` says \
            how far it is. Make a backup of the keyring now and when it has ended (docs/keyring.md).",
        request: r#"{"reason": "a disk with the vault was stolen"}"#,
        answer: r#"{"case": "c_0123456789abcdefghjk", "generation": 4}"#,
        problems: &["not-found", "rotation-under-way", "admission-in-progress"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: MoveInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            why: only_reason(&input.reason)?,
        })
    }
}
