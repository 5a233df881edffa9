//! All records that a filter keeps, one by one or by subject, for exports.

use std::collections::HashMap;

use super::filter::RecordFilter;
use super::opened::CaseRecords;
use super::scan::Next;
use crate::domain::{ExhibitId, Field};
use crate::vault::operation::OperationError;

/// A record as codes. Members whose field was not asked for are 0 or absent.
pub(in crate::vault) struct RecordCodes<'b> {
    pub(in crate::vault) exhibit: &'b ExhibitId,
    /// Counted from 1.
    pub(in crate::vault) row: u64,
    pub(in crate::vault) number: u32,
    pub(in crate::vault) user: u32,
    pub(in crate::vault) account: u32,
    pub(in crate::vault) carrier: u32,
    pub(in crate::vault) country: u32,
    pub(in crate::vault) state: u32,
    pub(in crate::vault) kind: u32,
    pub(in crate::vault) channel: u32,
    pub(in crate::vault) sent_at: i64,
    pub(in crate::vault) message_ref: Option<&'b str>,
}

/// One person in one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) struct Subject {
    /// The term number.
    pub(in crate::vault) number: u32,
    pub(in crate::vault) account: u32,
    pub(in crate::vault) messages: u64,
    pub(in crate::vault) first: i64,
    pub(in crate::vault) last: i64,
    /// Codes of the kinds, rising.
    pub(in crate::vault) kinds: Vec<u32>,
}

impl CaseRecords<'_> {
    /// Calls `visit` with each record kept, in the order of exhibits and rows,
    /// opening only the columns of `fields`.
    pub(in crate::vault) fn for_each_record(
        &self,
        filter: &RecordFilter,
        fields: &[Field],
        mut visit: impl FnMut(&RecordCodes<'_>) -> Result<(), OperationError>,
    ) -> Result<(), OperationError> {
        self.scan(
            &self.plan(filter)?,
            fields,
            |_| true,
            |columns| {
                columns.open_with_users(self, fields)?;
                let mut rows = Vec::with_capacity(columns.selection().count());
                columns.selection().for_each(|row| rows.push(row));
                for row in rows {
                    let code = |field: Field| match fields.contains(&field) {
                        true => columns.code(field, row),
                        false => Ok(0),
                    };
                    let message_ref = match fields.contains(&Field::MessageRef) {
                        true => columns.message_ref(row),
                        false => None,
                    };
                    visit(&RecordCodes {
                        exhibit: columns.exhibit(),
                        row: columns.row(row) + 1,
                        number: code(Field::Number)?,
                        user: code(Field::User)?,
                        account: code(Field::Account)?,
                        carrier: code(Field::Carrier)?,
                        country: code(Field::Country)?,
                        state: code(Field::State)?,
                        kind: code(Field::Kind)?,
                        channel: code(Field::Channel)?,
                        sent_at: match fields.contains(&Field::SentAt) {
                            true => columns.seconds(row)?,
                            false => 0,
                        },
                        message_ref: message_ref.as_deref(),
                    })?;
                }
                Ok(Next::Block)
            },
        )
    }

    /// The subjects of the records kept, by number and account.
    pub(in crate::vault) fn subjects(
        &self,
        filter: &RecordFilter,
    ) -> Result<Vec<Subject>, OperationError> {
        const FIELDS: [Field; 4] = [Field::Number, Field::Account, Field::Kind, Field::SentAt];
        let mut found: HashMap<(u32, u32), Subject> = HashMap::new();
        self.for_each_record(filter, &FIELDS, |record| {
            let subject = found
                .entry((record.number, record.account))
                .or_insert_with(|| Subject {
                    number: record.number,
                    account: record.account,
                    messages: 0,
                    first: record.sent_at,
                    last: record.sent_at,
                    kinds: Vec::with_capacity(1),
                });
            subject.messages += 1;
            subject.first = subject.first.min(record.sent_at);
            subject.last = subject.last.max(record.sent_at);
            if let Err(place) = subject.kinds.binary_search(&record.kind) {
                subject.kinds.insert(place, record.kind);
            }
            Ok(())
        })?;
        let mut subjects: Vec<Subject> = found.into_values().collect();
        subjects.sort_unstable_by_key(|subject| (subject.number, subject.account));
        Ok(subjects)
    }
}
