//! `GET /console/cases/{case}/{kind}`: the requests of one kind, newest first, the decided ones too.

use std::marker::PhantomData;

use askama::Template;

use super::kind::{Kind, address};
use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::operations::two_person::List;
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
    plural: &'static str,
    does: &'static str,
    rows: Vec<Row<'a>>,
}

impl<K: Kind> Page for ListPage<K> {
    type Operation = List<K>;

    fn show(listed: K::Listed, visit: &Visit) -> Result<Shown, OperationError> {
        let views = K::views(listed);
        let row = |view| {
            let id = K::id(view);
            let mut facts = K::facts(view);
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
            plural: K::PLURAL,
            does: K::DOES,
            rows: views.iter().map(row).collect(),
        })
    }
}
