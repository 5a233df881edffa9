//! `GET /console/cases/{case}/records`: masked records, filtered and paged by the server. The filter is in the address.

use askama::Template;

use super::filter::{Chip, FILTER, NAMES, chips};
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, escaped};
use crate::operations::record::SearchRecords;
use crate::vault::OperationError;
use crate::vault::records::RecordPage;

/// Masked records of a case.
pub struct RecordsPage;

#[derive(Template)]
#[template(path = "record/search.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    chips: Vec<Chip>,
    heads: Vec<Head>,
    /// The filter as the query of another form.
    filter: String,
    page: Option<RecordPage>,
}

/// The head of a column by which records can be put in order.
struct Head {
    read: &'static str,
    /// The address of the same records in its order; in the other one, if they are in it already.
    to: String,
    /// `ascending` or `descending`, if they are in its order.
    now: Option<&'static str>,
}

/// The columns by which records can be put in order: what they are called, and the order from the start and from the
/// end.
const HEADS: [(&str, &str, Option<&str>); 7] = [
    ("Account", "account", None),
    ("Carrier", "carrier", None),
    ("Country", "country", None),
    ("State as in log", "state", None),
    ("State from area code", "area_state", None),
    ("Sent", "time", Some("latest")),
    ("Kind", "kind", None),
];

fn heads(visit: &Visit) -> Vec<Head> {
    let now = visit.form.text("order");
    let head = |(read, first, last): (&'static str, &'static str, Option<&'static str>)| {
        let (now, next) = match (now == first, last) {
            (true, Some(last)) => (Some("ascending"), last),
            (true, None) => (Some("ascending"), "record"),
            (false, last) if last == Some(now) => (Some("descending"), "record"),
            (false, _) => (None, first),
        };
        Head {
            read,
            to: visit.address_with(&[("order", next), ("cursor", "")]),
            now,
        }
    };
    HEADS.into_iter().map(head).collect()
}

fn filter(visit: &Visit) -> String {
    let pairs = visit.others(&["order", "limit"]).into_iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value.trim())));
    let pairs: Vec<String> = pairs.collect();
    pairs.join("&")
}

impl<'a> Shows<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, page: Option<RecordPage>) -> Self {
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            chips: chips(visit),
            heads: heads(visit),
            filter: filter(visit),
            page,
        }
    }
}

impl Page for RecordsPage {
    type Operation = SearchRecords;
    const ASKS: Option<&'static str> = Some("POST /cases/{case}/records/search");
    const FIELDS: &'static [Field] = &[
        Field::Group("filter", FILTER),
        Field::Optional("order"),
        Field::Number("limit"),
        Field::Optional("cursor"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(page: RecordPage, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows::of(visit, None, Some(page)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows::of(visit, Some(refused), None)))
    }
}
