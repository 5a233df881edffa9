//! `GET /console/cases/{case}/requests`: the kinds of request that a reader of this role can see.

use askama::Template;

use super::kind::Kind;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::policy::Action;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::{
    Destruction, Erasure, Export, Membership, Quarantine, Raise, RequestKind, Reveal, Withdrawal,
};

/// The kinds of request in a case.
pub struct KindsPage;

/// One kind: the word in addresses, what it is asked for, whether the reader may ask, and by a form of its own.
struct Listed {
    plural: &'static str,
    about: &'static str,
    may_ask: bool,
    has_form: bool,
    /// Where it is asked for otherwise.
    place: Option<&'static str>,
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
        let kinds = [
            listed::<Reveal>(visit, false),
            listed::<Export>(visit, true),
            listed::<Raise>(visit, true),
            listed::<Withdrawal>(visit, false),
            listed::<Quarantine>(visit, false),
            listed::<Membership>(visit, false),
            listed::<Destruction>(visit, true),
            listed::<Erasure>(visit, true),
        ];
        Shown::page(&Shows {
            visit,
            case,
            kinds: kinds.into_iter().flatten().collect(),
        })
    }
}

fn listed<K: Kind>(visit: &Visit, has_form: bool) -> Option<Listed> {
    let list = <<K as RequestKind>::List as Action>::KIND;
    let ask = <<K as RequestKind>::Ask as Action>::KIND;
    visit.may(list).then(|| Listed {
        plural: K::PLURAL,
        about: K::ASKS,
        may_ask: visit.may(ask),
        has_form,
        place: K::WHERE,
    })
}
