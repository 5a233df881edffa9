//! A chart of one dimension as SVG, made on the server: a mark for each value, which is a link that filters by it.
//!
//! Nothing is told by colour alone: each mark has its counts in words, and the largest have them beside it.

use jiff::civil::Date;

use super::tiles::{self, Tile};
use crate::console::count::grouped;
use crate::console::visit::Visit;
use crate::console::zone::Zone;
use crate::domain::may_hold_number;
use crate::vault::records::{Chart, Dimension, Shown, TableRow};

/// A chart as it is shown.
pub(super) struct ChartView {
    pub(super) by: &'static str,
    pub(super) title: &'static str,
    /// What it shows, in words.
    pub(super) about: String,
    /// What the values are and what they are not.
    pub(super) note: String,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Drawn in its own size: it is scrolled where it does not fit.
    pub(super) wide: bool,
    /// Whether a stretch of it can be chosen by dragging.
    pub(super) brush: bool,
    pub(super) marks: Vec<Mark>,
    /// Words without a mark: a scale, and how much was left out.
    pub(super) words: Vec<Words>,
    /// All values, as a table has them.
    pub(super) rows: Vec<Line>,
    /// How many rows the table leaves out.
    pub(super) more: usize,
    /// What a file of its own says under the chart, in lines; none on a page.
    pub(super) foot: Vec<String>,
}

/// One value.
#[derive(Default)]
pub(super) struct Mark {
    /// Its counts in words.
    pub(super) label: String,
    /// Where the filter by it is.
    pub(super) href: Option<String>,
    /// Whether the filter has it.
    pub(super) chosen: bool,
    /// Of a day: the moments it begins at and ends before.
    pub(super) stretch: Option<(String, String)>,
    pub(super) rects: Vec<Rect>,
    pub(super) words: Vec<Words>,
}

/// A rectangle.
pub(super) struct Rect {
    pub(super) class: &'static str,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// A text and where it begins, ends or has its middle.
pub(super) struct Words {
    pub(super) class: &'static str,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) text: String,
}

/// A row of the table.
pub(super) struct Line {
    pub(super) value: String,
    pub(super) numbers: String,
    pub(super) messages: String,
    pub(super) small: bool,
}

/// The counts of one value.
struct Counts<'t> {
    by: Dimension,
    value: &'t str,
    numbers: u64,
    messages: u64,
    small: bool,
}

/// The width of a chart that grows with its page.
const WIDTH: usize = 320;
/// Every mark is at least 24 high and wide, so that it can be hit.
const ROW: usize = 28;
const COLUMN: usize = 26;
/// How high the columns of days and hours are at most.
const PLOT: usize = 120;
/// The most bars of a chart; the table has all.
const BARS: usize = 12;
/// The most bars under a map.
const OUTSIDE: usize = 6;
/// The most days that are links, and the most that are drawn: a page stays small.
const LINKED: usize = 62;
const DRAWN: usize = 250;
/// The most rows of a table on the page.
const ROWS: usize = 52;

/// All charts of a table.
pub(super) fn charts(visit: &Visit, charts: &[Chart]) -> Vec<ChartView> {
    let zone = zone_of(visit);
    let days = charts.iter().find(|chart| chart.by == Dimension::Day);
    let only_day = days.and_then(|days| match days.rows.as_slice() {
        [one] => one.get(Dimension::Day)?.parse::<Date>().ok(),
        _ => None,
    });
    let view = |chart| view(visit, chart, &zone, only_day);
    charts.iter().map(view).collect()
}

/// The zone of days and hours in the address.
pub(super) fn zone_of(visit: &Visit) -> Zone {
    Zone::parse(visit.form.text("zone")).unwrap_or_default()
}

fn view(visit: &Visit, chart: &Chart, zone: &Zone, only_day: Option<Date>) -> ChartView {
    let counts: Vec<Counts<'_>> = chart
        .rows
        .iter()
        .map(|row| Counts::of(row, chart.by))
        .collect();
    let (title, note) = heading(chart.by);
    let note = match matches!(chart.by, Dimension::Day | Dimension::Hour | Dimension::Week) {
        true => format!("{note} Zone: {}.", zone.name()),
        false => note.to_owned(),
    };
    let mut view = ChartView {
        by: chart.by.as_str(),
        title,
        about: about(&counts),
        note,
        width: WIDTH,
        height: 0,
        wide: false,
        brush: false,
        marks: Vec::new(),
        words: Vec::new(),
        rows: counts.iter().take(ROWS).map(Line::of).collect(),
        more: counts.len().saturating_sub(ROWS),
        foot: Vec::new(),
    };
    match chart.by {
        Dimension::Day => view.days(visit, zone, &counts),
        Dimension::Hour => view.hours(visit, zone, &counts, only_day),
        Dimension::State | Dimension::AreaState => view.map(visit, chart.by, &counts),
        _ => view.bars(visit, &counts.iter().collect::<Vec<_>>(), BARS),
    }
    view
}

