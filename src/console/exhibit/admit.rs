//! `GET` and `POST /console/cases/{case}/exhibits/new`: admits a file, or reports on it without admitting anything, or
//! looks at its columns only.

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

/// The fields of the form that survive an error, an expired session and a detour. The file itself has to be chosen
/// again.
pub const UPLOADED: &[Field] = &[
    Field::Optional("name"),
    Field::Optional("source"),
    Field::Optional("format"),
    Field::Optional("zone"),
    Field::Optional("region"),
    Field::Optional("account"),
    Field::Optional("quotes"),
    Field::Optional("sheet"),
    Field::Lines("map"),
    Field::Lines("drop"),
    Field::Tick("mapped"),
    Field::Lines("mapping"),
    Field::Tick("accept_quarantined"),
    Field::Optional("dry_run"),
];

/// What can be done with a file: the word that is sent, the button, and what it does.
const STEPS: [(&str, &str, &str); 3] = [
    (
        "columns",
        "Look at its columns",
        "names and kinds of values, of the beginning only.",
    ),
    (
        "true",
        "Check it",
        "a report on the whole file. Nothing is admitted, and it is not compared with the case.",
    ),
    (
        "false",
        "Admit it",
        "its records are in the case from then on.",
    ),
];

/// The form, once more after a refusal, a report or a look at the columns too.
#[derive(Template)]
#[template(path = "exhibit/admit.html")]
pub struct AdmitPage<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    report: Option<Report>,
    preview: Option<Preview>,
    who_can: Option<String>,
    case: String,
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

/// The columns of a file, as the API gives them. It never quotes a cell.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Preview {
    /// The columns in the order of the file.
    pub columns: Vec<PreviewedColumn>,
    /// Whether they have names.
    pub has_names: bool,
    /// The draft of a mapping.
    pub mapping: String,
}

/// A column of a file.
#[derive(Debug, Deserialize)]
pub struct PreviewedColumn {
    /// Its name or place.
    pub column: String,
    /// The field that it is likely to hold.
    pub field: Option<String>,
    /// What kind of values it has.
    pub values: String,
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
            who_can: who_else_can(case.role, ActionKind::BeginExhibit),
            ..AdmitPage::of(visit)
        })
    }
}

impl<'a> AdmitPage<'a> {
    fn of(visit: &'a Visit) -> Self {
        Self {
            visit,
            refused: None,
            report: None,
            preview: None,
            who_can: None,
            case: visit.case().unwrap_or_default(),
        }
    }

    /// The form once more, with what was read of the file. The file itself has to be chosen again.
    pub fn again(visit: &'a Visit, refused: &'a Refused, report: Option<Report>) -> Self {
        Self {
            refused: Some(refused),
            report,
            ..Self::of(visit)
        }
    }

    /// The form once more, after a report on the file.
    pub fn reported(visit: &'a Visit, report: Report) -> Self {
        Self {
            report: Some(report),
            ..Self::of(visit)
        }
    }

    /// The form once more, after a look at its columns.
    pub fn looked(visit: &'a Visit, preview: Preview) -> Self {
        Self {
            preview: Some(preview),
            ..Self::of(visit)
        }
    }

    /// Whether something is said of the file, or is to be put right.
    fn says_more(&self) -> bool {
        let mut said = UPLOADED.iter().filter_map(|field| match field {
            Field::Optional("dry_run") => None,
            Field::Optional(name) | Field::Lines(name) | Field::Tick(name) => Some(*name),
            _ => None,
        });
        let form = &self.visit.form;
        let held = |name: &str| !form.text(name).is_empty() && form.text(name) != "auto";
        self.preview.is_some() || self.refused.is_some() || said.any(held)
    }

    /// Whether the file was refused, and a mapping is there that it was not read by.
    fn leaves_mapping_out(&self) -> bool {
        let would_be = |report: &Report| report.refused.is_some();
        let refused = self.refused.is_some() || self.report.as_ref().is_some_and(would_be);
        let form = &self.visit.form;
        refused && !form.text("mapping").trim().is_empty() && !form.has("mapped")
    }

    /// Whether this is what to do next.
    fn does(&self, what: &str) -> bool {
        let next = match (&self.preview, &self.report, self.refused) {
            (Some(_), ..) => "true",
            (_, Some(_), None) => "false",
            _ if self.visit.form.has("dry_run") => self.visit.form.text("dry_run"),
            _ => "true",
        };
        what == next
    }

    /// The text of a mapping: what was typed, else the draft.
    fn mapping(&self) -> &str {
        let typed = self.visit.form.exactly("mapping");
        match (&self.preview, self.visit.form.has("mapped")) {
            (Some(preview), false) => &preview.mapping,
            _ => typed,
        }
    }
}
