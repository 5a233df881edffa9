//! Which open reveals name some people already, for whoever is about to ask for them.
//!
//! Says who asked, until when it holds, and which of the people that were named it is about. It shows no mask and
//! counts no records, so it costs nothing; whoever may list reveals sees all of it in the list.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::asked_view::{AskedView, ShownState};
use super::found::{Found, SealedOf};
use super::kind::RequestKind as _;
use super::reveal::Reveal;
use super::sealed::{Sealed, damaged};
use crate::domain::{Moment, OperatorName, RevealId};
use crate::policy::{RequestState, actions};
use crate::vault::OperationError;
use crate::vault::plaintext::SubjectToken;
use crate::vault::scope::Scope;
use crate::vault::store::request_rows;

/// A reveal that waits for a decision or for its opening.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenReveal)]
pub struct OpenRevealView {
    /// The id of the reveal.
    pub reveal: RevealId,
    /// Whether it is decided.
    pub state: ShownState,
    /// The asker's name.
    #[schema(value_type = OperatorName)]
    pub asked_by: String,
    /// Until when it can be decided or, after a yes, opened.
    pub expires_at: Moment,
    /// Which of the people that were named it is about.
    pub subjects: Vec<SubjectToken>,
}

impl Scope<'_, actions::ListReveals> {
    /// The open reveals of the case that are about any of these people, newest first.
    pub fn open_reveals_of(
        &mut self,
        people: &[SubjectToken],
    ) -> Result<Vec<OpenRevealView>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let mut open = Vec::new();
        for row in request_rows::list(self.connection, case.number, "reveal", None)? {
            if !matches!(row.state, RequestState::Requested | RequestState::Approved) {
                continue;
            }
            let sealed: SealedOf<Reveal> = Sealed::open(self.core, &keys, &row)?;
            let keys = Arc::clone(&keys);
            let Found { row, sealed, keys } = Found::<Reveal> { row, keys, sealed }.sound()?;
            let of = |person: &&SubjectToken| {
                let no = keys.tokens().subject(person);
                no.is_some_and(|no| sealed.body.subjects.contains(&no))
            };
            let subjects: Vec<SubjectToken> = people.iter().filter(of).copied().collect();
            let asked = AskedView::of(self, &row, &sealed, Reveal::AT_ONCE)?;
            if subjects.is_empty() || asked.state == ShownState::Expired {
                continue;
            }
            open.push(OpenRevealView {
                reveal: row.id.as_str().parse().map_err(|_| damaged())?,
                state: asked.state,
                asked_by: asked.asked_by,
                expires_at: asked.expires_at,
                subjects,
            });
        }
        self.note_rows(open.len() as u64);
        Ok(open)
    }
}
