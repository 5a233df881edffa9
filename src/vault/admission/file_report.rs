//! What is said of a file by itself, in a dry run or where its admission is refused: nothing of it depends on what the
//! case holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::file_facts::FileFacts;
use super::intake::Intake;
use super::quarantine::ShownReject;
use crate::domain::schema::{Digest, FormatName};
use crate::vault::error::OperationError;
use crate::vault::exhibits::line_report::{KindCount, LineReport};
use crate::vault::plaintext::SkipKind;
use crate::vault::scope::RuleCount;

/// What is in a file, compared with itself only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileReport {
    /// SHA-256 of the file as received, base64.
    #[schema(value_type = Digest)]
    pub digest: String,
    /// The format it was read as.
    #[schema(value_type = FormatName)]
    pub format: String,
    /// What was seen that tells the format.
    pub format_evidence: String,
    /// Rows read.
    pub rows: u64,
    /// Rows that can be read.
    pub readable: u64,
    /// Rows that can be read and are the same message as an earlier row of the file; in a dry run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub duplicates: Option<u64>,
    /// How many of them by each rule; in a dry run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub duplicates_by_rule: Option<Vec<RuleCount>>,
    /// Rows whose country is not known and would be left blank.
    pub unknown_countries: u64,
    /// Rows that name no account, which no liaison would see.
    pub blank_accounts: u64,
    /// Rows that cannot be admitted.
    pub quarantined: u64,
    /// How many of them for each reason.
    pub quarantined_by_kind: Vec<KindCount>,
    /// What became of each line of the file. A refusal counts lines of duplicates among those that can be admitted.
    pub lines: LineReport,
    /// Distinct numbers.
    pub numbers: u64,
    /// Of these, those that were read as numbers of the declared region with nothing else to say it: neither a plus
    /// nor the country of the row.
    pub numbers_by_region: u64,
    /// Names of columns that are not read.
    pub dropped_columns: Vec<String>,
    /// The first hundred rows that cannot be admitted.
    #[schema(max_items = 100)]
    pub rejects: Vec<ShownReject>,
    /// There are more rejects than are listed; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub rejects_more: bool,
    /// Why the file is not admitted as it is, and what to do; left out if it would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refused: Option<String>,
}

/// Fewer rows in quarantine than this never refuse a file that has others.
const FEW: u64 = 100;

impl FileReport {
    /// Of a file that was read to the end. `most` is the largest share of its rows that may be in quarantine.
    pub(super) fn of(intake: &Intake, file: &FileFacts, most: f64, accepted: bool) -> Self {
        let quarantine = &intake.quarantine;
        let rows = intake.counts.read;
        let readable = rows.saturating_sub(quarantine.total);
        let unread = quarantine.total;
        let too_many = unread >= FEW && unread as f64 > most * rows as f64;
        let lines = lines_of(intake, file).without_duplicates();
        let advice = |most| advice(most, &file.country_columns);
        let refused = match accepted {
            false if rows == 0 => Some(no_row(&lines)),
            false if readable == 0 => Some(format!(
                "{} can be admitted{}",
                match rows {
                    1 => "not even its only row".to_owned(),
                    _ => format!("none of the {rows} rows"),
                },
                advice(quarantine.most_frequent())
            )),
            false if too_many => Some(format!(
                "{unread} of {rows} rows cannot be admitted{}",
                advice(quarantine.most_frequent())
            )),
            _ => None,
        };
        Self {
            digest: STANDARD.encode(file.digest),
            format: file.format.as_str().to_owned(),
            format_evidence: file.evidence.clone(),
            rows,
            readable,
            duplicates: None,
            duplicates_by_rule: None,
            unknown_countries: intake.counts.unknown_countries,
            blank_accounts: intake.counts.blank_accounts,
            quarantined: quarantine.total,
            quarantined_by_kind: quarantine.by_kind(),
            lines,
            numbers: intake.coder.numbers.len() as u64,
            numbers_by_region: intake.coder.numbers.by_region_alone(),
            dropped_columns: file.dropped_columns.clone(),
            rejects: quarantine.shown.clone(),
            rejects_more: quarantine.has_more_than_shown(),
            refused,
        }
    }

    /// The same with what a dry run also knows: which rows of the file are one message.
    pub(super) fn with_duplicates(self, intake: &Intake, file: &FileFacts) -> Self {
        Self {
            lines: lines_of(intake, file),
            duplicates: Some(intake.duplicates.in_file.total()),
            duplicates_by_rule: Some(RuleCount::all(intake.duplicates.in_file.by_rule())),
            ..self
        }
    }

    /// The refusal, if the file is refused.
    pub(super) fn refusal(&self) -> Option<OperationError> {
        Some(OperationError::NotAdmitted {
            rule: self.refused.clone()?,
            report: Box::new(serde_json::to_value(self).unwrap_or_default()),
        })
    }
}

