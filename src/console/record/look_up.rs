//! `GET` and `POST /console/cases/{case}/lookup`: one number or a list, answered by position.
//!
//! The numbers are in the request alone: no page shows them again.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::timeline::ROOM;
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::{Visit, word};
use crate::operations::case::ReadCase;
use crate::operations::record::{LookUp, LookUpAnswer, look_up_csv_of};
use crate::policy::ActionKind;
use crate::vault::OperationError;
use crate::vault::scope::{CaseView, Exposure, LookUpResult};

/// The form.
pub struct LookUpForm;

/// What the form does.
pub struct LookUpPage;

#[derive(Template)]
#[template(path = "record/look_up.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    title: Option<&'a str>,
    /// Who can, for a reader who cannot.
    who_can: Option<String>,
}

#[derive(Template)]
#[template(path = "record/results.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    answer: LookUpAnswer,
    exposed: usize,
    not_exposed: usize,
    unreadable: usize,
    /// The people found, each once.
    people: Vec<String>,
    /// Whether the reader may ask for a reveal, and read timelines.
    asks: bool,
    timelines: bool,
    /// The results as CSV, in base64: they are in the page alone, and nobody pays for them twice.
    csv: String,
}

impl Page for LookUpForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks {
            visit,
            refused: None,
            title: Some(&case.title),
            who_can: who_else_can(case.role, ActionKind::LookUp),
        })
    }
}

impl Page for LookUpPage {
    type Operation = LookUp;
    const FIELDS: &'static [Field] = &[
        Field::Numbers("numbers"),
        Field::Optional("region"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(answer: LookUpAnswer, visit: &Visit) -> Result<Shown, OperationError> {
        let count = |state| {
            let are = |result: &&LookUpResult| result.state == state;
            answer.results.iter().filter(are).count()
        };
        let found = answer.results.iter().filter_map(|result| result.subject);
        let mut people: Vec<String> = Vec::new();
        for person in found.map(|subject| subject.to_string()) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        Shown::page(&Shows {
            visit,
            case: visit.case().unwrap_or_default(),
            csv: STANDARD.encode(look_up_csv_of(&answer)?),
            people,
            asks: visit.may(ActionKind::RequestReveal),
            timelines: visit.may(ActionKind::SearchRecords),
            exposed: count(Exposure::Exposed),
            not_exposed: count(Exposure::NotExposed),
            unreadable: count(Exposure::Unreadable),
            answer,
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks {
            visit,
            refused: Some(refused),
            title: None,
            who_can: None,
        }))
    }
}

/// What is to be done about a text that was not read as a number.
fn advice(why: &str) -> &'static str {
    match why {
        "no-number" => "it is no phone number",
        "several-numbers" => "it has several numbers; put each in a line of its own",
        "masked" => "digits are hidden in it",
        "damaged" => "digits were lost, as a spreadsheet does it",
        "needs-region" => "it has no + and no region was chosen",
        "not-in-region" => "it is no number of the region",
        "ambiguous" => "it can be read in two ways; write it with + and the calling code",
        "too-short" => "it has too few digits",
        "too-long" => "it has too many digits",
        _ => "no numbering plan has such a number",
    }
}
