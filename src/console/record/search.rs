//! `GET /console/cases/{case}/records`: masked records, filtered and paged by the server. The filter is in the address.

use askama::Template;

use super::filter::{Chip, FILTER, NAMES, chips};
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, word};
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
    page: Option<RecordPage>,
}

impl<'a> Shows<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, page: Option<RecordPage>) -> Self {
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            chips: chips(visit),
            page,
        }
    }
}

impl Page for RecordsPage {
    type Operation = SearchRecords;
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
