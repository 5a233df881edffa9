//! `GET /console/cases`: the cases the reader is a member of.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::case::{CaseList, ListCases};
use crate::vault::OperationError;

/// The cases the reader is a member of.
pub struct CasesPage;

#[derive(Template)]
#[template(path = "case/list.html")]
struct Shows<'a> {
    visit: &'a Visit,
    list: CaseList,
}

impl Page for CasesPage {
    type Operation = ListCases;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: CaseList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, list })
    }
}
