//! `GET /console/cases/{case}/requests`: the kinds of request that a reader of this role can see.

use askama::Template;

use super::kind::Kind;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::domain::CaseRole;
use crate::operations::case::ReadCase;
use crate::policy::{Action, Seat, allows_seat};
use crate::vault::OperationError;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::{
    Destruction, Export, Membership, Quarantine, Raise, RequestKind, Reveal, Withdrawal,
};

/// The kinds of request in a case.
pub struct KindsPage;

/// One kind: the word in addresses, what it does, and whether a form on a page asks for one.
struct Listed {
    plural: &'static str,
    does: &'static str,
    asks: bool,
}

#[derive(Template)]
#[template(path = "request/kinds.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: CaseView,
    kinds: Vec<Listed>,
}

impl Page for KindsPage {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        let role = case.role.and_then(|role| role.parse().ok());
        let kinds = [
            listed::<Reveal>(role, false),
            listed::<Export>(role, true),
            listed::<Raise>(role, true),
            listed::<Withdrawal>(role, false),
            listed::<Quarantine>(role, false),
            listed::<Membership>(role, false),
            listed::<Destruction>(role, true),
        ];
        Shown::page(&Shows {
            visit,
            case,
            kinds: kinds.into_iter().flatten().collect(),
        })
    }
}

fn listed<K: Kind>(role: Option<CaseRole>, has_form: bool) -> Option<Listed> {
    let seat = Seat::Member(role?);
    let list = <<K as RequestKind>::List as Action>::KIND;
    let ask = <<K as RequestKind>::Ask as Action>::KIND;
    allows_seat(list, seat).then(|| Listed {
        plural: K::PLURAL,
        does: K::DOES,
        asks: has_form && allows_seat(ask, seat),
    })
}
