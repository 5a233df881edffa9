//! The contents of an export, opened under a revealing action and not yet turned into text.
//!
//! Codes and disclosed numbers are kept apart, so that an export of all records costs tens of bytes for each record,
//! not a row of strings.

use serde::{Deserialize, Serialize};

use super::subjects::Subject;
use crate::domain::{Field, Moment, Profile};
use crate::vault::error::OperationError;
use crate::vault::exhibits::terms::{TermPlace, UserTerms};
use crate::vault::plaintext::{Disclosed, SubjectToken, WipedText};
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::protected::place::CellPlace;
use crate::vault::records::protected::release::{Cut, Release};
use crate::vault::records::tables::dimension::Dimension;
use crate::vault::records::tables::rounding::Shown;

/// What an export shows, by its profile.
pub enum ExportContents {
    /// Of the profile `account-notice`: the people to be notified.
    Notice(Notice),
    /// Of the profile `scope-report`: counts by each dimension, no number.
    Report(Report),
    /// Of the profile `evidence`: the records themselves.
    Evidence(Box<Evidence>),
}

/// The people that an account has to notify.
pub struct Notice {
    people: Vec<(Subject, Disclosed)>,
    users: UserNames,
    /// The values of kinds, by code.
    kinds: Vec<String>,
}

/// One person to be notified.
pub struct NoticeRow<'n> {
    /// The number in the clear.
    pub number: &'n Disclosed,
    /// The user names that it was logged with.
    pub users: Vec<&'n str>,
    /// How many messages it was sent.
    pub messages: u64,
    /// When the first of them was sent.
    pub first: Moment,
    /// When the last of them was sent.
    pub last: Moment,
    /// The kinds of these messages.
    pub kinds: Vec<&'n str>,
}

/// Protected counts for people outside the team, as they were when the report was asked for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The exhibits that are counted.
    pub exhibits: Vec<String>,
    /// The total first, then a table for each dimension.
    pub tables: Vec<ReportTable>,
}

/// The protected counts of one dimension.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportTable {
    /// The dimension's word, such as `country`.
    pub by: String,
    /// One row for each value.
    pub rows: Vec<ReportRow>,
}

/// The counts of one value.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportRow {
    /// The value as it was logged, a state with its country (`US-WA`); an empty text if there is none.
    pub value: String,
    /// The name of a place, such as `Washington, United States`; an empty text for anything else.
    pub name: String,
    /// How many distinct numbers have it.
    pub numbers: Shown,
}

/// Records as codes, and the values of the codes.
pub struct Evidence {
    records: Vec<Kept>,
    references: WipedText,
    exhibits: Vec<String>,
    /// The position of each number in `numbers`.
    places: Places,
    numbers: Vec<(SubjectToken, Disclosed)>,
    users: UserNames,
    dictionaries: Vec<Vec<String>>,
}

struct Kept {
    exhibit: u32,
    row: u64,
    number: u32,
    user: u32,
    codes: [u32; CODED.len()],
    sent_at: Moment,
    /// Start and end of its reference.
    reference: (usize, usize),
}

/// A record as the package shows it.
pub struct EvidenceRow<'e> {
    /// Exhibit and row, counted from 1: `x_…:17`.
    pub record: String,
    /// The token of the number in this case.
    pub subject: String,
    /// The number in the clear.
    pub number: &'e Disclosed,
    /// In the order of [`Evidence::FIELDS`].
    pub fields: [&'e str; 8],
    /// When it was sent (RFC 3339).
    pub sent_at: String,
}

/// The fields of an evidence record that are codes of a dictionary.
const CODED: [Field; 6] = [
    Field::Account,
    Field::Carrier,
    Field::Country,
    Field::State,
    Field::Kind,
    Field::Channel,
];

impl Notice {
    /// Calls `visit` with each person, in the order of their term numbers. A code without a value is damage.
    pub fn for_each<E: From<EvidenceDamaged>>(
        &self,
        mut visit: impl FnMut(&NoticeRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (subject, number) in &self.people {
            let users = subject.users.iter().map(|no| self.users.name(*no));
            let kind = |code: &u32| self.kinds.get(*code as usize).map(String::as_str);
            // A message may be of no kind.
            let kinds = subject.kinds.iter().map(kind);
            let kinds = kinds.filter(|kind| *kind != Some(""));
            visit(&NoticeRow {
                number,
                users: users.collect::<Option<_>>().ok_or(EvidenceDamaged)?,
                messages: subject.messages,
                first: Moment::from_seconds(subject.first),
                last: Moment::from_seconds(subject.last),
                kinds: kinds.collect::<Option<_>>().ok_or(EvidenceDamaged)?,
            })?;
        }
        Ok(())
    }
}

impl Evidence {
    /// The cells of a record after `record`, `subject`, `number` and `sent_at`.
    pub const FIELDS: [&'static str; 8] = [
        "account",
        "carrier",
        "country",
        "state",
        "kind",
        "channel",
        "user",
        "message_ref",
    ];

