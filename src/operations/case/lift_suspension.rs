//! Letting a suspended lead in again, where the leads of a case cannot decide it.

use crate::domain::OperatorId;
use crate::operations::on_member::{ActOnMember, AskedOverApi, OnMember};
use crate::operations::{Docs, Done};
use crate::policy::actions;
use crate::vault::OperationError;
use crate::vault::scope::Scope;

/// Lets a lead in again, in the role they had.
pub type LiftSuspension = OnMember<Lift>;

/// The lift of a lead's suspension.
pub enum Lift {}

impl ActOnMember for Lift {
    type Action = actions::LiftSuspension;
    type With = ();
    type Answer = Done;

    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        (): &(),
    ) -> Result<Done, OperationError> {
        scope.lift_suspension(operator)?;
        Ok(Done)
    }
}

impl AskedOverApi for Lift {
    const DOCS: Docs = Docs {
        id: "liftSuspension",
        tag: "Cases",
        summary: "Lift the suspension of a lead",
        description: "For a case whose leads are suspended. Whoever is no lead is let in again by naming them anew \
            (`PUT /cases/{case}/members/{operator}`). The lead gets back the role that leads gave them, and \
            nothing else. After a restore, which suspends everybody, a lead of the case confirms any member by it. A \
            lead or an administrator can do this while fewer than two leads can act and \
            whoever suspended the lead is none of those. Nobody lifts a suspension that they imposed, nor one of a \
            lead whom they could be under another name at the OpenID provider. An administrator lifts only what \
            another administrator imposed. Where no lead can act and the account of the lead who imposed it has ended, \
            an administrator does it with the vault's passphrase, by `breachvault operator let-in` while the vault is not served.",
        request: r#"{"reason": "both leads were suspended"}"#,
        answer: "{}",
        problems: &[
            "not-found",
            "own-membership",
            "own-request",
            "recognised-by-asker",
        ],
    };
}

/// Lets a lead in again whom nobody else can: for a command that has the passphrase. It cannot be mounted as a route.
pub type LetIn = OnMember<Recovery>;

/// The lift of a suspension that a lead imposed whose account has ended.
pub enum Recovery {}

impl ActOnMember for Recovery {
    type Action = actions::LiftSuspension;
    type With = ();
    type Answer = Done;

    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        (): &(),
    ) -> Result<Done, OperationError> {
        scope.let_in(operator)?;
        Ok(Done)
    }
}
