//! `GET /console/cases/{case}/scope.csv` and `.svg`: the counts of the same question as a file: all of them, or one
//! chart.
//!
//! It is the question of the page once more, so it is free in the same session while the case has the same exhibits.

use askama::Template;

use super::chart::{ChartView, charts};
use super::filter::chips;
use super::scope::{QUESTION, usual};
use crate::console::form::{Field, Form};
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::operations::record::{CountRecords, chart_csv_of, csv_of};
use crate::vault::OperationError;
use crate::vault::records::Table;

/// Counts as CSV.
pub struct ScopeCsv;
/// A chart as SVG.
pub struct ScopeSvg;

/// A chart that stands alone, with its own style.
#[derive(Template)]
#[template(path = "record/scope_file.html")]
struct Alone {
    chart: ChartView,
}

impl Page for ScopeCsv {
    type Operation = CountRecords;
    const FIELDS: &'static [Field] = QUESTION;

    fn usual(form: &Form) -> Vec<(&'static str, &'static str)> {
        usual(form)
    }

    fn show(table: Table, visit: &Visit) -> Result<Shown, OperationError> {
        let names = table.charts.iter().map(|chart| chart.by.as_str());
        let chart = part(visit, names)?.and_then(|at| table.charts.get(at));
        Ok(Shown::File {
            media: "text/csv; charset=utf-8",
            name: "scope.csv",
            bytes: match chart {
                Some(chart) => chart_csv_of(chart)?,
                None => csv_of(&table)?,
            },
        })
    }
}

impl Page for ScopeSvg {
    type Operation = CountRecords;
    const FIELDS: &'static [Field] = QUESTION;

    fn usual(form: &Form) -> Vec<(&'static str, &'static str)> {
        usual(form)
    }

    fn show(table: Table, visit: &Visit) -> Result<Shown, OperationError> {
        let mut all = charts(visit, &table.charts);
        if all.is_empty() {
            let rule = "must be left out: a table by it has no chart";
            return Err(OperationError::invalid("by", rule));
        }
        let at = part(visit, all.iter().map(|chart| chart.by))?;
        let mut chart = all.swap_remove(at.unwrap_or(0));
        chart.foot = vec![
            format!(
                "{} A bar is messages, its filled part distinct numbers.",
                chart.note
            ),
            basis(&table),
        ];
        chart.foot.extend(filter(visit));
        for mark in &mut chart.marks {
            mark.href = None;
        }
        Ok(Shown::File {
            media: "image/svg+xml",
            name: "scope.svg",
            bytes: Html::of(&Alone { chart })?.into_bytes(),
        })
    }
}

/// The place of the chart that is asked for by its name; nothing if none is named.
fn part<'a>(
    visit: &Visit,
    mut names: impl Iterator<Item = &'a str>,
) -> Result<Option<usize>, OperationError> {
    match visit.form.text("part") {
        "" => Ok(None),
        named => {
            let at = names.position(|name| name == named);
            let rule = "must be left out, or name a chart of these counts";
            at.map(Some)
                .ok_or_else(|| OperationError::invalid("part", rule))
        }
    }
}

/// The filter in words, in a line that fits.
fn filter(visit: &Visit) -> Option<String> {
    const FITS: usize = 90;
    let chips = chips(visit);
    let all: Vec<String> = chips
        .iter()
        .map(|chip| format!("{}: {}", chip.name, chip.value))
        .collect();
    let text = format!("Filter: {}", all.join("; "));
    let fits = text.chars().count() <= FITS;
    match all.len() {
        0 => None,
        _ if fits => Some(text),
        parts => Some(format!("Filter: {parts} values")),
    }
}

fn basis(table: &Table) -> String {
    let searched = &table.basis.searched;
    let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
    let span = searched.span.as_ref().map(|span| {
        let (first, last) = (day(&span.first), day(&span.last));
        format!(", {first} to {last}")
    });
    format!(
        "Exact, for the team alone. Exhibits: {}{}. In quarantine: {}.",
        searched.exhibits,
        span.unwrap_or_default(),
        word(&searched.quarantined)
    )
}
