//! What an export holds, opened under a revealing action and not yet text.
//!
//! Codes and disclosed numbers are kept apart and compact, so that an export of
//! all records costs tens of bytes for each, not a row of strings.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use zeroize::Zeroizing;

use super::dimension::Dimension;
use super::filter::RecordFilter;
use super::opened::CaseRecords;
use super::rounding::Shown;
use super::table::{TableQuery, TableRow};
use crate::domain::{Field, Moment};
use crate::policy::Reveals;
use crate::vault::columns::Dictionary;
use crate::vault::operation::OperationError;
use crate::vault::plaintext::{Disclosed, SubjectToken};
use crate::vault::scope::{Profile, Scope};
use crate::vault::terms::UserTerms;

pub enum ExportContents {
    Notice(Vec<NoticeRow>),
    Report(Vec<ReportTable>),
    Evidence(Box<Evidence>),
}

/// One person to be told.
pub struct NoticeRow {
    pub number: Disclosed,
    pub users: Vec<Zeroizing<String>>,
    pub messages: u64,
    pub first: Moment,
    pub last: Moment,
    pub kinds: Vec<String>,
}

/// Counts by one dimension.
pub struct ReportTable {
    pub by: &'static str,
    pub rows: Vec<ReportRow>,
}

pub struct ReportRow {
    pub value: String,
    pub messages: u64,
    pub numbers: u64,
}

/// Records as codes, and what the codes stand for.
pub struct Evidence {
    records: Vec<Kept>,
    references: Zeroizing<String>,
    exhibits: Vec<String>,
    numbers: HashMap<u32, (SubjectToken, Disclosed)>,
    users: HashMap<u32, Zeroizing<String>>,
    dictionaries: Vec<Vec<String>>,
}

struct Kept {
    exhibit: u32,
    row: u64,
    number: u32,
    user: u32,
    codes: [u32; CODED.len()],
    sent_at: Moment,
    /// Where its reference begins and ends.
    reference: (usize, usize),
}

