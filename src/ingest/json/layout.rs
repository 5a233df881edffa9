//! Where the records of a JSON file are, as its beginning shows: behind other text or not, in
//! lists or not, inside other objects or not.
//!
//! It is found by trying: the first place is taken whose records fit a format. Nothing but names
//! is kept.

use std::io::Read;

use serde::de::IgnoredAny;

use super::enclosure::Descent;
use super::inside::{self, Inside};
use super::line::{first_object, json_in_line};
use super::look::{fields_of, has_two, paths_of};
use super::members::object;
use super::numbers::plain_numbers;
use super::stream::JsonStream;
use super::wanted::Wanted;
use crate::ingest::column_name::ShownName;
use crate::ingest::formats::shape::Shape;

/// Where the records of a file are.
#[derive(Clone)]
pub(in crate::ingest) struct Layout {
    pub(super) prefixed: bool,
    pub(super) descent: Descent,
    pub(super) inside: Inside,
}

/// What was found out by trying.
pub(in crate::ingest) struct Tried {
    pub(in crate::ingest) layout: Layout,
    /// The shapes that a record fits, by their index.
    pub(in crate::ingest) fitting: Vec<usize>,
    /// The paths of the first of them that this record has.
    paths: Vec<String>,
    /// Which record it was, counted from 1.
    nth: usize,
}

impl Layout {
    /// A stream of the records.
    pub(in crate::ingest) fn stream(&self, source: Box<dyn Read + Send>) -> JsonStream {
        JsonStream::new(source, self.descent, self.prefixed)
    }

    /// The names that lead from a record to the record proper.
    pub(in crate::ingest) fn way(&self) -> &[String] {
        &self.inside
    }

    /// The layout of a file of which nothing is known.
    pub(in crate::ingest) fn usual(prefixed: bool) -> Self {
        let descent = Descent::Named;
        let inside = Inside::new();
        Self {
            prefixed,
            descent,
            inside,
        }
    }

    /// The layout in which most of the first records have two texts that `looks` likes, outside lists of their own or
    /// else in them; the usual one, if none has.
    pub(in crate::ingest) fn by_look(
        beginning: &[u8],
        prefixed: bool,
        looks: &dyn Fn(&str, &str) -> bool,
    ) -> Self {
        let outside = |name: &str, text: &str| !name.contains("[]") && looks(name, text);
        let plain = |object: &str| has_two(object, &outside);
        let listed = |object: &str| has_two(object, looks);
        let found = Self::of_most(beginning, prefixed, &plain)
            .or_else(|| Self::of_most(beginning, prefixed, &listed));
        found.map_or_else(|| Self::usual(prefixed), |(layout, _)| layout)
    }

    /// The layout in which most of the first records fit, and which of them is the first. Of two that are as good, the
    /// simpler one.
    fn of_most(
        beginning: &[u8],
        prefixed: bool,
        fits: &dyn Fn(&str) -> bool,
    ) -> Option<(Self, usize)> {
        let mut best: Option<(usize, Self, usize)> = None;
        for descent in Descent::ALL {
            let far = descent != Descent::Nowhere && descent != Descent::Named;
            if far && best.is_some() {
                break;
            }
            let mut tried: Option<(usize, Inside, usize)> = None;
            each_record(
                beginning,
                (descent, prefixed),
                RECORDS,
                &mut |nth, record| {
                    if let Some((count, inside, _)) = &mut tried {
                        *count += usize::from(inside::fitting(record, inside, fits).is_some());
                        return;
                    }
                    tried = inside::search(record, prefixed, fits).map(|inside| (1, inside, nth));
                },
            );
            if let Some((count, inside, nth)) = tried
                && best.as_ref().is_none_or(|(most, ..)| count > *most)
            {
                let layout = Self {
                    prefixed,
                    descent,
                    inside,
                };
                best = Some((count, layout, nth));
            }
        }
        best.map(|(_, layout, nth)| (layout, nth))
    }
}

