//! `GET /console/cases/{case}/exhibits`: what was admitted, with its counts, and what may be asked about it.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::operations::exhibit::{ExhibitList, ListExhibits};
use crate::vault::records::Shown as Count;
use crate::vault::{Admits, OperationError, Price};

/// The exhibits of a case.
pub struct ExhibitsPage;

#[derive(Template)]
#[template(path = "exhibit/list.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    /// What asking for a withdrawal costs.
    price: u32,
    /// Whether there is another exhibit to compare one with.
    several: bool,
    list: ExhibitList,
}

impl Page for ExhibitsPage {
    type Operation = ListExhibits;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: ExhibitList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            case: visit.case().unwrap_or_default(),
            price: Price::of_request(0).comparing(true).points(),
            several: list.exhibits.len() > 1 || list.next.is_some() || visit.form.has("after"),
            list,
        })
    }
}

/// Whether it is known that there are none.
fn none(count: &Count) -> bool {
    matches!(count, Count::Number(0))
}
