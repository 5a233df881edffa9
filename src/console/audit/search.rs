//! `GET /console/audit`: leaves by time, operator, case, object, action and outcome, newest first, paged by the server.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::audit::{LeafPage, SearchLeaves};
use crate::vault::OperationError;

/// Leaves of the audit log.
pub struct AuditPage;

/// The filter's members that are typed, as they are called on the page.
pub(super) const NAMES: [(&str, &str); 5] = [
    ("from", "From (with zone, such as 2024-04-02T00:00:00Z)"),
    ("to", "Before (with zone)"),
    ("operator", "Operator (id)"),
    ("case", "Case (id)"),
    ("object", "About (id, or number of a leaf)"),
];

/// Whether the address has a filter, so that the form is shown open.
pub(super) fn is_set(visit: &Visit) -> bool {
    let typed = NAMES.iter().map(|(name, _)| *name);
    let mut all = typed.chain(["action", "outcome", "since"]);
    all.any(|name| visit.form.has(name))
}

#[derive(Template)]
#[template(path = "audit/search.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    page: Option<LeafPage>,
}

impl Page for AuditPage {
    type Operation = SearchLeaves;
    const ASKS: Option<&'static str> = Some("POST /audit/leaves/search");
    const FIELDS: &'static [Field] = &[
        Field::Optional("from"),
        Field::Optional("to"),
        Field::Optional("operator"),
        Field::Optional("case"),
        Field::Optional("object"),
        Field::Optional("action"),
        Field::Optional("outcome"),
        Field::Number("since"),
        Field::Optional("cursor"),
        Field::Number("limit"),
    ];

    fn show(page: LeafPage, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            page: Some(page),
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            refused: Some(refused),
            page: None,
        }))
    }
}
