//! `GET /console/cases/{case}/{kind}`: the requests of one kind, newest first, the decided ones too, page by page.

use std::marker::PhantomData;

use askama::Template;

use super::kind::{Kind, address};
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, word};
use crate::operations::two_person::{List, Listed};
use crate::vault::OperationError;
use crate::vault::scope::requests::AskedView;

/// The requests of a kind in a case.
pub struct ListPage<K>(PhantomData<fn(K)>);

struct Row<'a> {
    address: String,
    id: String,
    asked: &'a AskedView,
    facts: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "request/list.html")]
struct Shows<'a> {
    visit: &'a Visit,
    several: &'static str,
    about: &'static str,
    refused: Option<&'a Refused>,
    rows: Vec<Row<'a>>,
    at_once: bool,
    next: Option<String>,
}

/// The states of a request, and how a list of them reads.
const STATES: [(&str, &str); 7] = [
    ("requested", "waiting for a decision"),
    ("approved", "approved, not used yet"),
    ("denied", "denied"),
    ("used", "used"),
    ("acknowledged", "arrived"),
    ("stopped", "stopped"),
    ("expired", "expired"),
];

/// How a state reads, of a request that a yes carries out at once or not.
pub(super) fn reads(state: &str, at_once: bool) -> &str {
    if at_once && state == "approved" {
        return "approved and done";
    }
    let found = STATES.iter().find(|(word, _)| *word == state);
    found.map_or(state, |(_, reads)| reads)
}

impl<K: Kind> Page for ListPage<K> {
    type Operation = List<K>;
    const FIELDS: &'static [Field] = &[
        Field::Optional("state"),
        Field::Optional("after"),
        Field::Optional("limit"),
    ];

    fn show(listed: Listed<K>, visit: &Visit) -> Result<Shown, OperationError> {
        let row = |view| {
            let id = K::id(view);
            let mut facts = K::facts(view, visit);
            facts.truncate(3);
            Row {
                address: address::<K>(&id),
                id,
                asked: K::asked(view),
                facts,
            }
        };
        Shown::page(&Shows {
            visit,
            several: K::CALLED.several,
            about: K::ASKS,
            refused: None,
            rows: listed.requests.iter().map(row).collect(),
            at_once: K::AT_ONCE,
            next: listed.next,
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            several: K::CALLED.several,
            about: K::ASKS,
            refused: Some(refused),
            rows: Vec::new(),
            at_once: K::AT_ONCE,
            next: None,
        }))
    }
}