fn lines_of(intake: &Intake, file: &FileFacts) -> LineReport {
    let counts = &intake.counts;
    let duplicates = intake.duplicates.in_file.total();
    let rows = [
        counts.admitted + intake.duplicates.in_case.total(),
        duplicates,
        intake.quarantine.total,
    ];
    intake.lines.report(file.lines, rows)
}

/// Why a file is refused that has no row: its records are no messages to a person, or it has none.
fn no_row(lines: &LineReport) -> String {
    let count = |kind: SkipKind| lines.skipped_records.get(kind.as_str());
    let said = [
        (
            SkipKind::Inbound,
            "messages that the owner of the log received",
        ),
        (
            SkipKind::StatusEvent,
            "events that are no message to a person",
        ),
    ];
    let said = said.into_iter().filter_map(|(kind, what)| {
        let count = count(kind)?;
        Some(format!("{count} are {what} ({})", kind.as_str()))
    });
    let said: Vec<_> = said.collect();
    if !said.is_empty() {
        return format!(
            "no record is a message to a person: {}; ask the sender for the log of what was sent",
            said.join(", ")
        );
    }
    let skipped = lines.skipped.iter();
    let skipped: Vec<_> = skipped
        .map(|(kind, lines)| format!("{lines} {kind}"))
        .collect();
    format!(
        "the file has no row (its lines: {}); ask the sender for the complete file, or map its columns",
        skipped.join(", ")
    )
}

/// The most frequent reason, where it is seen first, and what may be said when the file is sent again.
fn advice(most: Option<(&'static str, &ShownReject)>, countries: &[String]) -> String {
    let Some((kind, first)) = most else {
        return String::new();
    };
    let at = |say: &str| {
        let column = first
            .column
            .map_or(String::new(), |column| format!(" in {column}"));
        let line = first.line;
        format!(" (most often {kind}{column}, first at line {line}); {say}")
    };
    match kind {
        "no-time-of-day" => {
            return at(
                "a day alone is no time, and none is made up: ask the sender for the time of day of each message, or, if \
                 it is in another column, send it again with a mapping that names it as time_column",
            );
        }
        "spreadsheet-time" => {
            return at(
                "these are the numbers by which a spreadsheet keeps times: send it again with a mapping whose sent_at has \
                 time = \"serial\" and a zone, or format the column as date and time in the spreadsheet and save it again",
            );
        }
        "repeated-name" => {
            return at(
                "a name stands twice in one object, so that it is unknown which of its values counts: ask the sender for \
                 records with each name once",
            );
        }
        _ => {}
    }
    let mapped;
    let say = match (first.column, kind) {
        (_, "wrong-cell-count" | "not-printable") => {
            "with quotes=none if a stray quote swallows lines, or with a mapping"
        }
        (_, "phone-number") => {
            "with a mapping that reads no column of phone numbers as another field, or with drop= for that column"
        }
        (Some("number"), "masked" | "damaged") => {
            "with a mapping that names the column of whole numbers, or ask the sender for them"
        }
        (Some("number"), "ambiguous") => {
            "with a mapping whose number has form = \"international\", if every number begins with a calling code, or \
             with another region="
        }
        (Some("number"), "missing-number" | "not-a-number" | "several-numbers") => {
            "with a mapping that names the column of the number"
        }
        (Some("number"), "other-country") => {
            "with a mapping without the column of the country, if that is not where the numbers are from, or with \
             form = \"international\""
        }
        (Some("number"), _) if !countries.is_empty() => {
            mapped = by_country(countries);
            &mapped
        }
        (Some("number"), _) => {
            "with region=, the country whose numbers are written without a calling code, or, if every number begins with \
             its calling code, with a mapping whose number has form = \"international\" (exhibit map drafts one)"
        }
        (Some("country"), "needs-region") => {
            "with drop= for the column that is read as the country, if it says something else, or with countries in it \
             as codes (US) or English names"
        }
        (Some("country"), "other-country") => {
            "by country, each part with its region=, because this column gives only the calling code that countries \
             share; or with drop= for it, if it says something else"
        }
        (Some("sent_at"), "damaged") => {
            "with a mapping that names a column of times that were not rounded, or ask the sender for them"
        }
        // A time that lacks nothing but its zone is not put aside: it refuses the file.
        (Some("sent_at"), _) => {
            "with a mapping that says how times are written (exhibit map drafts one)"
        }
        (Some("account"), _) => "with account=, or with a mapping",
        _ => "with a mapping, or with region=, zone= or account=",
    };
    at(&format!(
        "send it again {say}; accept_quarantined=true admits what can be read"
    ))
}

/// What to do if a column that is not read looks like the country of each row.
fn by_country(columns: &[String]) -> String {
    let maps = columns.iter().take(3);
    let maps: Vec<_> = maps.map(|name| format!("map=country={name}")).collect();
    format!(
        "with {}, because that column looks like the country of each row and is not read (region= would read all \
         numbers without a plus as those of one country)",
        maps.join(" or ")
    )
}
