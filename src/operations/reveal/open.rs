//! `POST /reveals/{reveal}/open`: the asker sees the numbers, once.
//!
//! One of the two files that turn a disclosed number into text.

use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::domain::{RequestIdOfKind as _, RevealId};
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::plaintext::{Disclosed, SubjectToken};
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct OpenReveal(pub RevealId);

/// Numbers that were opened and are not text yet.
pub struct Opened(Vec<(SubjectToken, Disclosed)>);

/// The JSON of the answer, for the API's description.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "its fields describe the answer, which is written without a copy"
)]
pub struct OpenedBody {
    numbers: Vec<OpenedNumber>,
}

#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "its fields describe the answer, which is written without a copy"
)]
pub(super) struct OpenedNumber {
    subject: String,
    /// E.164
    number: String,
}

impl Answer for Opened {
    fn body(self, receipt: &Receipt) -> Result<Wire, OperationError> {
        #[derive(Serialize)]
        struct Body<'a> {
            numbers: Vec<Number<'a>>,
        }
        #[derive(Serialize)]
        struct Number<'a> {
            subject: SubjectToken,
            number: &'a str,
        }
        let texts: Vec<(SubjectToken, Zeroizing<String>)> = self
            .0
            .iter()
            .map(|(token, number)| (*token, number.expose(receipt)))
            .collect();
        Wire::json(&Body {
            numbers: texts
                .iter()
                .map(|(subject, number)| Number {
                    subject: *subject,
                    number,
                })
                .collect(),
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
    type Output = OpenedBody;
    const SUMMARY: &'static str = "Open one's approved reveal, once";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Request(ids.reveal()?.of_any_kind()))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.reveal()?))
    }
}
