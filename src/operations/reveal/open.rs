//! `POST /reveals/{reveal}/open`: the asker sees the numbers once.
//!
//! One of the two files that turn a disclosed number into text.

use serde::Serialize;
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::E164;
use crate::domain::{RequestIdOfKind as _, RevealId};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::plaintext::{Disclosed, SubjectToken};
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, ShownOnce, Target};

/// Shows the asker the numbers of an approved reveal, once.
pub struct OpenReveal(pub RevealId);

/// The numbers of a reveal, opened but not yet turned into text.
pub struct Opened(Vec<(SubjectToken, Disclosed)>);

/// The numbers of an opened reveal.
#[derive(Serialize, ToSchema)]
pub struct OpenedBody {
    /// The numbers, in the order of the request.
    pub numbers: Vec<OpenedNumber>,
}

/// A subject and its number in the clear.
#[derive(Serialize, ToSchema)]
pub struct OpenedNumber {
    /// The subject token.
    pub subject: SubjectToken,
    /// The phone number of the subject.
    #[schema(value_type = E164)]
    pub number: ShownOnce,
}

impl Answer for Opened {
    type View = OpenedBody;

    fn view(self, receipt: &Receipt) -> Result<OpenedBody, OperationError> {
        let shown = |(subject, number): &(SubjectToken, Disclosed)| OpenedNumber {
            subject: *subject,
            number: number.expose(receipt).into(),
        };
        Ok(OpenedBody {
            numbers: self.0.iter().map(shown).collect(),
        })
    }
}

impl Operation for OpenReveal {
    type Action = actions::OpenReveal;
    type Answer = Opened;

    fn target(&self) -> Target {
        Target::Request(self.0.of_any_kind())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Opened, OperationError> {
        scope.open_reveal(&self.0).map(Opened)
    }
}

impl Request for OpenReveal {
    type Input = Empty;
    const DOCS: Docs = docs::OPEN;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Request(ids.reveal()?.of_any_kind()))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.reveal()?))
    }
}
