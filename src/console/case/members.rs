//! `GET /console/cases/{case}/members`: who works in a case.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::case::{ListMembers, MemberList};
use crate::vault::OperationError;

/// The members of a case.
pub struct MembersPage;

#[derive(Template)]
#[template(path = "case/members.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    list: MemberList,
}

impl Page for MembersPage {
    type Operation = ListMembers;

    fn show(list: MemberList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            case: visit.case().unwrap_or_default(),
            list,
        })
    }
}