impl Tried {
    /// Tries each way to find records in the beginning of a file, until records fit. A way to more
    /// fitting records is better.
    pub(in crate::ingest) fn on(
        beginning: &[u8],
        prefixed: bool,
        shapes: &[Shape],
    ) -> Option<Self> {
        let wanted: Vec<_> = shapes.iter().map(|shape| Wanted::new(shape, &[])).collect();
        let fits = |shape: &Shape, wanted: &Wanted, record: &str| {
            let fields = fields_of(record, wanted);
            shape.fits(|field| fields.contains(&field))
        };
        let any = |record: &str| {
            let mut both = shapes.iter().zip(&wanted);
            both.any(|(shape, wanted)| fits(shape, wanted, record))
        };
        let (layout, nth) = Layout::of_most(beginning, prefixed, &any)?;
        let mut seen = None;
        each_record(
            beginning,
            (layout.descent, prefixed),
            RECORDS,
            &mut |at, record| {
                if at != nth || seen.is_some() {
                    return;
                }
                let Some(object) = inside::fitting(record, &layout.inside, &any) else {
                    return;
                };
                let both = shapes.iter().zip(&wanted).enumerate();
                let fitting = both.filter(|(_, (shape, wanted))| fits(shape, wanted, &object));
                let fitting: Vec<_> = fitting.map(|(at, _)| at).collect();
                if let Some(first) = fitting.first().and_then(|at| wanted.get(*at)) {
                    let paths = paths_of(&object, first);
                    seen = Some((fitting, paths));
                }
            },
        );
        seen.map(|(fitting, paths)| Self {
            layout,
            fitting,
            paths,
            nth,
        })
    }

    /// What was seen of the format, for the report.
    pub(in crate::ingest) fn evidence(&self) -> String {
        let record = match self.nth {
            1 => "its first record has".to_owned(),
            nth => format!("its record {nth} has"),
        };
        let mut said = format!("{record} {}", self.paths.join(", "));
        if !self.layout.inside.is_empty() {
            let inside = ShownName::of(&self.layout.inside.join("."));
            let inside = inside.as_ref().map_or("another object", ShownName::as_str);
            said += &format!(" inside {inside}");
        }
        if self.layout.prefixed {
            said += ", behind other text";
        }
        said
    }
}

