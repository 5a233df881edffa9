//! `GET /console/audit/timeline`: what one person did, or what was done in one case, day by day, newest first.

use askama::Template;

use super::search::AuditPage;
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::audit::{LeafPage, SearchLeaves};
use crate::vault::OperationError;
use crate::vault::scope::ListedLeaf;

/// The same leaves as those of the list, under the same filter.
pub struct LeafTimelinePage;

#[derive(Template)]
#[template(path = "audit/timeline.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// Of whom or of what.
    of: String,
    /// Each day with its leaves; none if the filter is refused.
    days: Option<Vec<(String, Vec<ListedLeaf>)>>,
    next: Option<String>,
}

impl Page for LeafTimelinePage {
    type Operation = SearchLeaves;
    const FIELDS: &'static [Field] = AuditPage::FIELDS;

    fn show(page: LeafPage, visit: &Visit) -> Result<Shown, OperationError> {
        let of = subject(visit, &page);
        let mut days: Vec<(String, Vec<ListedLeaf>)> = Vec::new();
        for listed in page.leaves {
            let day = visit.day(&listed.leaf.time);
            match days.last_mut() {
                Some((last, leaves)) if *last == day => leaves.push(listed),
                _ => days.push((day, vec![listed])),
            }
        }
        Shown::page(&Shows {
            visit,
            refused: None,
            of,
            days: Some(days),
            next: page.next,
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            refused: Some(refused),
            of: "Timeline".to_owned(),
            days: None,
            next: None,
        }))
    }
}

/// The person or the case of the filter, by name; both if it has both.
fn subject(visit: &Visit, page: &LeafPage) -> String {
    let words = page.leaves.first().map(|listed| &listed.words);
    let named = |name: &str, found: Option<&String>| {
        let typed = visit.form.text(name);
        let found = found.map_or(typed, String::as_str);
        (!typed.is_empty()).then(|| found.to_owned())
    };
    let person = named(
        "operator",
        words.and_then(|words| words.operator_name.as_ref()),
    );
    let case = named("case", words.and_then(|words| words.title.as_ref()));
    match (person, case) {
        (Some(person), Some(case)) => format!("{person} in {case}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "Everybody and every case".to_owned(),
    }
}
