//! Exact tables of messages and distinct numbers, for the team.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::dimension::Dimension;
use super::grouping::{Axes, Cell, Grouping};
use super::local_time::{LocalTime, zone_of};
use super::rounding::{Rule, Shown};
use super::searched::SearchedView;
use super::together::{Together, TogetherCounts};
use crate::domain::{AccountName, ExhibitId, Field, area_code};
use crate::vault::columns::{DistinctBudget, count_by};
use crate::vault::error::OperationError;
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::scan::wanted_codes::UnknownValues;

/// Which table is asked for.
pub struct TableQuery {
    /// Up to four dimensions, each once: one table by all of them.
    pub by: Vec<Dimension>,
    /// One table for each of these dimensions, from the same scan. Not together with `by`.
    pub charts: Vec<Dimension>,
    /// Which records are counted.
    pub filter: RecordFilter,
    /// An IANA zone for days, weeks and hours; `None` for UTC.
    pub zone: Option<String>,
    /// Show only so many rows, those with the most messages.
    pub top: Option<u32>,
}

/// Counts of messages and distinct numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Table {
    /// The dimensions that the rows are counted by.
    #[schema(value_type = Vec<String>)]
    pub by: Vec<Dimension>,
    /// Ordered by their values; with `top`, those with the most messages first. None where `charts` were asked for.
    pub rows: Vec<TableRow>,
    /// For each dimension of `charts`, in their order, a table by it alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub charts: Vec<Chart>,
    /// The counts of the whole table.
    pub totals: Totals,
    /// What `top` left out, if it left anything out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rest: Option<Rest>,
    /// Values of the filter that the case does not have, by the filter's member. To a liaison those that no public
    /// list of countries and states has.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, Vec<String>>, required = false)]
    pub unknown_values: UnknownValues,
    /// How a protected table is rounded: by the rule that it was first given out with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Rule, required = false)]
    pub rule: Option<Rule>,
    /// What the counts are based on.
    pub basis: BasisView,
}

/// A table by one dimension, beside others that were counted in the same scan.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chart {
    /// The dimension.
    #[schema(value_type = String)]
    pub by: Dimension,
    /// Ordered by their values; with `top`, those with the most messages first.
    pub rows: Vec<TableRow>,
    /// What `top` left out, if it left anything out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rest: Option<Rest>,
}

/// A cell that is not empty. It has the dimensions that were asked for. A value that the log does not have is an empty
/// text.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TableRow {
    /// An alpha-2 code. In a protected table also the country of a state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub country: Option<String>,
    /// The state as in the log; in a protected table with its country, such as `US-WA`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub state: Option<String>,
    /// The state of the area code, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub area_state: Option<String>,
    /// In a protected table, the name of the place: `Washington, United States`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// The carrier as in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub carrier: Option<String>,
    /// The kind of message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kind: Option<String>,
    /// The customer account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub account: Option<String>,
    /// The way the messages were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub channel: Option<String>,
    /// The day in the zone asked for: `2024-03-21`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub day: Option<String>,
    /// The hour of the day in the zone asked for: `00` to `23`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hour: Option<String>,
    /// The week in the zone asked for, named by its Monday: `2024-03-18`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub week: Option<String>,
    /// Left out of a protected table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub messages: Option<u64>,
    /// Distinct numbers.
    pub numbers: Shown,
    /// Fewer numbers than may be told to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub small: Option<bool>,
}

/// The counts of a whole table.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Totals {
    /// Left out of a protected table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub messages: Option<u64>,
    /// Distinct in the whole table: a number in two cells counts once.
    pub numbers: Shown,
}

/// What `top` left out. Its distinct numbers are not given, because they do not add up.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rest {
    /// How many rows were left out.
    pub rows: u64,
    /// How many messages these have.
    pub messages: u64,
}

/// What the counts are based on.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BasisView {
    /// What was searched.
    #[serde(flatten)]
    pub searched: SearchedView,
    /// Always `as in log`: neither the state of the area code nor that of residence.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// The table of area codes that was used, and a note that it does not say where somebody lives.
    pub area_state: String,
    /// For how many messages the country is in the record, was declared, or follows from the number. Left out of a
    /// protected table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub country: Option<BTreeMap<String, u64>>,
    /// The exhibits that were searched. Left out for a liaison, who must not learn about other exhibits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<ExhibitId>, required = false)]
    pub exhibit_ids: Option<Vec<String>>,
    /// Identifies this set of exhibits: tables with equal editions count the same records.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub edition: Option<String>,
}

/// The result of a count, before codes become values.
pub(in crate::vault::records) struct Counted {
    pub(in crate::vault::records) cells: Vec<Cell>,
    pub(in crate::vault::records) numbers: u64,
}

/// The results of several counts in one scan.
struct CountedEach {
    /// The cells of each count.
    tables: Vec<Vec<Cell>>,
    messages: u64,
    numbers: u64,
    country_basis: Vec<u64>,
}