    /// Calls `visit` with each record in order. A code without a value is damage.
    pub fn for_each<E: From<EvidenceDamaged>>(
        &self,
        mut visit: impl FnMut(&EvidenceRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for kept in &self.records {
            let number = self.places.get(kept.number);
            let number = number.and_then(|at| self.numbers.get(at));
            let (token, number) = number.ok_or(EvidenceDamaged)?;
            let exhibit = self
                .exhibits
                .get(kept.exhibit as usize)
                .ok_or(EvidenceDamaged)?;
            let mut fields = [""; 8];
            for ((cell, code), values) in fields.iter_mut().zip(kept.codes).zip(&self.dictionaries)
            {
                *cell = values.get(code as usize).ok_or(EvidenceDamaged)?;
            }
            let (from, to) = kept.reference;
            if kept.user != 0 {
                fields[6] = self.users.name(kept.user).ok_or(EvidenceDamaged)?;
            }
            fields[7] = self
                .references
                .as_str()
                .get(from..to)
                .ok_or(EvidenceDamaged)?;
            visit(&EvidenceRow {
                record: format!("{exhibit}:{}", kept.row),
                subject: token.to_string(),
                number,
                fields,
                sent_at: kept.sent_at.to_string(),
            })?;
        }
        Ok(())
    }
}

/// The opened records contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the records of the export do not hang together")]
pub struct EvidenceDamaged;

impl ExportContents {
    /// Opens what `profile` holds of the records that `filter` keeps. `disclose` opens the
    /// number of a term; only a scope that reveals can.
    pub(in crate::vault) fn open(
        records: &CaseRecords<'_>,
        profile: Profile,
        filter: &RecordFilter,
        disclose: impl FnMut(u32) -> Result<Disclosed, OperationError>,
    ) -> Result<Self, OperationError> {
        Ok(match profile {
            Profile::AccountNotice => Self::Notice(Notice::open(records, filter, disclose)?),
            Profile::Evidence => {
                Self::Evidence(Box::new(Evidence::open(records, filter, disclose)?))
            }
            // Its tables were counted when it was asked for.
            Profile::ScopeReport => {
                return Err(OperationError::Internal(
                    "a scope report without its tables",
                ));
            }
        })
    }
}

impl Notice {
    fn open(
        records: &CaseRecords<'_>,
        filter: &RecordFilter,
        mut disclose: impl FnMut(u32) -> Result<Disclosed, OperationError>,
    ) -> Result<Self, OperationError> {
        let subjects = records.subjects(filter)?;
        let users = subjects.iter().flat_map(|subject| &subject.users);
        let users = UserNames::open(records.term_place(), &distinct(users.copied()))?;
        // In the order of term numbers, so that each run is read once. The list never moves, so no copy is left behind.
        let mut people = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let number = disclose(subject.number)?;
            // Nobody can be notified at a number that was erased.
            if !number.is_erased() {
                people.push((subject, number));
            }
        }
        Ok(Self {
            people,
            users,
            kinds: values(records, Field::Kind)?,
        })
    }
}

impl Evidence {
    fn open(
        records: &CaseRecords<'_>,
        filter: &RecordFilter,
        mut disclose: impl FnMut(u32) -> Result<Disclosed, OperationError>,
    ) -> Result<Self, OperationError> {
        const MORE: [Field; 4] = [Field::Number, Field::User, Field::SentAt, Field::MessageRef];
        let fields: Vec<Field> = CODED.into_iter().chain(MORE).collect();
        let mut kept = Vec::new();
        let mut references = WipedText::default();
        let mut exhibits: Vec<String> = Vec::new();
        records.for_each_record(filter, &fields, |record| {
            if exhibits.last().map(String::as_str) != Some(record.exhibit.as_str()) {
                exhibits.push(record.exhibit.to_string());
            }
            let from = references.len();
            references.push_str(record.message_ref.unwrap_or_default());
            kept.push(Kept {
                exhibit: exhibits.len() as u32 - 1,
                row: record.row,
                number: record.number,
                user: record.user,
                codes: [
                    record.account,
                    record.carrier,
                    record.country,
                    record.state,
                    record.kind,
                    record.channel,
                ],
                sent_at: Moment::from_seconds(record.sent_at),
                reference: (from, references.len()),
            });
            Ok(())
        })?;
        // In the order of term numbers, so that each run is read once.
        let terms = distinct(kept.iter().map(|record| record.number));
        let mut numbers = Vec::with_capacity(terms.len());
        for no in &terms {
            numbers.push((records.token(*no), disclose(*no)?));
        }
        let users = kept.iter().map(|record| record.user);
        let users = distinct(users.filter(|user| *user != 0));
        let users = UserNames::open(records.term_place(), &users)?;
        let dictionaries = CODED
            .into_iter()
            .map(|field| values(records, field))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            records: kept,
            references,
            exhibits,
            places: Places::of(&terms),
            numbers,
            users,
            dictionaries,
        })
    }
}

