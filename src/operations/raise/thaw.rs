//! `POST /cases/{case}/members/{operator}/thaw`: ends the freeze of somebody else's lookups.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::OperatorId;
use crate::operations::Docs;
use crate::operations::on_member::{ActOnMember, AskedOverApi, OnMember};
use crate::policy::actions;
use crate::vault::OperationError;
use crate::vault::scope::Scope;

/// Ends the freeze of another member's lookups.
pub type ThawLookups = OnMember<Thaw>;

/// The thaw of a member's lookups.
pub enum Thaw {}

/// The outcome of a thaw.
#[derive(Serialize, ToSchema)]
pub struct ThawedBody {
    /// Whether the lookups were frozen until now.
    pub thawed: bool,
}

impl ActOnMember for Thaw {
    type Action = actions::ThawLookups;
    type With = ();
    type Answer = ThawedBody;

    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        (): &(),
    ) -> Result<ThawedBody, OperationError> {
        let thawed = scope.thaw_lookups(operator)?;
        Ok(ThawedBody { thawed })
    }
}

impl AskedOverApi for Thaw {
    const DOCS: Docs = Docs {
        id: "thawLookups",
        tag: "Budgets",
        summary: "Thaw somebody's lookups",
        description: "Ends the freeze that too many refusals brought on, and forgets them. Nobody thaws \
            their own.",
        request: r#"{"reason": "a script had no pause; it is mended"}"#,
        answer: r#"{"thawed": true}"#,
        problems: &[
            "not-found",
            "case-closed",
            "own-membership",
            "recognised-by-asker",
        ],
    };
}
