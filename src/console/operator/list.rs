//! `GET /console/operators`: everybody who may enter, and how they stand.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::domain::HomeRole;
use crate::operations::operator::{ListOperators, OperatorList};
use crate::vault::OperationError;

/// The operators of the vault.
pub struct OperatorsPage;

#[derive(Template)]
#[template(path = "operator/list.html")]
struct Shows<'a> {
    visit: &'a Visit,
    /// No form of this page is refused on it.
    refused: Option<&'a Refused>,
    list: OperatorList,
}

impl Page for OperatorsPage {
    type Operation = ListOperators;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: OperatorList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            list,
        })
    }
}
