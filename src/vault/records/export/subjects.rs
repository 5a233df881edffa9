//! The records that a filter keeps, for exports: one by one, or counted by subject.

use std::sync::{Mutex, PoisonError};

use crate::domain::{ExhibitId, Field};
use crate::vault::columns::Codes;
use crate::vault::error::OperationError;
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::columns::Columns;
use crate::vault::records::scan::sealed_columns::SealedColumns;
use crate::vault::records::scan::walk::Next;

/// A record as codes. Members whose field was not asked for are 0 or `None`.
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
    /// Term numbers of the users, rising.
    pub(in crate::vault) users: Vec<u32>,
}

/// The subjects counted so far.
struct Subjects {
    all: Vec<Tally>,
    /// For each number, its subject that was counted last.
    latest: Vec<u32>,
    /// Kinds and users that a tally has no room for, with the position of the tally. Some occur more than once.
    more_kinds: Vec<(u32, u32)>,
    more_users: Vec<(u32, u32)>,
}

/// A subject while its records are counted. It is small, because records come in any order and caches should hold many.
struct Tally {
    number: u32,
    account: u32,
    messages: u64,
    first: i64,
    last: i64,
    /// A bit for each kind whose code is below 64.
    kinds: u64,
    /// The user of the first record that has one, or 0.
    user: u32,
    /// The subject of the same number that was found before this one.
    before: u32,
}

impl CaseRecords<'_> {
    /// Calls `visit` with each record that the filter keeps, in the order of exhibits and rows. Opens only the columns
    /// of `fields`.
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
                columns.open(fields)?;
                for_each_kept(columns, fields, &mut visit)?;
                Ok(Next::Block)
            },
        )
    }

    /// The subjects of the records that the filter keeps, ordered by number and account.
    pub(in crate::vault) fn subjects(
        &self,
        filter: &RecordFilter,
    ) -> Result<Vec<Subject>, OperationError> {
        const FIELDS: [Field; 5] = [
            Field::Number,
            Field::Account,
            Field::Kind,
            Field::SentAt,
            Field::User,
        ];
        // Shared by all threads: one counts while others open their blocks. The order of the blocks does not matter.
        let found = Mutex::new(Subjects {
            all: Vec::new(),
            latest: vec![NONE; self.case.numbers as usize + 1],
            more_kinds: Vec::new(),
            more_users: Vec::new(),
        });
        self.fold(
            &self.plan(filter)?,
            &FIELDS,
            || (),
            |(), columns| {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                for_each_kept(columns, &FIELDS, |record| {
                    let unknown = OperationError::Internal("a number beyond those of the case");
                    found.count(record).ok_or(unknown)
                })
            },
        )?;
        let found = found.into_inner();
        Ok(found.unwrap_or_else(PoisonError::into_inner).finish())
    }
}

/// Calls `visit` with each selected record of a block, whose columns of `fields` are open.
fn for_each_kept<S: SealedColumns>(
    columns: &Columns<'_, S>,
    fields: &[Field],
    mut visit: impl FnMut(&RecordCodes<'_>) -> Result<(), OperationError>,
) -> Result<(), OperationError> {
    // An open column has a value for every row.
    let open = |field: Field| match fields.contains(&field) {
        true => columns.codes(field).map(Codes::as_slice),
        false => Ok(&[][..]),
    };
    let [
        number,
        user,
        account,
        carrier,
        country,
        state,
        kind,
        channel,
    ] = [
        open(Field::Number)?,
        open(Field::User)?,
        open(Field::Account)?,
        open(Field::Carrier)?,
        open(Field::Country)?,
        open(Field::State)?,
        open(Field::Kind)?,
        open(Field::Channel)?,
    ];
    let timed = fields.contains(&Field::SentAt);
    let of = |codes: &[u32], row: usize| codes.get(row).copied().unwrap_or(0);
    let mut rows = Vec::with_capacity(columns.selection().count());
    columns.selection().for_each(|row| rows.push(row));
    for row in rows {
        visit(&RecordCodes {
            exhibit: columns.exhibit(),
            row: columns.row(row) + 1,
            number: of(number, row),
            user: of(user, row),
            account: of(account, row),
            carrier: of(carrier, row),
            country: of(country, row),
            state: of(state, row),
            kind: of(kind, row),
            channel: of(channel, row),
            sent_at: match timed {
                true => columns.seconds(row)?,
                false => 0,
            },
            message_ref: columns.message_ref(row).as_deref(),
        })?;
    }
    Ok(())
}

impl Subjects {
    /// `None` if the case has no such number.
    fn count(&mut self, record: &RecordCodes<'_>) -> Option<()> {
        let at = self.place(record)?;
        let tally = self.all.get_mut(at as usize)?;
        tally.messages += 1;
        tally.first = tally.first.min(record.sent_at);
        tally.last = tally.last.max(record.sent_at);
        match 1_u64.checked_shl(record.kind) {
            Some(bit) => tally.kinds |= bit,
            None => self.more_kinds.push((at, record.kind)),
        }
        if tally.user == 0 {
            tally.user = record.user;
        } else if record.user != 0 && record.user != tally.user {
            self.more_users.push((at, record.user));
        }
        Some(())
    }

    /// The position of a record's subject; adds the subject if it is new.
    fn place(&mut self, record: &RecordCodes<'_>) -> Option<u32> {
        let latest = self.latest.get_mut(record.number as usize)?;
        let mut at = *latest;
        while let Some(tally) = self.all.get(at as usize) {
            if tally.account == record.account {
                return Some(at);
            }
            at = tally.before;
        }
        let new = u32::try_from(self.all.len()).ok()?;
        self.all.push(Tally {
            number: record.number,
            account: record.account,
            messages: 0,
            first: record.sent_at,
            last: record.sent_at,
            kinds: 0,
            user: 0,
            before: std::mem::replace(latest, new),
        });
        Some(new)
    }

    /// Ordered by number and account.
    fn finish(self) -> Vec<Subject> {
        let subject = |tally: &Tally| Subject {
            number: tally.number,
            account: tally.account,
            messages: tally.messages,
            first: tally.first,
            last: tally.last,
            kinds: (0..64)
                .filter(|kind| tally.kinds >> kind & 1 == 1)
                .collect(),
            users: Some(tally.user)
                .filter(|user| *user != 0)
                .into_iter()
                .collect(),
        };
        let mut subjects: Vec<Subject> = self.all.iter().map(subject).collect();
        for (at, kind) in self.more_kinds {
            if let Some(subject) = subjects.get_mut(at as usize) {
                note(&mut subject.kinds, kind);
            }
        }
        for (at, user) in self.more_users {
            if let Some(subject) = subjects.get_mut(at as usize) {
                note(&mut subject.users, user);
            }
        }
        subjects.sort_unstable_by_key(|subject| (subject.number, subject.account));
        subjects
    }
}

/// Inserts a code into an ascending list.
fn note(codes: &mut Vec<u32>, code: u32) {
    if let Err(place) = codes.binary_search(&code) {
        codes.insert(place, code);
    }
}

const NONE: u32 = u32::MAX;