/// A record as its package shows it.
pub struct EvidenceRow<'e> {
    pub record: String,
    pub subject: String,
    pub number: &'e Disclosed,
    /// In the order of [`Evidence::FIELDS`].
    pub fields: [&'e str; 8],
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

    /// Calls `visit` with each record in order; a code without a value is damage.
    pub fn for_each<E: From<EvidenceDamaged>>(
        &self,
        mut visit: impl FnMut(&EvidenceRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for kept in &self.records {
            let (token, number) = self.numbers.get(&kept.number).ok_or(EvidenceDamaged)?;
            let exhibit = self
                .exhibits
                .get(kept.exhibit as usize)
                .ok_or(EvidenceDamaged)?;
            let mut fields = [""; 8];
            for ((cell, code), values) in fields.iter_mut().zip(kept.codes).zip(&self.dictionaries)
            {
                *cell = values.get(code as usize).ok_or(EvidenceDamaged)?;
            }
            let user = self.users.get(&kept.user).map_or("", |user| user.as_str());
            let (from, to) = kept.reference;
            fields[6] = user;
            fields[7] = self.references.get(from..to).ok_or(EvidenceDamaged)?;
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

/// What was opened does not hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the records of the export do not hang together")]
pub struct EvidenceDamaged;

impl<A: Reveals> Scope<'_, A> {
    /// Opens what `profile` holds of the records that `filter` keeps.
    pub(in crate::vault) fn export_contents(
        &mut self,
        profile: Profile,
        filter: &RecordFilter,
    ) -> Result<ExportContents, OperationError> {
        let records = self.records()?;
        match profile {
            Profile::AccountNotice => Ok(ExportContents::Notice(self.notice(&records, filter)?)),
            Profile::ScopeReport => Ok(ExportContents::Report(report(&records, filter)?)),
            Profile::Evidence => Ok(ExportContents::Evidence(Box::new(
                self.evidence(&records, filter)?,
            ))),
        }
    }

    fn notice(
        &mut self,
        records: &CaseRecords<'_>,
        filter: &RecordFilter,
    ) -> Result<Vec<NoticeRow>, OperationError> {
        let mut users: HashMap<u32, BTreeSet<u32>> = HashMap::new();
        records.for_each_record(filter, &[Field::Number, Field::User], |record| {
            if record.user != 0 {
                users.entry(record.number).or_default().insert(record.user);
            }
            Ok(())
        })?;
        let mut user_terms = UserTerms::default();
        let mut rows = Vec::new();
        for subject in records.subjects(filter)? {
            let kinds = subject
                .kinds
                .iter()
                .map(|code| records.value(Field::Kind, *code))
                .collect::<Result<_, _>>()?;
            let names = users
                .get(&subject.number)
                .into_iter()
                .flatten()
                .map(|no| user_terms.open(records.term_place(), *no))
                .collect::<Result<_, _>>()?;
            rows.push(NoticeRow {
                number: self.disclose(subject.number)?,
                users: names,
                messages: subject.messages,
                first: Moment::from_seconds(subject.first),
                last: Moment::from_seconds(subject.last),
                kinds,
            });
        }
        Ok(rows)
    }

    fn evidence(
        &mut self,
        records: &CaseRecords<'_>,
        filter: &RecordFilter,
    ) -> Result<Evidence, OperationError> {
        const MORE: [Field; 4] = [Field::Number, Field::User, Field::SentAt, Field::MessageRef];
        let fields: Vec<Field> = CODED.into_iter().chain(MORE).collect();
        let mut kept = Vec::new();
        let mut references = Zeroizing::new(String::new());
        let mut exhibits: Vec<String> = Vec::new();
        records.for_each_record(filter, &fields, |record| {
            if exhibits.last().map(String::as_str) != Some(record.exhibit.as_str()) {
                exhibits.push(record.exhibit.to_string());
            }
            let from = references.len();
            append(&mut references, record.message_ref.unwrap_or_default());
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
        // In the order of their terms, so that each run is read once.
        let mut numbers = HashMap::new();
        for number in distinct(kept.iter().map(|record| record.number)) {
            numbers.insert(number, (records.token(number), self.disclose(number)?));
        }
        let (mut users, mut user_terms) = (HashMap::new(), UserTerms::default());
        for user in distinct(kept.iter().map(|record| record.user)) {
            if user != 0 {
                users.insert(user, user_terms.open(records.term_place(), user)?);
            }
        }
        let dictionaries = CODED
            .into_iter()
            .map(|field| {
                let dictionary: Rc<Dictionary> = records.dictionary(field)?;
                Ok(dictionary.values().map(str::to_owned).collect())
            })
            .collect::<Result<_, OperationError>>()?;
        Ok(Evidence {
            records: kept,
            references,
            exhibits,
            numbers,
            users,
            dictionaries,
        })
    }
}

fn distinct(terms: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut terms: Vec<u32> = terms.collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Grows a wiped text without leaving a copy of it behind.
fn append(text: &mut Zeroizing<String>, more: &str) {
    let needed = text.len() + more.len();
    if needed > text.capacity() {
        let mut larger =
            Zeroizing::new(String::with_capacity(needed.next_power_of_two().max(4096)));
        larger.push_str(text);
        *text = larger;
    }
    text.push_str(more);
}

/// Counts by every dimension a report has, one table each.
fn report(
    records: &CaseRecords<'_>,
    filter: &RecordFilter,
) -> Result<Vec<ReportTable>, OperationError> {
    const BY: [Dimension; 8] = [
        Dimension::Country,
        Dimension::State,
        Dimension::AreaState,
        Dimension::Carrier,
        Dimension::Kind,
        Dimension::Channel,
        Dimension::Account,
        Dimension::Day,
    ];
    let query = |by: Vec<Dimension>| TableQuery {
        by,
        filter: filter.clone(),
        zone: None,
        top: None,
    };
    let mut tables = Vec::with_capacity(BY.len() + 1);
    let all = records.table(&query(Vec::new()), 0)?;
    tables.push(ReportTable {
        by: "total",
        rows: vec![ReportRow {
            value: String::new(),
            messages: all.totals.messages.unwrap_or_default(),
            numbers: number(&all.totals.numbers),
        }],
    });
    for by in BY {
        let table = records.table(&query(vec![by]), 0)?;
        let rows = table
            .rows
            .iter()
            .map(|row| ReportRow {
                value: value(row, by).unwrap_or_default().to_owned(),
                messages: row.messages.unwrap_or_default(),
                numbers: number(&row.numbers),
            })
            .collect();
        tables.push(ReportTable {
            by: by.as_str(),
            rows,
        });
    }
    Ok(tables)
}

fn value(row: &TableRow, by: Dimension) -> Option<&str> {
    match by {
        Dimension::Country => row.country.as_deref(),
        Dimension::State => row.state.as_deref(),
        Dimension::AreaState => row.area_state.as_deref(),
        Dimension::Carrier => row.carrier.as_deref(),
        Dimension::Kind => row.kind.as_deref(),
        Dimension::Account => row.account.as_deref(),
        Dimension::Channel => row.channel.as_deref(),
        Dimension::Day => row.day.as_deref(),
        Dimension::Hour => row.hour.as_deref(),
        Dimension::Week => row.week.as_deref(),
    }
}

/// A table for the team has every count in full.
fn number(shown: &Shown) -> u64 {
    match shown {
        Shown::Number(number) => *number,
        Shown::Hidden(_) => 0,
    }
}
