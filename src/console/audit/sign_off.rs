//! `GET` and `POST /console/audit/sign-off`: an auditor says up to where the log was reviewed.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::audit::{LeafPage, SearchLeaves, SignOff, SignedOff};
use crate::vault::OperationError;
use crate::vault::audit::Outcome;

/// The form, under the newest leaf and the last sign-off.
pub struct SignOffForm;

/// What the form does.
pub struct SignOffPage;

#[derive(Template)]
#[template(path = "audit/sign_off.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// The newest sign-offs, as leaves: number and time.
    before: Vec<(u64, String)>,
    /// The first leaf that nobody has reviewed.
    unreviewed: Option<u64>,
}

impl Page for SignOffForm {
    type Operation = SearchLeaves;
    const FIELDS: &'static [Field] = &[Field::Optional("action"), Field::Number("limit")];

    fn show(page: LeafPage, visit: &Visit) -> Result<Shown, OperationError> {
        let leaves = page.leaves.into_iter().map(|listed| listed.leaf);
        let signed = leaves
            .filter(|leaf| leaf.action == "audit.sign-off" && leaf.outcome == Outcome::Done)
            .collect::<Vec<_>>();
        // The leaf of a sign-off says how many leaves were reviewed.
        let unreviewed = signed.iter().filter_map(|leaf| leaf.rows).max();
        Shown::page(&Asks {
            visit,
            refused: None,
            unreviewed: Some(unreviewed.unwrap_or(0)),
            before: signed
                .into_iter()
                .map(|leaf| (leaf.seq, leaf.time))
                .collect(),
        })
    }
}

impl Page for SignOffPage {
    type Operation = SignOff;
    const FIELDS: &'static [Field] = &[Field::Number("size"), Field::Text("reason")];

    fn show(_: SignedOff, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at("/console/audit")))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks {
            visit,
            refused: Some(refused),
            before: Vec::new(),
            unreviewed: None,
        }))
    }
}