impl ChartView {
    fn days(&mut self, visit: &Visit, zone: &Zone, counts: &[Counts<'_>]) {
        let dated: Vec<(Date, &Counts<'_>)> = counts
            .iter()
            .filter_map(|one| Some((one.value.parse().ok()?, one)))
            .collect();
        let (Some((first, _)), Some((last, _))) = (dated.first(), dated.last()) else {
            return;
        };
        let all = std::iter::successors(Some(*first), |day| day.tomorrow().ok());
        let all: Vec<Date> = all.take_while(|day| day <= last).take(DRAWN + 1).collect();
        if all.len() > DRAWN {
            self.say(format!(
                "More than {DRAWN} days: choose a stretch, or read the table."
            ));
            return;
        }
        let linked = all.len() <= LINKED;
        let slots = all.iter().enumerate().map(|(at, day)| {
            let found = dated.iter().find(|(other, _)| other == day);
            let (from, to) = (zone.begins(*day, 0), day.tomorrow().ok());
            let to = to.and_then(|next| zone.begins(next, 0));
            let stretch = from.zip(to).filter(|_| linked);
            let stretch = stretch.map(|(from, to)| (from.to_string(), to.to_string()));
            let month = at == 0 || day.day() == 1;
            Slot {
                label: day.day().to_string(),
                below: month.then(|| day.strftime("%b %Y").to_string()),
                counts: found.map(|(_, counts)| *counts),
                stretch,
            }
        });
        let slots = slots.collect();
        self.columns(visit, slots);
        self.brush = linked;
    }

    /// Hours are links where one day is left, because then they are a stretch of time.
    fn hours(&mut self, visit: &Visit, zone: &Zone, counts: &[Counts<'_>], only_day: Option<Date>) {
        let slots = (0..24_i8).map(|hour| {
            let label = format!("{hour:02}");
            let stretch = only_day.and_then(|day| {
                let to = match hour {
                    23 => zone.begins(day.tomorrow().ok()?, 0)?,
                    _ => zone.begins(day, hour + 1)?,
                };
                let from = zone.begins(day, hour)?;
                (from < to).then(|| (from.to_string(), to.to_string()))
            });
            Slot {
                counts: counts.iter().find(|one| one.value == label),
                label,
                below: None,
                stretch,
            }
        });
        let slots = slots.collect();
        self.columns(visit, slots);
    }

    fn columns(&mut self, visit: &Visit, slots: Vec<Slot<'_>>) {
        const TOP: usize = 20;
        let counted = slots.iter().filter_map(|slot| slot.counts);
        let largest = counted.map(|counts| counts.messages).max().unwrap_or(0);
        (self.wide, self.width) = (true, (slots.len() * COLUMN).max(WIDTH));
        self.height = TOP + PLOT + 38;
        self.words.push(Words {
            class: "c-q",
            x: 0,
            y: 12,
            text: format!("highest: {} messages", grouped(largest)),
        });
        for (at, slot) in slots.into_iter().enumerate() {
            let x = at * COLUMN;
            let words = |class, y, text: &str| Words {
                class,
                x: if class == "c-q" {
                    x + 2
                } else {
                    x + COLUMN / 2
                },
                y: TOP + PLOT + y,
                text: text.to_owned(),
            };
            self.words.push(words("c-t c-mid", 15, &slot.label));
            if let Some(below) = &slot.below {
                self.words.push(words("c-q", 31, below));
            }
            let Some(counts) = slot.counts else { continue };
            let part = |class, count| {
                let height = scaled(count, largest, PLOT);
                Rect {
                    class,
                    x: x + 3,
                    y: TOP + PLOT - height,
                    width: COLUMN - 6,
                    height,
                }
            };
            let mut mark = Mark {
                label: counts.label(counts.value),
                rects: vec![
                    Rect {
                        class: "c-hit",
                        x,
                        y: TOP,
                        width: COLUMN,
                        height: PLOT + 18,
                    },
                    part("c-m", counts.messages),
                    part(counts.class(), counts.numbers),
                ],
                ..Mark::default()
            };
            if counts.small {
                mark.words.push(Words {
                    class: "c-q c-mid",
                    x: x + COLUMN / 2,
                    y: TOP + PLOT - scaled(counts.messages, largest, PLOT) - 3,
                    text: FEW.to_owned(),
                });
            }
            if let Some((from, to)) = &slot.stretch {
                let held = |name: &str| visit.form.text(name);
                mark.chosen = held("sent_from") == from && held("sent_to") == to;
                let (from, to) = match mark.chosen {
                    true => ("", ""),
                    false => (from.as_str(), to.as_str()),
                };
                mark.href = Some(relative(
                    visit,
                    visit.address_with(&[("sent_from", from), ("sent_to", to), ("cursor", "")]),
                ));
            }
            mark.stretch = slot.stretch;
            self.marks.push(mark);
        }
    }

    /// Bars below what is there already, the longest first.
    fn bars(&mut self, visit: &Visit, counts: &[&Counts<'_>], most: usize) {
        const LABEL: usize = 118;
        const COUNT: usize = 58;
        let mut sorted: Vec<&Counts<'_>> = counts.to_vec();
        sorted.sort_by_key(|counts| std::cmp::Reverse(counts.messages));
        let largest = sorted.first().map_or(0, |counts| counts.messages);
        for counts in sorted.iter().take(most) {
            let y = self.height;
            let room = WIDTH - LABEL - COUNT;
            let part = |class, count| Rect {
                class,
                x: LABEL,
                y: y + 5,
                width: scaled(count, largest, room),
                height: ROW - 10,
            };
            let mark = Mark {
                rects: vec![
                    Rect {
                        class: "c-hit",
                        x: 0,
                        y,
                        width: WIDTH,
                        height: ROW,
                    },
                    part("c-m", counts.messages),
                    part(counts.class(), counts.numbers),
                ],
                words: vec![
                    Words {
                        class: "c-t c-end",
                        x: LABEL - 6,
                        y: y + 18,
                        text: short(counts.name(), 17),
                    },
                    Words {
                        class: "c-t c-end",
                        x: WIDTH - 2,
                        y: y + 18,
                        text: format!("{}{}", grouped(counts.numbers), counts.few()),
                    },
                ],
                ..self.by_value(visit, &[counts.value], counts)
            };
            self.marks.push(mark);
            self.height += ROW;
        }
        if sorted.len() > most {
            let more = sorted.len() - most;
            self.say(format!("{more} more in the table."));
        }
    }

    /// The United States as a grid of squares, and what is no state of them as bars below.
    fn map(&mut self, visit: &Visit, by: Dimension, counts: &[Counts<'_>]) {
        let state = |counts: &Counts<'_>| match by {
            Dimension::AreaState => tiles::of_area(counts.value),
            _ => tiles::named(counts.value),
        };
        let mut outside = Vec::new();
        let mut inside: Vec<(&'static Tile, Vec<&Counts<'_>>)> = Vec::new();
        for one in counts {
            match state(one) {
                None => outside.push(one),
                Some(tile) => match inside.iter_mut().find(|(known, _)| known.code == tile.code) {
                    Some((_, spelt)) => spelt.push(one),
                    None => inside.push((tile, vec![one])),
                },
            }
        }
        if !inside.is_empty() {
            self.height = tiles::ROWS * tiles::STEP + 8;
            let sum = |spelt: &[&Counts<'_>]| spelt.iter().map(|one| one.numbers).sum::<u64>();
            let largest = inside.iter().map(|(_, spelt)| sum(spelt)).max();
            for tile in &tiles::ALL {
                let found = inside.iter().find(|(known, _)| known.code == tile.code);
                let spelt = found.map_or(&[][..], |(_, spelt)| spelt.as_slice());
                self.tile(visit, tile, spelt, largest.unwrap_or(0));
            }
        }
        if !outside.is_empty() {
            self.bars(visit, &outside, OUTSIDE);
        }
    }

    /// A state that the log spells in several ways has the distinct numbers of each way, which do not add up.
    fn tile(&mut self, visit: &Visit, tile: &Tile, spelt: &[&Counts<'_>], largest: u64) {
        let (x, y) = (tile.column * tiles::STEP, tile.row * tiles::STEP);
        let numbers = spelt.iter().map(|one| one.numbers).sum::<u64>();
        let all = Counts {
            by: Dimension::State,
            value: tile.code,
            numbers,
            messages: spelt.iter().map(|one| one.messages).sum(),
            small: spelt.len() == 1 && spelt.iter().all(|one| one.small),
        };
        let values: Vec<&str> = spelt.iter().map(|one| one.value).collect();
        let mut mark = match values.is_empty() {
            true => Mark::default(),
            false => self.by_value(visit, &values, &all),
        };
        mark.label = match values.as_slice() {
            [] => format!("{}: none", tile.name),
            [_] => format!("{}, {}", tile.name, mark.label),
            _ => format!("{}, at most {}", tile.name, mark.label),
        };
        mark.rects.push(Rect {
            class: tiles::shade(numbers, largest),
            x,
            y,
            width: tiles::SIDE,
            height: tiles::SIDE,
        });
        let middle = x + tiles::SIDE / 2;
        let word = |class, down, text| Words {
            class,
            x: middle,
            y: y + down,
            text,
        };
        let ink = tiles::ink(numbers, largest);
        mark.words.push(word(ink, 12, tile.code.to_owned()));
        if numbers > 0 {
            let count = format!("{}{}", abbreviated(numbers), all.few());
            mark.words
                .push(word(tiles::small_ink(numbers, largest), 23, count));
        }
        self.marks.push(mark);
    }

    /// A mark that adds these values to the filter, or takes them away.
    fn by_value(&self, visit: &Visit, values: &[&str], counts: &Counts<'_>) -> Mark {
        let held = |value: &&str| visit.form.all(self.by).any(|held| held == *value);
        let chosen = values.iter().any(held);
        // No address holds what reads as a phone number.
        let filled = values
            .iter()
            .all(|value| !value.is_empty() && !may_hold_number(value));
        let address = || visit.address_choosing(self.by, values, !chosen);
        let href = filled.then(|| relative(visit, address()));
        Mark {
            label: counts.label(counts.name()),
            href,
            chosen,
            ..Mark::default()
        }
    }

    fn say(&mut self, text: String) {
        self.words.push(Words {
            class: "c-q",
            x: 0,
            y: self.height + 16,
            text,
        });
        self.height += 24;
    }
}

/// The place of a day or an hour.
struct Slot<'t> {
    label: String,
    /// A second line, where a month begins.
    below: Option<String>,
    counts: Option<&'t Counts<'t>>,
    stretch: Option<(String, String)>,
}

impl<'t> Counts<'t> {
    fn of(row: &'t TableRow, by: Dimension) -> Self {
        Self {
            by,
            value: row.get(by).unwrap_or_default(),
            numbers: match row.numbers {
                Shown::Number(numbers) => numbers,
                Shown::Hidden(_) => 0,
            },
            messages: row.messages.unwrap_or_default(),
            small: row.small == Some(true),
        }
    }

    fn name(&self) -> &'t str {
        match self.value {
            "" => nothing_of(self.by),
            value => value,
        }
    }

    fn label(&self, name: &str) -> String {
        let (numbers, messages) = (grouped(self.numbers), grouped(self.messages));
        let few = if self.small {
            ", too few for others"
        } else {
            ""
        };
        format!("{name}: {numbers} numbers, {messages} messages{few}")
    }

    fn few(&self) -> &'static str {
        if self.small { FEW } else { "" }
    }

    fn class(&self) -> &'static str {
        if self.small { "c-n c-few" } else { "c-n" }
    }
}

impl Line {
    fn of(counts: &Counts<'_>) -> Self {
        Self {
            value: counts.name().to_owned(),
            numbers: grouped(counts.numbers),
            messages: grouped(counts.messages),
            small: counts.small,
        }
    }
}

/// What is said where there is no value: a state of the area code is not in the log anyway.
pub(super) fn nothing_of(by: Dimension) -> &'static str {
    match by {
        Dimension::AreaState => "none by area code",
        _ => "not in the log",
    }
}

/// What marks a count that is too small for others.
const FEW: &str = "†";

fn heading(by: Dimension) -> (&'static str, &'static str) {
    match by {
        Dimension::Day => ("By day", "When it was sent."),
        Dimension::Hour => ("By hour of the day", "When it was sent, all days together."),
        Dimension::Week => ("By week", "A week is named by its Monday."),
        Dimension::Country => ("By country", "As in the log, declared, or of the number."),
        Dimension::State => (
            "By state as in the log",
            "The text in the log, whatever the country: not of the area code, nor of residence.",
        ),
        Dimension::AreaState => (
            "By state of the area code",
            "Where the number was given out: not as in the log, nor of residence.",
        ),
        Dimension::Carrier => ("By carrier", "As in the log."),
        Dimension::Kind => ("By kind", "The kind of message."),
        Dimension::Account => ("By account", "The customer whose message it was."),
        Dimension::Channel => ("By channel", "The way it was sent."),
    }
}

fn about(counts: &[Counts<'_>]) -> String {
    let largest = counts.iter().max_by_key(|counts| counts.messages);
    match largest {
        None => "No record matches.".to_owned(),
        Some(largest) => format!(
            "Distinct numbers and messages of {} values. Most messages: {}.",
            counts.len(),
            largest.label(largest.name())
        ),
    }
}

/// A length of at most `room`; what is there at all can be seen.
fn scaled(count: u64, largest: u64, room: usize) -> usize {
    match count {
        0 => 0,
        _ => ((count as f64 / largest.max(1) as f64 * room as f64).round() as usize).max(1),
    }
}

fn short(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// In four characters.
fn abbreviated(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        1000..10_000 => format!("{}.{}k", number / 1000, number % 1000 / 100),
        10_000..1_000_000 => format!("{}k", number / 1000),
        _ => format!("{}M", number / 1_000_000),
    }
}

/// The address without the path of this very page, so that the page stays small.
fn relative(visit: &Visit, address: String) -> String {
    match address.strip_prefix(visit.path.as_str()) {
        Some(query) if query.starts_with('?') => query.to_owned(),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::form::Form;

    fn visit(query: &str) -> Visit {
        Visit {
            path: "/console/cases/x/scope".to_owned(),
            query: query.to_owned(),
            incomplete: false,
            ids: Default::default(),
            form: Form::parse(query.as_bytes()).unwrap(),
            person: None,
            rights: Default::default(),
            sitting: Default::default(),
            zone: Zone::default(),
            now: crate::domain::Moment::from_seconds(0),
            leaf: Default::default(),
            curl: None,
        }
    }

    fn row(by: Dimension, value: &str, numbers: u64) -> TableRow {
        let mut row = TableRow {
            numbers: Shown::Number(numbers),
            messages: Some(numbers * 2),
            small: Some(numbers < 8),
            ..TableRow::default()
        };
        match by {
            Dimension::Day => row.day = Some(value.to_owned()),
            Dimension::Hour => row.hour = Some(value.to_owned()),
            Dimension::State => row.state = Some(value.to_owned()),
            Dimension::AreaState => row.area_state = Some(value.to_owned()),
            _ => row.country = Some(value.to_owned()),
        }
        row
    }

    fn chart(by: Dimension, values: &[(&str, u64)]) -> Chart {
        Chart {
            by,
            rows: values
                .iter()
                .map(|(value, numbers)| row(by, value, *numbers))
                .collect(),
            rest: None,
        }
    }

    fn one(query: &str, chart: Chart) -> ChartView {
        charts(&visit(query), &[chart]).pop().unwrap()
    }

    #[test]
    fn a_bar_adds_its_value_to_the_filter_and_takes_a_chosen_one_away() {
        let view = one(
            "kind=sms&country=GB",
            chart(Dimension::Country, &[("", 3), ("GB", 40), ("US", 800)]),
        );
        let hrefs: Vec<Option<&str>> = view.marks.iter().map(|mark| mark.href.as_deref()).collect();
        assert_eq!(
            hrefs,
            [
                Some("?kind=sms&country=GB&country=US"),
                Some("?kind=sms"),
                None
            ]
        );
        let chosen: Vec<bool> = view.marks.iter().map(|mark| mark.chosen).collect();
        assert_eq!(chosen, [false, true, false]);
        assert_eq!(view.marks[0].label, "US: 800 numbers, 1,600 messages");
        assert_eq!(
            view.marks[2].label,
            "not in the log: 3 numbers, 6 messages, too few for others"
        );
        assert_eq!(view.marks[2].words[1].text, "3†");
        // The numbers are part of the messages, on one scale.
        let widths: Vec<usize> = view.marks[0].rects.iter().map(|one| one.width).collect();
        assert_eq!(widths, [320, 144, 72]);
    }

    #[test]
    fn a_day_is_a_stretch_in_the_zone_asked_for_and_a_day_without_messages_is_left_blank() {
        let days = [("2024-03-09", 10), ("2024-03-11", 20)];
        let view = one("zone=America/New_York", chart(Dimension::Day, &days));
        assert_eq!(view.marks.len(), 2);
        let href = view.marks[1].href.as_deref();
        let expected =
            "?zone=America/New_York&sent_from=2024-03-11T04:00:00Z&sent_to=2024-03-12T04:00:00Z";
        assert_eq!(href, Some(expected));
        let labels = view.words.iter().filter(|words| words.class == "c-t c-mid");
        let labels: Vec<&str> = labels.map(|words| words.text.as_str()).collect();
        assert_eq!(labels, ["9", "10", "11"]);
        assert!(view.brush && view.wide);
        let chosen = one(&expected[1..], chart(Dimension::Day, &days[1..]));
        assert_eq!(
            chosen.marks[0].href.as_deref(),
            Some("?zone=America/New_York")
        );
        assert!(chosen.marks[0].chosen);
    }

    #[test]
    fn hours_can_be_chosen_where_one_day_is_left() {
        let hours = || chart(Dimension::Hour, &[("09", 10), ("23", 20)]);
        assert!(
            one("", hours())
                .marks
                .iter()
                .all(|mark| mark.href.is_none())
        );
        let day = chart(Dimension::Day, &[("2024-03-09", 30)]);
        let all = charts(&visit(""), &[hours(), day]);
        let href = all[0].marks[1].href.as_deref();
        let expected = "?sent_from=2024-03-09T23:00:00Z&sent_to=2024-03-10T00:00:00Z";
        assert_eq!(href, Some(expected));
    }

    #[test]
    fn a_map_has_a_tile_for_each_state_and_bars_for_what_is_none() {
        let values = [("BY", 9), ("CA", 700), ("WA", 8), ("Washington", 5)];
        let view = one("", chart(Dimension::State, &values));
        assert_eq!(view.marks.len(), tiles::ALL.len() + 1);
        let label = |start: &str| {
            let found = view.marks.iter().find(|mark| mark.label.starts_with(start));
            found.map(|mark| (mark.label.as_str(), mark.href.as_deref()))
        };
        assert_eq!(
            label("California"),
            Some((
                "California, CA: 700 numbers, 1,400 messages",
                Some("?state=CA")
            ))
        );
        assert_eq!(
            label("Washington"),
            Some((
                "Washington, at most WA: 13 numbers, 26 messages",
                Some("?state=WA&state=Washington")
            ))
        );
        assert_eq!(label("Texas"), Some(("Texas: none", None)));
        assert_eq!(
            label("BY"),
            Some(("BY: 9 numbers, 18 messages", Some("?state=BY")))
        );
        let none = one("", chart(Dimension::AreaState, &[("", 9)]));
        assert_eq!(none.marks.len(), 1);
    }

    #[test]
    fn a_long_span_stays_a_small_page() {
        let day = |at: i32| {
            let day = jiff::civil::date(2023, 1, 1);
            day.checked_add(jiff::Span::new().days(at))
                .unwrap()
                .to_string()
        };
        let span = |days: i32| {
            let rows = (0..days)
                .map(|at| row(Dimension::Day, &day(at), 10))
                .collect();
            let by = Dimension::Day;
            one(
                "",
                Chart {
                    by,
                    rows,
                    rest: None,
                },
            )
        };
        assert_eq!(span(63).marks.len(), 63);
        assert!(span(63).marks.iter().all(|mark| mark.href.is_none()));
        assert_eq!(span(251).marks.len(), 0);
        assert_eq!((span(251).rows.len(), span(251).more), (52, 199));
    }

    #[test]
    fn counts_are_read_at_a_glance() {
        for (number, text) in [
            (999, "999"),
            (1250, "1.2k"),
            (12_500, "12k"),
            (2_400_000, "2M"),
        ] {
            assert_eq!(abbreviated(number), text);
        }
        assert_eq!(short("a carrier of a long name", 17), "a carrier of a l…");
    }
}
