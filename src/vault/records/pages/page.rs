//! Pages of masked records.
//!
//! The first page counts everything that the filter keeps and opens only the columns of the filter for that. The total
//! is then part of the cursor. A later page starts at the block where the page before it ended, and opens blocks until
//! it is full.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::cursor::{Asked, Cursor, Edition};
use super::order::Order;
use crate::domain::schema::PageCursor;
use crate::domain::{AccountName, Field, Moment};
use crate::vault::error::{Conflict, DataRefusal, OperationError};
use crate::vault::plaintext::{MaskedPhone, Nonce, SubjectToken};
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::block_place::{BlockAt, BlockPlace, RecordAt};
use crate::vault::records::scan::columns::Columns;
use crate::vault::records::scan::plan::Plan;
use crate::vault::records::scan::sealed_columns::SealedColumns;
use crate::vault::records::scan::walk::Next;
use crate::vault::records::scan::wanted_codes::UnknownValues;
use crate::vault::records::tables::searched::SearchedView;

/// Which page is asked for.
pub struct PageQuery<'q> {
    /// Which records are kept.
    pub filter: &'q RecordFilter,
    /// In which order they come.
    pub order: Order,
    /// 1 to 500; 100 if not given.
    pub limit: Option<u32>,
    /// Where to go on: the `next` of the page before, with the same filter and order.
    pub cursor: Option<&'q str>,
}

/// A page in the order asked for.
#[derive(Serialize, ToSchema)]
pub struct RecordPage {
    /// As many as the limit, fewer on the last page.
    pub records: Vec<RecordView>,
    /// The `cursor` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
    /// How many records the filter keeps, on all pages.
    pub total: u64,
    /// Values of the filter that the case does not have, by the filter's member.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, Vec<String>>, required = false)]
    pub unknown_values: UnknownValues,
    /// What was searched.
    pub basis: SearchedView,
}

/// A record without its number.
#[derive(Serialize, ToSchema)]
pub struct RecordView {
    /// Exhibit and row, counted from 1: `x_…:17`.
    pub record: String,
    /// The token of the number in this case.
    pub subject: SubjectToken,
    /// The number's calling code; no other digit is shown.
    pub number_masked: MaskedPhone,
    /// The customer account the message was sent for.
    pub account: String,
    /// As in the log.
    pub carrier: String,
    /// An alpha-2 code, or an empty text.
    pub country: String,
    /// As in the log.
    pub state: String,
    /// The state of the area code, if the number has one; not the state of residence.
    pub area_state: String,
    /// When it was sent.
    pub sent_at: Moment,
    /// The kind of message.
    pub kind: String,
    /// The way it was sent.
    pub channel: String,
}

/// The records of a page, before it has a cursor.
pub(in crate::vault::records) struct Gathered {
    pub(in crate::vault::records) total: u64,
    /// In the order of the page.
    pub(in crate::vault::records) records: Vec<RecordView>,
    /// Term numbers of the subjects on it.
    pub(in crate::vault::records) touched: Vec<u32>,
    /// The position of the last record, and what it is sorted by if pages are in the order of a column.
    pub(in crate::vault::records) last: Option<(i64, RecordAt)>,
}

impl PageQuery<'_> {
    /// How many records have room on the page.
    pub fn room(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT)
    }

    /// What is wrong with it, whatever the records are; a liaison asks for one account.
    pub fn check(&self, account: Option<&AccountName>) -> Result<(), OperationError> {
        if !(1..=MOST).contains(&self.room()) {
            let rule = format!("must be 1 to {MOST}");
            return Err(OperationError::invalid("limit", rule));
        }
        if self.cursor.is_some_and(|text| !Cursor::has_form(text)) {
            let rule = DataRefusal::OtherPage.rule();
            return Err(OperationError::invalid("cursor", rule));
        }
        self.filter.check(account)
    }
}

