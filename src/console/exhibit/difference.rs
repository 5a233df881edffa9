//! `GET` and `POST /console/cases/{case}/exhibits/{exhibit}/difference`: what one exhibit has and another has not. The
//! price is said before it is asked.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::exhibit::{CompareExhibits, ExhibitList, ListExhibits};
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::scope::DifferenceView;
use crate::vault::{OperationError, Price};

/// The form.
pub struct DifferenceForm;

/// What the form does.
pub struct DifferencePage;

#[derive(Template)]
#[template(path = "exhibit/difference.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    exhibit: String,
    /// The other exhibits: id, and what they are called.
    others: Option<Vec<(String, String)>>,
    /// Whether there is no other one.
    alone: bool,
    price: u32,
    who_can: String,
}

#[derive(Template)]
#[template(path = "exhibit/differs.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    difference: DifferenceView,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>) -> Self {
        let exhibit = visit.ids.exhibit().ok();
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            exhibit: exhibit
                .map(|exhibit| exhibit.to_string())
                .unwrap_or_default(),
            others: None,
            alone: false,
            price: Price::of_difference().points(),
            who_can: who_may(ActionKind::CompareExhibits).join(", "),
        }
    }
}

impl Page for DifferenceForm {
    type Operation = ListExhibits;

    fn show(list: ExhibitList, visit: &Visit) -> Result<Shown, OperationError> {
        let asks = Asks::of(visit, None);
        let others = list.exhibits.into_iter();
        let others = others.filter(|other| other.exhibit != asks.exhibit);
        let others = others.map(|other| {
            let called = other.name.unwrap_or_else(|| other.format.clone());
            let called = format!(
                "{called}, {}, {}",
                other.state,
                visit.time(&other.admitted_at)
            );
            (other.exhibit, called)
        });
        let others: Vec<_> = others.collect();
        Shown::page(&Asks {
            alone: others.is_empty(),
            others: Some(others),
            ..asks
        })
    }
}

impl Page for DifferencePage {
    type Operation = CompareExhibits;
    const FIELDS: &'static [Field] = &[Field::Text("against")];

    fn show(difference: DifferenceView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            case: visit.case().unwrap_or_default(),
            difference,
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused))))
    }
}
