//! `GET /console/cases/{case}/members`: who works in a case, how they stand, and what can be done about it.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::domain::CaseRole;
use crate::operations::case::{ListMembers, MemberList};
use crate::policy::{ActionKind, Seat, allows_seat, allows_state};
use crate::vault::OperationError;
use crate::vault::scope::{LiftedBy, MemberView};

/// The members of a case.
pub struct MembersPage;

#[derive(Template)]
#[template(path = "case/members.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    list: MemberList,
    /// Whether the reader is a lead of the case.
    leads: bool,
    /// Whether the reader names members, which needs the list of operators too.
    names: bool,
    /// Whether the reader thaws lookups now.
    thaws: bool,
}

impl Page for MembersPage {
    type Operation = ListMembers;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: MemberList, visit: &Visit) -> Result<Shown, OperationError> {
        let may = |role| allows_seat(ActionKind::ThawLookups, Seat::Member(role));
        Shown::page(&Shows {
            visit,
            case: visit.case().unwrap_or_default(),
            leads: list.role == Some(CaseRole::Lead),
            names: visit.may(ActionKind::NameMember) && visit.may(ActionKind::ListOperators),
            thaws: list.role.is_some_and(may) && allows_state(ActionKind::ThawLookups, list.state),
            list,
        })
    }
}

/// Whether a member is who reads the page. It decides nothing: nobody acts on their own membership.
fn is_reader(visit: &Visit, member: &MemberView) -> bool {
    let reader = visit.person.as_ref();
    reader.is_some_and(|reader| reader.name == member.name)
}
