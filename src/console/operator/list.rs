//! `GET /console/operators`: everybody who may enter, and how they stand.

use askama::Template;

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

    fn show(list: OperatorList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            list,
        })
    }
}
