//! Makes a log minute by minute, so that memory grows with the people and not with the rows.

use std::io::{self, Write};

use super::duo::{DuoV1, DuoV2};
use super::people::People;
use super::random::{Random, mix};
use super::recipe::{Recipe, Summary};
use super::rhythm::{MINUTES, busy};
use super::row::{Row, Shape};
use super::supplier::SupplierCsv;
use super::text::padded;
use super::twilio::TwilioCsv;
use crate::domain::Format;

/// The formats in which a log can be made.
pub const FORMATS: [Format; 4] = [
    Format::SupplierCsv,
    Format::DuoV1,
    Format::DuoV2,
    Format::TwilioCsv,
];

/// Writes the log in order of time and calls `progress` with the number of rows written.
pub fn write(
    recipe: &Recipe,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Summary> {
    let people = People::new(recipe)?;
    let numbers = people.count();
    match recipe.format {
        Format::SupplierCsv => fill(recipe, people, SupplierCsv, out, progress)?,
        Format::DuoV1 => fill(recipe, people, DuoV1::default(), out, progress)?,
        Format::DuoV2 => fill(recipe, people, DuoV2::default(), out, progress)?,
        Format::TwilioCsv => fill(recipe, people, TwilioCsv, out, progress)?,
        _ => return Err(io::ErrorKind::Unsupported.into()),
    }
    Ok(Summary {
        rows: recipe.rows,
        numbers,
    })
}

/// Up to `count` distinct numbers, in E.164, that occur in this recipe's log, those reserved for
/// fiction first. Fewer if the log has fewer.
pub fn sample_numbers(recipe: &Recipe, count: usize) -> Vec<String> {
    // Everybody gets at least one message, so any person's number occurs.
    let Ok(people) = People::new(recipe) else {
        return Vec::new();
    };
    let kept = people.numbers().filter(|number| for_fiction(*number));
    let others = people.numbers().filter(|number| !for_fiction(*number));
    kept.chain(others)
        .take(count)
        .map(|number| format!("+{number}"))
        .collect()
}

fn for_fiction(number: u64) -> bool {
    let in_america = number / 10_000_000_000 == 1 && number / 100 % 100_000 == 55_501;
    in_america
        || number / 1000 == 447_700_900
        || (61_491_570_156..=61_491_570_159).contains(&number)
}

pub(super) fn fill<S: Shape>(
    recipe: &Recipe,
    mut people: People,
    mut shape: S,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<()> {
    let mut random = Random::new(recipe.seed, 2);
    // A generator of its own, so that every format describes the same messages.
    let mut chance = Random::new(recipe.seed, 3);
    let references = References::new(recipe.seed);
    let mut buffer = Vec::with_capacity(2 * FLUSH);
    let mut unreached = people.count();
    let mut done = 0;

    shape.open(&mut buffer);
    let levels = Levels::new(recipe, &people);
    for minute in 0..MINUTES {
        let rows = levels.rows(minute);
        if rows == 0 {
            continue;
        }
        let crowds = levels.crowds(&people, minute);
        let mut seconds = [0u64; 60];
        for _ in 0..rows {
            seconds[random.below(60) as usize] += 1;
        }
        let clock = clock(minute);
        for (second, rows) in seconds.into_iter().enumerate() {
            for within in 0..rows {
                let crowd = pick(&crowds, random.unit());
                let due = unreached > 0 && random.below(recipe.rows - done) < unreached;
                unreached -= u64::from(due);
                let first = if due { people.unreached(crowd) } else { None };
                let member = first.unwrap_or_else(|| people.zones[crowd].draw(&mut random));
                let membership = people.membership(member, &mut random);
                let row = Row {
                    account: people.accounts.name(membership.account),
                    membership,
                    minute: &clock,
                    second: second as u8,
                    micros: ((within as f64 + chance.unit()) / rows as f64 * 1e6) as u32,
                    unix: MARCH + minute * 60 + second as i64,
                    kind: draw(&KINDS, &mut random),
                    channel: draw(&CHANNELS, &mut random),
                    reference: references.at(done),
                    chance: std::array::from_fn(|_| chance.next()),
                };
                shape.row(&row, &mut buffer);
                done += 1;
                if buffer.len() >= FLUSH {
                    out.write_all(&buffer)?;
                    buffer.clear();
                    progress(done);
                }
            }
        }
    }
    shape.close(&mut buffer);
    out.write_all(&buffer)?;
    out.flush()?;
    progress(done);
    Ok(())
}

/// The distribution of the rows over the month.
struct Levels {
    /// Rows before the end of each minute.
    until: Vec<u64>,
}

impl Levels {
    fn new(recipe: &Recipe, people: &People) -> Self {
        let mut random = Random::new(recipe.seed, 4);
        let mut sum = 0.0;
        let sums: Vec<f64> = (0..MINUTES)
            .map(|minute| {
                let level: f64 = people
                    .zones
                    .iter()
                    .map(|crowd| crowd.weight * busy(crowd.zone, minute))
                    .sum();
                // Adds noise, because real minutes are uneven too.
                sum += level * (0.7 + 0.6 * random.unit());
                sum
            })
            .collect();
        let mut until: Vec<u64> = sums
            .iter()
            .map(|part| (part / sum * recipe.rows as f64) as u64)
            .collect();
        if let Some(last) = until.last_mut() {
            *last = recipe.rows;
        }
        Self { until }
    }

    fn rows(&self, minute: i64) -> u64 {
        let at = minute as usize;
        let before = if at == 0 { 0 } else { self.until[at - 1] };
        self.until[at].saturating_sub(before)
    }

    /// Shares of the zones in this minute's messages, cumulative.
    fn crowds(&self, people: &People, minute: i64) -> Vec<f64> {
        let mut sum = 0.0;
        let mut shares: Vec<f64> = people
            .zones
            .iter()
            .map(|crowd| {
                sum += crowd.weight * busy(crowd.zone, minute);
                sum
            })
            .collect();
        shares.iter_mut().for_each(|share| *share /= sum);
        shares
    }
}

#[inline]
fn pick(sums: &[f64], drawn: f64) -> usize {
    sums.iter()
        .position(|sum| drawn < *sum)
        .unwrap_or(sums.len() - 1)
}

/// Distinct 16-digit references in no visible order.
struct References {
    key: u64,
}

impl References {
    fn new(seed: u64) -> Self {
        Self {
            key: mix(seed ^ 0x7265_6673),
        }
    }

    /// One to one on 0..9 * 10^15: a permutation of 53 bits, repeated until the result is in range.
    #[inline]
    fn at(&self, position: u64) -> u64 {
        let mut value = position;
        loop {
            value = (value ^ self.key) & BITS;
            value = value.wrapping_mul(0xbf58_476d_1ce4_e5b9) & BITS;
            value ^= value >> 27;
            value = value.wrapping_mul(0x94d0_49bb_1331_11eb) & BITS;
            value ^= value >> 31;
            if value < 9_000_000_000_000_000 {
                return 1_000_000_000_000_000 + value;
            }
        }
    }
}

/// `2024-03-21T22:34:`
fn clock(minute: i64) -> Vec<u8> {
    let minute = minute.unsigned_abs();
    let mut text = b"2024-03-".to_vec();
    padded::<2>(minute / 1440 + 1, &mut text);
    text.push(b'T');
    padded::<2>(minute / 60 % 24, &mut text);
    text.push(b':');
    padded::<2>(minute % 60, &mut text);
    text.push(b':');
    text
}

#[inline]
fn draw(table: &[(&'static str, u64)], random: &mut Random) -> &'static str {
    let drawn = random.below(100);
    let found = table.iter().find(|(_, until)| drawn < *until);
    found.map_or("", |(name, _)| *name)
}

/// Names and cumulative per cent; estimates.
const KINDS: [(&str, u64); 2] = [("sms", 93), ("phone", 100)];
const CHANNELS: [(&str, u64); 4] = [
    ("authentication", 90),
    ("enrollment", 95),
    ("verify", 98),
    ("administrator login", 100),
];

/// 2024-03-01T00:00:00Z.
const MARCH: i64 = 1_709_251_200;
const FLUSH: usize = 256 * 1024;
const BITS: u64 = (1 << 53) - 1;
