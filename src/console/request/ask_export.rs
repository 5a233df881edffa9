//! `GET` and `POST /console/cases/{case}/exports/new`: asks for a package.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::export::RequestExport;
use crate::operations::two_person::Requested;
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::Export;

/// The form.
pub struct ExportForm;

/// What the form does.
pub struct ExportPage;

/// The profiles, each with what it holds.
pub(super) const PROFILES: [(&str, &str); 3] = [
    (
        "account-notice",
        "Account notice: the people of one account",
    ),
    ("scope-report", "Scope report: counts alone, no number"),
    ("evidence", "Evidence: each matching record"),
];

/// What a package of each profile holds, and for whom it is.
const EXPLAINED: [(&str, &str); 3] = [
    (
        "Account notice",
        "For the customer of one account: a row for each person with the number, the users, how many messages, the \
         first and the last, and their kinds. As CSV, JSON and a spreadsheet. It needs exactly one account.",
    ),
    (
        "Scope report",
        "For the public or an authority: protected counts of the whole case by country, state, carrier and day. \
         No number and nothing about a person. It takes no filter.",
    ),
    (
        "Evidence",
        "For an authority or a court: a row for each record with the number, the time, the account, the carrier, the \
         kind and the message's reference. As CSV and JSON.",
    ),
];

const FILTER: &[Field] = &[
    Field::Optional("sent_from"),
    Field::Optional("sent_to"),
    Field::Lines("country"),
    Field::Lines("state"),
    Field::Lines("area_state"),
    Field::Lines("carrier"),
    Field::Lines("kind"),
    Field::Lines("account"),
    Field::Lines("channel"),
    Field::Lines("subject"),
    Field::Optional("newly_exposed_in"),
];

/// The lists of the filter, as they are called.
const LISTS: [(&str, &str); 8] = [
    ("account", "Accounts"),
    ("country", "Countries"),
    ("kind", "Kinds"),
    ("carrier", "Carriers"),
    ("state", "States as in the log"),
    ("area_state", "States from the area code"),
    ("channel", "Channels"),
    ("subject", "People, by token"),
];

#[derive(Template)]
#[template(path = "request/ask_export.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// Who can, for a reader who cannot.
    who_can: Option<String>,
    who_decides: String,
    who_hands_out: String,
    /// What the lists of the filter hold, a value a line.
    lists: Vec<(&'static str, &'static str, String)>,
    case: String,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, who_can_ask: Option<String>) -> Self {
        Self {
            visit,
            refused,
            who_can: who_can_ask,
            who_decides: who_may(ActionKind::DecideExport).join(", "),
            who_hands_out: who_may(ActionKind::TakePackage).join(" or "),
            lists: LISTS
                .map(|(name, read)| (name, read, lines(visit, name)))
                .into(),
            case: visit.case().unwrap_or_default(),
        }
    }
}

impl Asks<'_> {
    /// Whether the profile that was chosen needs one account, and was asked for without.
    fn lacks_account(&self) -> bool {
        let at_account = |refused: &Refused| refused.at.as_deref() == Some("filter.account");
        self.visit.holds("profile", "account-notice") && self.refused.is_some_and(at_account)
    }

    /// Whether anything says which records, or is to be put right.
    fn filters(&self) -> bool {
        let times = ["sent_from", "sent_to", "newly_exposed_in"];
        let mut times = times.iter();
        let wrong = |refused: &Refused| {
            refused
                .at
                .as_deref()
                .is_some_and(|at| at.starts_with("filter"))
        };
        self.lists.iter().any(|(_, _, lines)| !lines.is_empty())
            || times.any(|name| !self.visit.form.text(name).is_empty())
            || self.refused.is_some_and(wrong)
    }
}

/// What was typed into a list, or the values that the address has of it.
fn lines(visit: &Visit, name: &str) -> String {
    let values: Vec<&str> = visit.form.all(name).collect();
    values.join("\n")
}

impl Page for ExportForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks::of(
            visit,
            None,
            who_else_can(case.role, ActionKind::RequestExport),
        ))
    }
}

impl Page for ExportPage {
    type Operation = RequestExport;
    const FIELDS: &'static [Field] = &[
        Field::Text("profile"),
        Field::Group("filter", FILTER),
        Field::Lines("recipients"),
        Field::Text("legal_basis"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(requested: Requested<Export>, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/exports/{}", requested.id);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused), None)))
    }
}