impl CaseRecords<'_> {
    /// A page, and the term numbers of the subjects on it. The nonce seals where the next one begins.
    pub(in crate::vault) fn page(
        &self,
        query: &PageQuery<'_>,
        nonce: Nonce,
    ) -> Result<(RecordPage, Vec<u32>), OperationError> {
        query.check(self.account())?;
        let limit = query.room();
        let count = |exhibits: usize| {
            u32::try_from(exhibits).map_err(|_| OperationError::Internal("page: exhibits"))
        };
        let edition = Edition {
            exhibits: count(self.exhibits.len())?,
            withdrawn: count(self.withdrawn.len())?,
        };
        let asked = Asked {
            filter: query.filter,
            order: query.order,
        };
        let cursor = match query.cursor {
            Some(text) => Some(Cursor::parse(text, self, &asked)?),
            None => None,
        };
        // Exhibits are added at the end; but if one was withdrawn, positions have changed.
        if cursor.is_some_and(|cursor| cursor.edition.withdrawn != edition.withdrawn) {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        let plan = self.plan(query.filter)?;
        let limit = limit as usize;
        let found = match query.order.field() {
            None => self.in_order(&plan, cursor.as_ref(), edition, limit)?,
            // A new exhibit may bring a value between two others.
            Some(field)
                if field != Field::SentAt
                    && cursor.is_some_and(|cursor| cursor.edition != edition) =>
            {
                return Err(OperationError::Conflict(Conflict::ResultChanged));
            }
            Some(field) => self.sorted(&plan, (query.order, field), cursor.as_ref(), limit)?,
        };
        let given = cursor.map_or(0, |cursor| cursor.given) + found.records.len() as u64;
        let next = match found.last {
            Some((key, last)) if given < found.total => {
                let next = Cursor {
                    key,
                    exhibit: count(last.exhibit)?,
                    row: last.row + 1,
                    given,
                    total: found.total,
                    edition,
                };
                Some(next.to_text(self, &asked, nonce)?)
            }
            _ => None,
        };
        let page = RecordPage {
            records: found.records,
            next,
            total: found.total,
            unknown_values: self.unknown_values(query.filter)?,
            basis: self.searched_view()?,
        };
        Ok((page, found.touched))
    }

    /// The page that begins at the cursor, ordered by exhibit and row.
    fn in_order(
        &self,
        plan: &Plan,
        cursor: Option<&Cursor>,
        edition: Edition,
        limit: usize,
    ) -> Result<Gathered, OperationError> {
        let (total, holding) = match cursor {
            Some(cursor) if cursor.edition == edition => (cursor.total, None),
            _ => self.count_kept(plan)?,
        };
        let first = RecordAt { exhibit: 0, row: 0 };
        let begin = cursor.map_or(first, Cursor::at);
        let wanted = |place: &BlockPlace<'_>| {
            let (at, holding) = (place.at(), holding.as_ref());
            at >= begin.block() && holding.is_none_or(|holding| holding.binary_search(&at).is_ok())
        };
        let mut found = Gathered {
            total,
            records: Vec::new(),
            touched: Vec::new(),
            last: None,
        };
        let mut masks = Masks::default();
        self.scan(plan, &SHOWN, wanted, |columns| {
            let place = *columns.place();
            let mut rows = Vec::new();
            let left = limit - found.records.len();
            columns.selection().for_each(|row| {
                if rows.len() < left && place.record(row) >= begin {
                    rows.push(row);
                }
            });
            if !rows.is_empty() {
                columns.open(&SHOWN)?;
            }
            for row in rows {
                let (view, number) = self.view(columns, row, &mut masks)?;
                found.records.push(view);
                found.touched.push(number);
                found.last = Some((0, place.record(row)));
            }
            Ok(match found.records.len() < limit {
                true => Next::Block,
                false => Next::Nothing,
            })
        })?;
        // A page that is not full is the last one.
        found.last = found.last.filter(|_| found.records.len() == limit);
        Ok(found)
    }

    /// How many records the plan keeps, and the blocks that have some; `None` stands for all blocks.
    fn count_kept(&self, plan: &Plan) -> Result<(u64, Option<Vec<BlockAt>>), OperationError> {
        if plan.keeps_everything() {
            let admitted = self.descriptions.iter().map(|one| one.admitted);
            return Ok((admitted.sum(), None));
        }
        let begin = || (0, Vec::new());
        let parts = self.fold(plan, &[], begin, |(total, holding), columns| {
            *total += columns.selection().count() as u64;
            holding.push(columns.place().at());
            Ok(())
        })?;
        let (mut total, mut holding) = begin();
        for (more, others) in parts {
            total += more;
            holding.extend(others);
        }
        holding.sort_unstable();
        Ok((total, Some(holding)))
    }

    /// The view of a record of a block whose columns are open, and its term number.
    pub(in crate::vault::records) fn view<S: SealedColumns>(
        &self,
        columns: &Columns<'_, S>,
        row: usize,
        masks: &mut Masks,
    ) -> Result<(RecordView, u32), OperationError> {
        let number = columns.code(Field::Number, row)?;
        let number_masked = match masks.0.get(&number) {
            Some(mask) => *mask,
            None => *masks.0.entry(number).or_insert(self.mask(number)?),
        };
        let value = |field| self.value(field, columns.code(field, row)?);
        let view = RecordView {
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
        };
        Ok((view, number))
    }
}

/// The masks of the numbers on one page; each number is opened once.
#[derive(Default)]
pub(in crate::vault::records) struct Masks(HashMap<u32, MaskedPhone>);

pub(in crate::vault::records) const SHOWN: [Field; 9] = [
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
