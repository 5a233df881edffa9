//! `GET` and `POST /console/audit/sign-off`: an auditor says up to where the log was reviewed.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::audit::{LeafPage, SearchLeaves, SignOff, SignedOff};
use crate::vault::OperationError;

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
}

impl Page for SignOffForm {
    type Operation = SearchLeaves;
    const FIELDS: &'static [Field] = &[Field::Optional("action"), Field::Number("limit")];

    fn show(page: LeafPage, visit: &Visit) -> Result<Shown, OperationError> {
        let signed = page.leaves.into_iter();
        let signed = signed.filter(|leaf| leaf.action == "audit.sign-off");
        Shown::page(&Asks {
            visit,
            refused: None,
            before: signed.map(|leaf| (leaf.seq, leaf.time)).collect(),
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
        }))
    }
}
