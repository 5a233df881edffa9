//! `GET` and `POST /console/cases/{case}/admissions/current`: how far the file is that is being admitted, and its end
//! before its time.

use askama::Template;

use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, word};
use crate::operations::exhibit::{CancelAdmission, CancelState, CancelledBody, ReadAdmission};
use crate::vault::{AdmissionUnderWay, AdmissionView, Admits, OperationError};

/// The progress of an admission; the browser asks again by itself.
pub struct AdmissionPage;

/// The end of an admission before its time.
pub struct CancelAdmissionPage;

#[derive(Template)]
#[template(path = "exhibit/progress.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: String,
    refused: Option<&'a Refused>,
    under_way: Option<AdmissionUnderWay>,
    /// In how many seconds the browser asks again, if it does.
    again_s: Option<i64>,
    /// Somebody tried to cancel it too late.
    too_late: bool,
}

impl<'a> Shows<'a> {
    fn of(visit: &'a Visit) -> Self {
        Self {
            visit,
            case: visit.case().unwrap_or_default(),
            refused: None,
            under_way: None,
            again_s: None,
            too_late: false,
        }
    }
}

/// The shortest and the longest time until the browser asks again: each time is a leaf of the log.
const AGAIN_S: (u64, u64) = (2, 20);

/// In how many seconds something may have changed that is worth a look.
fn again_in(under_way: &AdmissionUnderWay) -> i64 {
    let (shortest, longest) = AGAIN_S;
    let left = under_way.admission.seconds_left.unwrap_or_default();
    i64::try_from((left / 10).clamp(shortest, longest)).unwrap_or_default()
}

impl Page for AdmissionPage {
    type Operation = ReadAdmission;

    fn show(view: AdmissionView, visit: &Visit) -> Result<Shown, OperationError> {
        let under_way = match view {
            AdmissionView::UnderWay(under_way) => Some(under_way),
            AdmissionView::None(_) => None,
        };
        let stands = visit.form.has("still");
        let again_s = under_way.as_ref().filter(|_| !stands).map(again_in);
        let page = Html::of(&Shows {
            under_way,
            again_s,
            ..Shows::of(visit)
        })?;
        Ok(match again_s {
            Some(seconds) => Shown::Moving(page, seconds),
            None => Shown::Page(page),
        })
    }
}

impl Page for CancelAdmissionPage {
    type Operation = CancelAdmission;

    fn show(cancelled: CancelledBody, visit: &Visit) -> Result<Shown, OperationError> {
        match cancelled.state {
            CancelState::Cancelling | CancelState::None => {
                Ok(Shown::Next(visit.done_at(&visit.path)))
            }
            CancelState::Finishing => Shown::page(&Shows {
                too_late: true,
                ..Shows::of(visit)
            }),
        }
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            refused: Some(refused),
            ..Shows::of(visit)
        }))
    }
}
