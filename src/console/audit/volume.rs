//! `GET /console/audit/volume`: leaves by the hour, as a chart and as a table, with the hours outside work marked.

use std::fmt::Write as _;

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::domain::Moment;
use crate::operations::audit::CountLeaves;
use crate::vault::OperationError;
use crate::vault::scope::{HourView, VolumeView};

/// Leaves by the hour.
pub struct VolumePage;

#[derive(Template)]
#[template(path = "audit/volume.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    counted: Option<(VolumeView, Chart)>,
}

/// What is drawn: one bar an hour, from the first hour of the time to its last.
struct Chart {
    width: i64,
    /// The bars of usual hours and those of the others, each as one path.
    usual: String,
    off: String,
    /// Where days begin, and what they are called if there is room for it.
    days: Vec<(i64, String)>,
    /// The highest bar.
    most: u64,
}

const HOUR: i64 = 3600;
/// The height of the highest bar; the axis is below it.
const HEIGHT: i64 = 120;
/// From one bar to the next.
const STEP: i64 = 5;
/// A day gets its name every so many units.
const ROOM: i64 = 60;

impl Page for VolumePage {
    type Operation = CountLeaves;
    const FIELDS: &'static [Field] = &[
        Field::Optional("from"),
        Field::Optional("to"),
        Field::Optional("operator"),
        Field::Optional("case"),
        Field::Optional("object"),
        Field::Optional("action"),
        Field::Optional("outcome"),
    ];

    fn show(view: VolumeView, visit: &Visit) -> Result<Shown, OperationError> {
        let chart = Chart::of(&view).map_err(|_| OperationError::Internal("audit::volume"))?;
        Shown::page(&Shows {
            visit,
            refused: None,
            counted: Some((view, chart)),
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            refused: Some(refused),
            counted: None,
        }))
    }
}

impl Chart {
    fn of(view: &VolumeView) -> Result<Self, std::fmt::Error> {
        let first = view.from.seconds().div_euclid(HOUR);
        let end = view.to.seconds().div_euclid(HOUR) + 1;
        let most = view.hours.iter().map(|hour| hour.leaves).max();
        let most = most.unwrap_or(0);
        let (mut usual, mut off) = (String::new(), String::new());
        for hour in &view.hours {
            let x = (hour.hour.seconds().div_euclid(HOUR) - first) * STEP;
            let path = if hour.off_hours { &mut off } else { &mut usual };
            let height = height(hour, most);
            write!(path, "M{x} {HEIGHT}v-{height}h4v{height}z")?;
        }
        let midnights = (first..end).filter(|hour| hour.rem_euclid(24) == 0);
        let mut days = Vec::new();
        let mut room_from = 0;
        for hour in midnights {
            let x = (hour - first) * STEP;
            let name = match x >= room_from {
                true => {
                    room_from = x + ROOM;
                    let day = Moment::from_seconds(hour * HOUR).to_string();
                    day.get(5..10).unwrap_or_default().to_owned()
                }
                false => String::new(),
            };
            days.push((x, name));
        }
        Ok(Self {
            width: (end - first) * STEP,
            usual,
            off,
            days,
            most,
        })
    }
}

/// A bar that is there is at least two units high, so that it is seen.
fn height(hour: &HourView, most: u64) -> i64 {
    let share = hour.leaves * HEIGHT.unsigned_abs() / most.max(1);
    i64::try_from(share).unwrap_or(HEIGHT).max(2)
}

/// `2024-03-21 22:00`.
fn spelt(hour: &HourView) -> String {
    let hour = hour.hour.to_string().replace('T', " ");
    hour.get(..16).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::WorkHours;

    #[test]
    fn each_hour_has_its_bar_and_each_day_its_line() {
        let at = |text: &str| text.parse::<Moment>().unwrap();
        let hour = |text: &str, leaves, off_hours| HourView {
            hour: at(text),
            leaves,
            denied: 0,
            failed: 0,
            off_hours,
        };
        let chart = Chart::of(&VolumeView {
            from: at("2024-03-21T22:10:00Z"),
            to: at("2024-03-22T02:00:00Z"),
            hours: vec![
                hour("2024-03-21T22:00:00Z", 10, true),
                hour("2024-03-22T01:00:00Z", 1000, false),
            ],
            leaves: 1010,
            off_hours: 10,
            work_hours: WorkHours { from: 6, to: 20 },
            not_counted_before: None,
        })
        .unwrap();
        assert_eq!(chart.off, "M0 120v-2h4v2z");
        assert_eq!(chart.usual, "M15 120v-120h4v120z");
        assert_eq!(chart.days, [(10, "03-22".to_owned())]);
        assert_eq!((chart.width, chart.most), (25, 1000));
    }
}
