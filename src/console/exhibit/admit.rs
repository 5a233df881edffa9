//! `GET` and `POST /console/cases/{case}/exhibits/new`: admits a file, or reports on it without admitting anything.

use askama::Template;
use serde::Deserialize;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::Visit;
use crate::domain::Format;
use crate::operations::case::ReadCase;
use crate::policy::ActionKind;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;

/// The form.
pub struct AdmitForm;

/// The form, once more after a refusal too.
#[derive(Template)]
#[template(path = "exhibit/admit.html")]
pub struct AdmitPage<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    report: Option<Report>,
    who_can: Option<String>,
}

/// What became of a file.
#[derive(Template)]
#[template(path = "exhibit/admitted.html")]
pub struct AdmittedPage<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// The case.
    pub case: String,
    /// What became of the file.
    pub report: Report,
}

/// The report on a file that was admitted, only read, or refused, as the API gives it. It never quotes a cell.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The new exhibit; `None` if nothing was admitted.
    pub exhibit: Option<String>,
    /// SHA-256 of the file, in base64.
    pub digest: String,
    /// The format it was read as.
    pub format: String,
    /// What was seen that tells the format.
    pub format_evidence: String,
    /// Rows read.
    pub rows: u64,
    /// Rows that became records.
    pub admitted: Option<u64>,
    /// Rows that can be read, in a report on a file that was not admitted.
    pub readable: Option<u64>,
    /// Rows left out as duplicates.
    pub duplicates: Option<u64>,
    /// Rows that could not be admitted.
    pub quarantined: u64,
    /// Distinct numbers.
    pub numbers: u64,
    /// Rows that name a country that is not known.
    pub unknown_countries: u64,
    /// Columns that were not read.
    pub dropped_columns: Vec<String>,
    /// The first rows that were quarantined.
    pub rejects: Vec<Reject>,
    /// Whether there were more.
    pub rejects_more: bool,
    /// Why it would not be admitted.
    pub refused: Option<String>,
}

/// A row that could not be admitted.
#[derive(Debug, Deserialize)]
pub struct Reject {
    /// Its line, from 1.
    pub line: u64,
    /// The field at fault, if it is one.
    pub column: Option<String>,
    /// Why.
    pub kind: String,
}

impl Page for AdmitForm {
    type Operation = ReadCase;
    const KEPT: &'static [Field] = &[];

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&AdmitPage {
            visit,
            refused: None,
            report: None,
            who_can: who_else_can(case.role, ActionKind::BeginExhibit),
        })
    }
}

impl<'a> AdmitPage<'a> {
    /// The form once more, with what was read of the file. The file itself has to be chosen again.
    pub fn again(visit: &'a Visit, refused: &'a Refused, report: Option<Report>) -> Self {
        Self {
            visit,
            refused: Some(refused),
            report,
            who_can: None,
        }
    }
}
