//! `GET` and `POST /console/cases/{case}/reveals/new`: asks to see the numbers of people who were ticked.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::reveal::{FindOpenReveals, OpenReveals, RequestReveal};
use crate::operations::two_person::Requested;
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;
use crate::vault::scope::requests::{OpenRevealView, Reveal, ShownState};

/// The form.
pub struct RevealForm;

/// What the form does.
pub struct RevealPage;

#[derive(Template)]
#[template(path = "request/ask_reveal.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    subjects: Vec<&'a str>,
    /// Reveals that are open already and about some of them.
    open: Vec<OpenRevealView>,
    case: String,
    /// Whether the reader can ask now.
    asks: bool,
    who_decides: String,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, open: Vec<OpenRevealView>) -> Self {
        Self {
            visit,
            refused,
            subjects: visit.form.all("subjects").collect(),
            open,
            case: visit.case().unwrap_or_default(),
            asks: visit.may(ActionKind::RequestReveal),
            who_decides: who_may(ActionKind::DecideReveal).join(", "),
        }
    }
}

impl Page for RevealForm {
    type Operation = FindOpenReveals;
    const FIELDS: &'static [Field] = &[Field::Tokens("subjects")];

    fn show(found: OpenReveals, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks::of(visit, None, found.open))
    }
}

impl Page for RevealPage {
    type Operation = RequestReveal;
    const FIELDS: &'static [Field] = &[
        Field::Tokens("subjects"),
        Field::Optional("ticket"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(requested: Requested<Reveal>, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/reveals/{}", requested.id);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused), Vec::new())))
    }
}
