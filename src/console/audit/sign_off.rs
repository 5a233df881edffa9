//! `GET` and `POST /console/audit/sign-off`: an auditor says up to where the log was reviewed.

use askama::Template;

use crate::console::form::{Field, Form};
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
    /// What nobody has reviewed, up to the leaf of this page.
    waits: Option<Stretch>,
}

/// A stretch of leaves.
struct Stretch {
    first: u64,
    last: u64,
    leaves: u64,
}

impl Asks<'_> {
    /// What is typed, else the stretch that waits.
    fn size(&self) -> String {
        match (self.visit.form.text("size"), &self.waits) {
            ("", Some(waits)) => (waits.last + 1).to_string(),
            (typed, _) => typed.to_owned(),
        }
    }
}

impl Page for SignOffForm {
    type Operation = SearchLeaves;
    const FIELDS: &'static [Field] = &[
        Field::Text("action"),
        Field::Text("outcome"),
        Field::Number("limit"),
    ];

    /// The newest sign-offs.
    fn usual(_: &Form) -> Vec<(&'static str, &'static str)> {
        vec![
            ("action", "audit.sign-off"),
            ("outcome", "done"),
            ("limit", "5"),
        ]
    }

    fn show(page: LeafPage, visit: &Visit) -> Result<Shown, OperationError> {
        let leaves = page.leaves.into_iter().map(|listed| listed.leaf);
        let signed = leaves
            .filter(|leaf| leaf.action == "audit.sign-off" && leaf.outcome == Outcome::Done)
            .collect::<Vec<_>>();
        // The leaf of a sign-off says how many leaves were reviewed.
        let first = signed.iter().filter_map(|leaf| leaf.rows).max();
        let signs = ["", "audit.sign-off"].contains(&visit.form.text("action"));
        let last = visit.leaf().and_then(|own| own.checked_sub(1));
        Shown::page(&Asks {
            visit,
            refused: None,
            // An address that asks for other leaves says nothing about it.
            waits: last.filter(|_| signs).map(|last| {
                let first = first.unwrap_or(0);
                Stretch {
                    first,
                    last,
                    leaves: (last + 1).saturating_sub(first),
                }
            }),
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
            waits: None,
        }))
    }
}
