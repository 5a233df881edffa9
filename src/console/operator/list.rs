//! `GET /console/operators`: everybody who may enter, and how they stand.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::Visit;
use crate::domain::HomeRole;
use crate::operations::operator::{ListOperators, OperatorList};
use crate::policy::ActionKind;
use crate::vault::OperationError;
use crate::vault::scope::OperatorView;

/// The operators of the vault.
pub struct OperatorsPage;

#[derive(Template)]
#[template(path = "operator/list.html")]
struct Shows<'a> {
    visit: &'a Visit,
    /// No form of this page is refused on it.
    refused: Option<&'a Refused>,
    list: OperatorList,
    /// Who invites and revokes, if the reader does not.
    who_can: Option<String>,
}

impl Page for OperatorsPage {
    type Operation = ListOperators;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: OperatorList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            who_can: who_else_can(Some(list.role.as_str()), ActionKind::AddOperator),
            list,
        })
    }
}

/// Whether an operator is who reads the page. It decides nothing: nobody revokes their own account.
fn is_reader(visit: &Visit, one: &OperatorView) -> bool {
    let reader = visit.person.as_ref();
    reader.is_some_and(|reader| reader.name == one.name)
}
