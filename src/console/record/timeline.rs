//! `GET /console/cases/{case}/timeline`: what was sent to one person, in the order of sending, with the number masked.

use askama::Template;

use crate::console::form::{Field, Form};
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::record::SearchRecords;
use crate::vault::OperationError;
use crate::vault::records::RecordPage;

/// The messages of one person.
pub struct TimelinePage;

/// How many messages a page has room for, and so what it costs.
pub(super) const ROOM: &str = "25";

#[derive(Template)]
#[template(path = "record/timeline.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    subject: &'a str,
    page: RecordPage,
}

impl Page for TimelinePage {
    type Operation = SearchRecords;
    const FIELDS: &'static [Field] = &[
        Field::Group("filter", &[Field::Each("subject")]),
        Field::Text("order"),
        Field::Number("limit"),
        Field::Optional("cursor"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn usual(_: &Form) -> Vec<(&'static str, &'static str)> {
        vec![("order", "time"), ("limit", ROOM)]
    }

    fn show(page: RecordPage, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            case: visit.case().unwrap_or_default(),
            subject: visit.form.text("subject"),
            page,
        })
    }
}
