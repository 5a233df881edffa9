//! `GET /console/cases/{case}/records`: masked records, filtered and paged by the server. The filter is in the address.

use askama::Template;

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

const FILTER: &[Field] = &[
    Field::Optional("sent_from"),
    Field::Optional("sent_to"),
    Field::Each("country"),
    Field::Each("state"),
    Field::Each("area_state"),
    Field::Each("carrier"),
    Field::Each("kind"),
    Field::Each("account"),
    Field::Each("channel"),
    Field::Each("subject"),
    Field::Optional("newly_exposed_in"),
];

/// The members of the filter that a reader adds values to, as they are called on the page.
const NAMES: [(&str, &str); 8] = [
    ("country", "Country"),
    ("state", "State as in log"),
    ("area_state", "State from area code"),
    ("carrier", "Carrier"),
    ("kind", "Kind"),
    ("account", "Account"),
    ("channel", "Channel"),
    ("subject", "Person"),
];

/// One value of the filter, and the address without it.
struct Chip {
    name: &'static str,
    value: String,
    without: String,
}

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
        let mut chips = Vec::new();
        for (name, read) in NAMES {
            chips.extend(visit.form.all(name).map(|value| Chip {
                name: read,
                value: value.to_owned(),
                without: visit.address_without(name, value),
            }));
        }
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            chips,
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
