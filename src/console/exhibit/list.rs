//! `GET /console/cases/{case}/exhibits`: what was admitted, with its counts, and what may be asked about it.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::operations::exhibit::{ExhibitList, ListExhibits};
use crate::vault::{Admits, OperationError};

/// The exhibits of a case.
pub struct ExhibitsPage;

#[derive(Template)]
#[template(path = "exhibit/list.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    list: ExhibitList,
}

impl Page for ExhibitsPage {
    type Operation = ListExhibits;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: ExhibitList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            case: visit.case().unwrap_or_default(),
            list,
        })
    }
}