/// Calls `with` for the first objects of a file, with which record of it each is.
pub(super) fn each_record(
    beginning: &[u8],
    (descent, prefixed): (Descent, bool),
    most: usize,
    with: &mut dyn FnMut(usize, &str),
) {
    let mut stream = JsonStream::of_bytes(beginning, descent, prefixed);
    let mut nth = 1;
    // The beginning may end in a record. What else is wrong is found when the file is read.
    while nth <= most && matches!(stream.advance(), Ok(true)) {
        if let Some(aside) = stream.aside() {
            if let Some(record) = aside.filter(|aside| descent.is_keyed() && aside.starts_with('{'))
            {
                with(nth, &record);
                nth += 1;
            }
            continue;
        }
        match object(stream.record()) {
            Ok(Some(record)) => with(nth, record),
            // A text may hold an object.
            Ok(None) => {
                let mut found = Vec::new();
                let text = std::str::from_utf8(stream.record().0);
                if let Some(text) = text.ok().filter(|text| text.starts_with('"')) {
                    inside::gather(text, &|_| true, &mut found);
                }
                found.iter().for_each(|object| with(nth, object));
            }
            Err(_) => {}
        }
        nth += usize::from(!stream.is_in_doubt());
    }
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Written {
    /// JSON from the first byte.
    Json,
    /// Lines of text, each with a JSON object at its end.
    LogLines,
    /// Something else.
    Other,
}

impl Written {
    /// Looks at the first line that is more than white space.
    pub(in crate::ingest) fn of(beginning: &[u8]) -> Self {
        let text = String::from_utf8_lossy(beginning.get(..LINE).unwrap_or(beginning));
        let text = text.trim_start_matches(|c: char| {
            crate::domain::invisible::is_invisible(c) || c == '\u{1e}'
        });
        let begins = text.as_bytes().first().copied();
        let second = text
            .bytes()
            .skip(1)
            .find(|byte| !byte.is_ascii_whitespace());
        if begins == Some(b'{') && matches!(second, Some(b'"' | b'}') | None) {
            return match has_text_behind(text) {
                true => Self::LogLines,
                false => Self::Json,
            };
        }
        let mut lines = text.lines().filter(|line| !line.starts_with("-- "));
        let line = lines.next().unwrap_or_default();
        let object = match begins {
            Some(b'[') => first_object(line.as_bytes()),
            _ => json_in_line(line.as_bytes()),
        };
        let before = object.filter(|found| found.start > 0);
        let before = before.and_then(|found| line.get(..found.start));
        let behind_text =
            before.is_some_and(|before| !(begins == Some(b'[') && begins_json(before)));
        match begins {
            _ if behind_text => Self::LogLines,
            Some(b'[') if is_of_bracketed_names(line) => Self::Other,
            Some(b'{' | b'[') => Self::Json,
            _ => Self::Other,
        }
    }
}

/// True for `[account],[number]`, as SQL Server writes names of columns.
fn is_of_bracketed_names(line: &str) -> bool {
    let line = line.trim();
    let is_name = |name: &str| {
        let inside = name
            .trim()
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        inside.is_some_and(|inside| {
            inside.starts_with(char::is_alphabetic) && !inside.contains(['[', ']', '"', '{'])
        })
    };
    [',', ';', '\t', '|'].into_iter().any(|mark| {
        let mut names = line.split(mark);
        line.contains(mark) && names.all(is_name)
    })
}

/// True if most of the first lines are an object with other text behind it.
fn has_text_behind(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_text = |line: &str| {
        let object = first_object(line.as_bytes()).filter(|found| {
            let before = line.get(..found.start).unwrap_or_default();
            before.trim().is_empty()
        });
        let behind = object.and_then(|found| line.get(found.end..));
        let behind = behind
            .map(str::trim_start)
            .and_then(|behind| behind.chars().next());
        behind.is_some_and(|first| !first.is_control() && !"{}[],\"".contains(first))
    };
    // The first line tells nearly always.
    if !lines.clone().next().is_some_and(is_text) {
        return false;
    }
    let (mut texts, mut all) = (0, 0);
    for line in lines.by_ref().take(RECORDS) {
        all += 1;
        texts += usize::from(is_text(line));
    }
    texts * 2 > all
}

/// True if the text before an object may be the beginning of JSON that the object is in.
fn begins_json(before: &str) -> bool {
    // The object is a value here; what is after it closes nothing, and is not missed.
    let whole = format!("{before}0");
    let begins = |text: &str| {
        let error = serde_json::from_str::<IgnoredAny>(text).err();
        error.is_none_or(|error| error.is_eof())
    };
    begins(&whole) || plain_numbers(&whole).is_some_and(|text| begins(&text))
}

/// How many records are tried.
const RECORDS: usize = 64;
/// How much is looked at to find out how a file is written.
const LINE: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_shows_how_a_file_is_written() {
        for (text, written) in [
            ("{\"a\":1}\n", Written::Json),
            ("{\"a\":1}{\"a\":2}", Written::Json),
            (" [ {\"a\":1},\n{\"a\":2} ]", Written::Json),
            ("[1,{\"a\":1}\n,2]", Written::Json),
            ("[account],[number]\nA,1\n", Written::Other),
            ("[true],\n", Written::Json),
            ("[[{\"a\":1}\n]]", Written::Json),
            ("\u{1e}{\"a\":1}\n", Written::Json),
            ("2024-03-10T00:40:00Z {\"a\":1}\n", Written::LogLines),
            ("[2024-03-10 00:40:00] {\"a\":1}\n", Written::LogLines),
            (
                "[2024-03-10 17:21:30,005] INFO sms: {\"a\":1}\n",
                Written::LogLines,
            ),
            ("[7] sms: {\"a\":1}\n", Written::LogLines),
            ("[7]: {\"a\":1}\n", Written::LogLines),
            ("[[\"x\", {\"b\": {\"a\":1}\n", Written::Json),
            ("{app} {\"a\":1}\n", Written::LogLines),
            ("{\"a\":1} done\n{\"a\":2} done\n", Written::LogLines),
            ("{\"a\":1} done\n{\"a\":2}\n{\"a\":2}\n", Written::Json),
            ("{\"a\":1},\n{\"a\":2}\n", Written::Json),
            (
                "[2024-03-10 00:40:00] {\"a\":1} in 5 ms\n",
                Written::LogLines,
            ),
            (
                "<13>Mar 10 00:40:00 host app: {\"a\":1}\r\n",
                Written::LogLines,
            ),
            (
                "-- Logs begin at Sun --\nhost app: {\"a\":1}\n",
                Written::LogLines,
            ),
            ("account,number,sent_at\na,b,{\"a\":1}\n", Written::Other),
            ("time,message\n1,\"{\"\"a\"\":1}\"\n", Written::Other),
            ("", Written::Other),
        ] {
            assert_eq!(Written::of(text.as_bytes()), written, "{text}");
        }
    }
}