/// The values of a field by their codes.
fn values(records: &CaseRecords<'_>, field: Field) -> Result<Vec<String>, OperationError> {
    Ok(records
        .dictionary(field)?
        .values()
        .map(str::to_owned)
        .collect())
}

/// User names, one after the other, in memory that is wiped.
struct UserNames {
    text: WipedText,
    /// The start of each name, and the end of the last one.
    starts: Vec<usize>,
    places: Places,
}

/// The position of each term in a list of terms, by term number.
struct Places(Vec<u32>);

impl UserNames {
    /// Opens the names of terms. Their numbers must be in ascending order.
    fn open(place: TermPlace<'_>, terms: &[u32]) -> Result<Self, OperationError> {
        let mut opened = UserTerms::default();
        let mut text = WipedText::default();
        let mut starts = Vec::with_capacity(terms.len() + 1);
        starts.push(0);
        for no in terms {
            text.push_str(opened.open(place, *no)?);
            starts.push(text.len());
        }
        Ok(Self {
            text,
            starts,
            places: Places::of(terms),
        })
    }

    fn name(&self, no: u32) -> Option<&str> {
        let at = self.places.get(no)?;
        self.text
            .as_str()
            .get(*self.starts.get(at)?..*self.starts.get(at + 1)?)
    }
}

impl Places {
    /// `terms` must be in ascending order.
    fn of(terms: &[u32]) -> Self {
        let end = terms.last().map_or(0, |last| *last as usize + 1);
        let mut places = vec![u32::MAX; end];
        for (at, no) in (0..).zip(terms) {
            places[*no as usize] = at;
        }
        Self(places)
    }

    /// A position past the end, if the term is not in the list.
    fn get(&self, no: u32) -> Option<usize> {
        self.0.get(no as usize).map(|at| *at as usize)
    }
}

fn distinct(terms: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut terms: Vec<u32> = terms.collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

impl Report {
    /// Counts the tables of a report. `least` is the smallest count that it tells; the release is to be recorded
    /// before anybody gets it.
    pub(in crate::vault) fn of(
        records: &CaseRecords<'_>,
        least: u64,
    ) -> Result<(Self, Option<Release>), OperationError> {
        const BY: [Dimension; 5] = [
            Dimension::Country,
            Dimension::State,
            Dimension::AreaState,
            Dimension::Carrier,
            Dimension::Day,
        ];
        let cuts = records.report_cuts(&BY, least)?;
        let total = cuts.tables.iter().find_map(|(_, cut)| cut.as_ref());
        let total = total.map(|cut| cut.total.clone()).unwrap_or_default();
        let of = match cuts.exhibits.len() {
            1 => "1 exhibit".to_owned(),
            many => format!("{many} exhibits"),
        };
        let edition = match cuts.until {
            Some(until) => format!("{of}, the newest admitted at {until}"),
            None => of,
        };
        let mut tables = vec![ReportTable {
            by: "total".to_owned(),
            rows: vec![ReportRow {
                value: String::new(),
                name: edition,
                numbers: total,
            }],
        }];
        tables.extend(cuts.tables.into_iter().map(|(by, cut)| ReportTable {
            by: by.as_str().to_owned(),
            rows: cut.map_or_else(withheld, |cut| rows_of(by, cut)),
        }));
        let report = Self {
            exhibits: cuts.exhibits,
            tables,
        };
        Ok((report, cuts.release))
    }
}

fn rows_of(by: Dimension, cut: Cut) -> Vec<ReportRow> {
    let row = |(cell, numbers): (String, Shown)| {
        let place = CellPlace::of(by, &cell);
        let value = match (by, &place.country) {
            (Dimension::AreaState, Some(country)) => format!("{country}-{cell}"),
            _ => place.value,
        };
        ReportRow {
            value,
            name: place.name.unwrap_or_default(),
            numbers,
        }
    };
    cut.cells.into_iter().map(row).collect()
}

/// In place of a table that could disclose people together with others.
fn withheld() -> Vec<ReportRow> {
    vec![ReportRow {
        value: String::new(),
        name: "withheld".to_owned(),
        numbers: Shown::hidden(),
    }]
}