/// The counts of one thread.
struct PartialTables {
    together: Option<TogetherCounts>,
    /// Of the tables that are counted by themselves.
    groupings: Vec<Grouping>,
    messages: u64,
    country_basis: Vec<u64>,
}

impl TableQuery {
    fn zone(&self) -> &str {
        self.zone.as_deref().unwrap_or("UTC")
    }

    /// What is wrong with it, whatever the records are; a liaison asks for one account.
    pub fn check(&self, account: Option<&AccountName>) -> Result<(), OperationError> {
        if self.by.len() > MOST_DIMENSIONS {
            let rule = format!("must name at most {MOST_DIMENSIONS} dimensions");
            return Err(OperationError::invalid("by", rule));
        }
        if !self.by.is_empty() && !self.charts.is_empty() {
            let rule = "must be left out where `by` is given";
            return Err(OperationError::invalid("charts", rule));
        }
        for (member, dimensions) in [("by", &self.by), ("charts", &self.charts)] {
            let twice = |(at, one)| dimensions.iter().take(at).any(|other| other == one);
            if let Some(at) = dimensions.iter().enumerate().position(twice) {
                let rule = "must name a dimension once";
                return Err(OperationError::invalid(format!("{member}[{at}]"), rule));
            }
        }
        if self.top == Some(0) {
            return Err(OperationError::invalid("top", "must be 1 or more"));
        }
        zone_of(self.zone())?;
        self.filter.check(account)
    }
}

impl CaseRecords<'_> {
    pub(in crate::vault) fn table(
        &self,
        query: &TableQuery,
        threshold: u64,
    ) -> Result<Table, OperationError> {
        query.check(self.account())?;
        let each: Vec<&[Dimension]> = match query.charts.is_empty() {
            true => vec![&query.by],
            false => query.charts.chunks(1).collect(),
        };
        let counted = self.count_each(&each, &query.filter, query.zone(), false)?;
        let mut charts = Vec::with_capacity(each.len());
        for (by, mut cells) in each.into_iter().zip(counted.tables) {
            cells.sort_by(|a, b| a.values.cmp(&b.values));
            let top = query.top.map(|top| top as usize);
            let rest = top.and_then(|top| keep_top(&mut cells, top));
            charts.push((by, rows(by, cells, threshold), rest));
        }
        let (mut rows, mut rest) = (Vec::new(), None);
        if query.charts.is_empty()
            && let Some((_, all, left_out)) = charts.pop()
        {
            (rows, rest) = (all, left_out);
        }
        let chart = |(by, rows, rest): (&[Dimension], _, _)| {
            let by = by.first().copied()?;
            Some(Chart { by, rows, rest })
        };
        Ok(Table {
            by: query.by.clone(),
            rows,
            charts: charts.into_iter().filter_map(chart).collect(),
            totals: Totals {
                messages: Some(counted.messages),
                numbers: Shown::Number(counted.numbers),
            },
            rest,
            unknown_values: self.unknown_values(&query.filter)?,
            rule: None,
            basis: self.basis(Some(&counted.country_basis), self.searched_view()?)?,
        })
    }

    /// Counts everything by these dimensions, in UTC, for a protected table. In its country a state is one cell,
    /// however the log writes it.
    pub(in crate::vault::records) fn count_all(
        &self,
        by: &[Dimension],
    ) -> Result<Counted, OperationError> {
        let one_state = by.contains(&Dimension::State) && by.contains(&Dimension::Country);
        let counted = self.count_each(&[by], &RecordFilter::default(), "UTC", one_state)?;
        Ok(Counted {
            cells: counted.tables.into_iter().flatten().collect(),
            numbers: counted.numbers,
        })
    }

    /// Counts by each of these lists of dimensions, of which there is at least one, in one scan.
    fn count_each(
        &self,
        each: &[&[Dimension]],
        filter: &RecordFilter,
        zone: &str,
        one_state: bool,
    ) -> Result<CountedEach, OperationError> {
        let first = self.descriptions.iter().filter_map(|one| one.first).min();
        let last = self.descriptions.iter().filter_map(|one| one.last).max();
        let bounds = (first.unwrap_or(0), last.unwrap_or(0));
        let time = LocalTime::of(zone, bounds.0, bounds.1)?;
        let budget = DistinctBudget::of(self.table_bytes).share(each.len());
        let mut all_axes = Vec::with_capacity(each.len());
        let mut fields = vec![Field::Number, Field::CountryBasis];
        for by in each {
            let mut axes = Axes::new(self, by, &time, bounds, &budget)?;
            if one_state {
                axes = axes.with_one_state(self)?;
            }
            fields.extend(axes.fields());
            all_axes.push(axes);
        }
        let bases = self.dictionary(Field::CountryBasis)?.size() as usize;
        let (together, is_together) = Together::of(&all_axes, &budget);
        let alone = all_axes.iter().zip(&is_together);
        let alone = alone.filter_map(|(axes, together)| (!together).then_some(axes));
        let alone: Vec<&Axes> = alone.collect();
        let begin = || PartialTables {
            together: together.as_ref().map(Together::begin),
            groupings: alone.iter().map(|axes| Grouping::new(axes)).collect(),
            messages: 0,
            country_basis: vec![0; bases],
        };
        let parts = self.fold(&self.plan(filter)?, &fields, begin, |part, columns| {
            let selection = columns.selection();
            part.messages += selection.count() as u64;
            let basis = columns.codes(Field::CountryBasis)?;
            count_by(basis, selection, &mut part.country_basis)
                .map_err(|_| columns.damaged(Field::CountryBasis))?;
            if let (Some(together), Some(counts)) = (&together, &mut part.together) {
                together.add(counts, columns, &time)?;
            }
            for (grouping, axes) in part.groupings.iter_mut().zip(&alone) {
                grouping.add(axes, columns, &time)?;
            }
            Ok(())
        })?;
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_else(begin);
        let mut of_together: Vec<TogetherCounts> = all.together.take().into_iter().collect();
        for part in parts {
            all.messages += part.messages;
            of_together.extend(part.together);
            for (count, more) in all.country_basis.iter_mut().zip(part.country_basis) {
                *count += more;
            }
            for (grouping, more) in all.groupings.iter_mut().zip(part.groupings) {
                grouping.merge(more)?;
            }
        }
        // Each of them has counted all records.
        let mut numbers = all.groupings.first().map_or(0, Grouping::numbers);
        let mut tables_together = Vec::new().into_iter();
        if let Some(together) = &together {
            let (tables, seen) = together.finish(of_together, self)?;
            (tables_together, numbers) = (tables.into_iter(), seen);
        }
        let mut groupings = all.groupings.into_iter().zip(&alone);
        let mut tables = Vec::with_capacity(all_axes.len());
        for together in is_together {
            let next = match together {
                true => tables_together.next(),
                false => match groupings.next() {
                    Some((grouping, axes)) => Some(grouping.finish(axes, self)?),
                    None => None,
                },
            };
            tables.push(next.unwrap_or_default());
        }
        Ok(CountedEach {
            tables,
            messages: all.messages,
            numbers,
            country_basis: all.country_basis,
        })
    }

    pub(in crate::vault::records) fn basis(
        &self,
        country: Option<&[u64]>,
        searched: SearchedView,
    ) -> Result<BasisView, OperationError> {
        let country = match country {
            Some(counts) => {
                let mut named = BTreeMap::new();
                for (code, count) in (0..).zip(counts) {
                    if *count > 0 {
                        named.insert(self.value(Field::CountryBasis, code)?, *count);
                    }
                }
                Some(named)
            }
            None => None,
        };
        let told = self.account().is_none();
        Ok(BasisView {
            searched,
            state: "as in log",
            area_state: format!(
                "from area code, table {}; not the state of residence",
                area_code::VERSION
            ),
            country,
            exhibit_ids: told.then(|| self.exhibits.iter().map(|row| row.id.to_string()).collect()),
            edition: told.then(|| STANDARD.encode(self.edition())),
        })
    }
}

