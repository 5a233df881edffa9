//! `POST /console/operators`: invites somebody, and shows the invitation once.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::domain::HomeRole;
use crate::operations::operator::{AddOperator, OperatorAdded};
use crate::vault::OperationError;

/// The invitation of somebody.
pub struct InvitePage;

#[derive(Template)]
#[template(path = "operator/invite.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    invited: Option<OperatorAdded>,
}

impl Page for InvitePage {
    type Operation = AddOperator;
    const FIELDS: &'static [Field] = &[Field::Text("name"), Field::Optional("role")];

    fn show(invited: OperatorAdded, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            invited: Some(invited),
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            refused: Some(refused),
            invited: None,
        }))
    }
}
