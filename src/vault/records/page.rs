//! Records one by one, masked, a page at a time.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::columns::Columns;
use super::cursor::Cursor;
use super::filter::RecordFilter;
use super::opened::CaseRecords;
use crate::domain::{Field, Moment};
use crate::vault::operation::{Conflict, OperationError};
use crate::vault::plaintext::{MaskedPhone, SubjectToken};

pub(in crate::vault) struct PageQuery<'q> {
    pub(in crate::vault) filter: &'q RecordFilter,
    /// 1 to 500; 100 if not given.
    pub(in crate::vault) limit: Option<u32>,
    pub(in crate::vault) cursor: Option<&'q str>,
}

/// Records in the order of exhibits and of rows in them.
#[derive(Serialize, ToSchema)]
pub struct RecordPage {
    pub records: Vec<RecordView>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// How many records the filter keeps in all.
    pub total: u64,
}

/// A record without its number.
#[derive(Serialize, ToSchema)]
pub struct RecordView {
    /// Exhibit and row in it, counted from 1: `x_…:17`.
    pub record: String,
    #[schema(value_type = String)]
    pub subject: SubjectToken,
    #[schema(value_type = String)]
    pub number_masked: MaskedPhone,
    pub account: String,
    pub carrier: String,
    pub country: String,
    /// As the log says it.
    pub state: String,
    /// Of the number's area code, where it has one; not the state of residence.
    pub area_state: String,
    #[schema(value_type = String)]
    pub sent_at: Moment,
    pub kind: String,
    pub channel: String,
}

impl CaseRecords<'_> {
    /// A page, and the term numbers of the subjects on it.
    pub(in crate::vault) fn page(
        &self,
        query: &PageQuery<'_>,
    ) -> Result<(RecordPage, Vec<u32>), OperationError> {
        let limit = query.limit.unwrap_or(DEFAULT);
        if !(1..=MOST).contains(&limit) {
            let rule = format!("must be 1 to {MOST}");
            return Err(OperationError::invalid("limit", rule));
        }
        let withdrawn =
            u32::try_from(self.withdrawn.len()).map_err(|_| OperationError::Internal("page"))?;
        let begin = match query.cursor {
            Some(text) => Cursor::parse(text, query.filter)?,
            None => Cursor {
                exhibit: 0,
                row: 0,
                withdrawn,
            },
        };
        if begin.withdrawn != withdrawn {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        let begin = (begin.exhibit as usize, begin.row);
        let mut page = RecordPage {
            records: Vec::new(),
            next: None,
            total: 0,
        };
        let (mut masks, mut touched) = (HashMap::new(), Vec::new());
        let mut next = None;
        self.scan(&self.plan(query.filter)?, |columns| {
            page.total += columns.selection().count() as u64;
            let exhibit = columns.exhibit_position();
            let left = limit as usize - page.records.len();
            let mut rows = Vec::new();
            columns.selection().for_each(|row| {
                let at = (exhibit, columns.row(row));
                if at < begin || next.is_some() {
                    return;
                }
                if rows.len() < left {
                    rows.push(row);
                } else {
                    next = Some(at);
                }
            });
            if !rows.is_empty() {
                columns.open(&SHOWN)?;
            }
            for row in rows {
                let number = columns.code(Field::Number, row)?;
                let mask = match masks.get(&number) {
                    Some(mask) => *mask,
                    None => *masks.entry(number).or_insert(self.mask(number)?),
                };
                touched.push(number);
                page.records.push(self.view(columns, row, number, mask)?);
            }
            Ok(())
        })?;
        if let Some((exhibit, row)) = next {
            let exhibit = u32::try_from(exhibit).map_err(|_| OperationError::Internal("page"))?;
            let next = Cursor {
                exhibit,
                row,
                withdrawn,
            };
            page.next = Some(next.to_text(query.filter)?);
        }
        Ok((page, touched))
    }

    fn view(
        &self,
        columns: &Columns<'_>,
        row: usize,
        number: u32,
        number_masked: MaskedPhone,
    ) -> Result<RecordView, OperationError> {
        let value = |field| self.value(field, columns.code(field, row)?);
        Ok(RecordView {
            record: format!("{}:{}", columns.exhibit(), columns.row(row) + 1),
            subject: self.token(number),
            number_masked,
            account: value(Field::Account)?,
            carrier: value(Field::Carrier)?,
            country: value(Field::Country)?,
            state: value(Field::State)?,
            area_state: value(Field::AreaState)?,
            sent_at: Moment::from_seconds(columns.seconds(row)?),
            kind: value(Field::Kind)?,
            channel: value(Field::Channel)?,
        })
    }
}

const SHOWN: [Field; 9] = [
    Field::Number,
    Field::Account,
    Field::Carrier,
    Field::Country,
    Field::State,
    Field::AreaState,
    Field::SentAt,
    Field::Kind,
    Field::Channel,
];

const DEFAULT: u32 = 100;
const MOST: u32 = 500;