fn rows(by: &[Dimension], cells: Vec<Cell>, threshold: u64) -> Vec<TableRow> {
    let row = |cell: Cell| {
        let mut row = TableRow {
            messages: Some(cell.messages),
            numbers: Shown::Number(cell.numbers),
            small: Some(cell.numbers < threshold),
            ..TableRow::default()
        };
        for (dimension, value) in by.iter().zip(cell.values) {
            row.set(*dimension, value);
        }
        row
    };
    cells.into_iter().map(row).collect()
}

fn keep_top(cells: &mut Vec<Cell>, top: usize) -> Option<Rest> {
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.messages));
    let left_out = cells.get(top..)?;
    let rest = Rest {
        rows: left_out.len() as u64,
        messages: left_out.iter().map(|cell| cell.messages).sum(),
    };
    cells.truncate(top);
    (rest.rows > 0).then_some(rest)
}

impl TableRow {
    /// The value of a dimension, if the table is by it.
    pub fn get(&self, dimension: Dimension) -> Option<&str> {
        let member = match dimension {
            Dimension::Country => &self.country,
            Dimension::State => &self.state,
            Dimension::AreaState => &self.area_state,
            Dimension::Carrier => &self.carrier,
            Dimension::Kind => &self.kind,
            Dimension::Account => &self.account,
            Dimension::Channel => &self.channel,
            Dimension::Day => &self.day,
            Dimension::Hour => &self.hour,
            Dimension::Week => &self.week,
        };
        member.as_deref()
    }

    pub(in crate::vault::records) fn set(&mut self, dimension: Dimension, value: String) {
        let member = match dimension {
            Dimension::Country => &mut self.country,
            Dimension::State => &mut self.state,
            Dimension::AreaState => &mut self.area_state,
            Dimension::Carrier => &mut self.carrier,
            Dimension::Kind => &mut self.kind,
            Dimension::Account => &mut self.account,
            Dimension::Channel => &mut self.channel,
            Dimension::Day => &mut self.day,
            Dimension::Hour => &mut self.hour,
            Dimension::Week => &mut self.week,
        };
        *member = Some(value);
    }
}

const MOST_DIMENSIONS: usize = 4;
