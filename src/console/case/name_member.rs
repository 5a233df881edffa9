//! `GET /console/cases/{case}/members/new` and `POST /console/cases/{case}/members/{operator}`: names a member.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::domain::CaseRole;
use crate::operations::case::NameMember;
use crate::operations::membership::NamedMember;
use crate::operations::operator::{ListOperators, OperatorList};
use crate::vault::OperationError;
use crate::vault::scope::OperatorView;

/// The operators who can be named, each with a form.
pub struct NameMemberForm;

/// What the form does.
pub struct NameMemberPage;

#[derive(Template)]
#[template(path = "case/name_member.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    operators: Vec<OperatorView>,
    next: Option<String>,
}

impl Page for NameMemberForm {
    type Operation = ListOperators;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: OperatorList, visit: &Visit) -> Result<Shown, OperationError> {
        let can_be = |one: &OperatorView| {
            one.state != "revoked" && !["auditor", "administrator"].contains(&one.role)
        };
        Shown::page(&Shows {
            visit,
            refused: None,
            case: visit.case().unwrap_or_default(),
            operators: list.operators.into_iter().filter(can_be).collect(),
            next: list.next,
        })
    }
}

impl Page for NameMemberPage {
    type Operation = NameMember;
    const FIELDS: &'static [Field] = &[
        Field::Text("role"),
        Field::Optional("account"),
        Field::Tick("account_not_in_log"),
        Field::Optional("reason"),
    ];

    fn show(named: NamedMember, visit: &Visit) -> Result<Shown, OperationError> {
        let case = visit.case().unwrap_or_default();
        let next = match named.membership {
            Some(membership) => format!("/console/memberships/{membership}"),
            None => format!("/console/cases/{case}/members"),
        };
        Ok(Shown::Next(visit.done_at(&next)))
    }

    fn form_at(visit: &Visit) -> String {
        format!(
            "/console/cases/{}/members/new",
            visit.case().unwrap_or_default()
        )
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            refused: Some(refused),
            case: visit.case().unwrap_or_default(),
            operators: Vec::new(),
            next: None,
        }))
    }
}

/// Whether the form proposes this role: the one that was typed, else the one that the operator has in the vault.
fn is_chosen(visit: &Visit, role: &CaseRole, usual: &str) -> bool {
    match visit.form.has("role") {
        true => visit.holds("role", role.as_str()),
        false => role.as_str() == usual,
    }
}
