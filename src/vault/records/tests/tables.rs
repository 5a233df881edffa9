//! Tables against a plain count over the same rows, and their bounds.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::super::{Dimension, TableQuery};
use super::fixture::{Fixture, MARCH, Sent, sent};
use super::{by, failure, filter, table};
use crate::domain::Moment;
use crate::vault::{DataRefusal, OperationError, Settings};

const HOUR: i64 = 3600;
const ZONES: [&str; 5] = [
    "UTC",
    "America/New_York",
    "Europe/London",
    "Asia/Kathmandu",
    "Pacific/Apia",
];

fn some_rows() -> Vec<Sent> {
    let pick = |from: &[&'static str], at: u64| from[(at % from.len() as u64) as usize];
    // A generator of the tests' own: the same rows in every run.
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let row = |_| Sent {
        number: format!("+447700900{:03}", next() % 60),
        account: pick(&["acme", "globex", "initech"], next()),
        country: pick(&["GB", "US", "FR", ""], next()),
        state: pick(&["", "CA", "TX"], next()),
        carrier: pick(&["Example Mobile", "Other Mobile"], next()),
        kind: pick(&["sms-passcode", "voice"], next()),
        // Both clock changes of March 2024, by the hour and a little.
        at: (next() % (31 * 24)) as i64 * HOUR + (next() % 4) as i64 * 900,
    };
    (0..900).map(row).collect()
}

/// The value of a row, told without the vault's own arithmetic.
fn value(row: &Sent, dimension: Dimension, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap();
    let local = zone.to_datetime(Timestamp::from_second(MARCH + row.at).unwrap());
    match dimension {
        Dimension::Country => row.country.to_owned(),
        Dimension::State => row.state.to_owned(),
        Dimension::AreaState => String::new(),
        Dimension::Carrier => row.carrier.to_owned(),
        Dimension::Kind => row.kind.to_owned(),
        Dimension::Account => row.account.to_owned(),
        Dimension::Channel => "sms".to_owned(),
        Dimension::Day => local.date().to_string(),
        Dimension::Hour => format!("{:02}", local.hour()),
        Dimension::Week => {
            let back = i64::from(local.date().weekday().to_monday_zero_offset());
            let monday = local.date().checked_sub(jiff::Span::new().days(back));
            monday.unwrap().to_string()
        }
    }
}

#[derive(Debug, Clone)]
struct Question {
    by: Vec<Dimension>,
    zone: &'static str,
    top: Option<u32>,
    country: Vec<&'static str>,
    kind: Vec<&'static str>,
    account: Vec<&'static str>,
    /// Hours from the beginning of March.
    times: Option<(i64, i64)>,
}

fn some_question() -> impl Strategy<Value = Question> {
    use prop::sample::{select, subsequence};
    let by = subsequence(Dimension::ALL.to_vec(), 0..=4).prop_shuffle();
    let times =
        prop::option::of((0_i64..700, 1_i64..300).prop_map(|(from, long)| (from, from + long)));
    (
        by,
        select(ZONES.to_vec()),
        prop::option::of(1_u32..20),
        subsequence(vec!["GB", "US", "FR", "XX"], 0..3),
        subsequence(vec!["voice", "sms-passcode"], 0..2),
        subsequence(vec!["acme", "globex", "initech"], 0..3),
        times,
    )
        .prop_map(|(by, zone, top, country, kind, account, times)| Question {
            by,
            zone,
            top,
            country,
            kind,
            account,
            times,
        })
}

impl Question {
    fn keeps(&self, row: &Sent) -> bool {
        let among = |values: &[&str], value: &str| values.is_empty() || values.contains(&value);
        among(&self.country, row.country)
            && among(&self.kind, row.kind)
            && among(&self.account, row.account)
            && self
                .times
                .is_none_or(|(from, to)| (from * HOUR..to * HOUR).contains(&row.at))
    }

    fn query(&self) -> TableQuery {
        let at = |hours: i64| Moment::from_seconds(MARCH + hours * HOUR);
        let mut asked =
            json!({"country": self.country, "kind": self.kind, "account": self.account});
        if let Some((from, to)) = self.times {
            asked["sent_from"] = json!(at(from));
            asked["sent_to"] = json!(at(to));
        }
        TableQuery {
            by: self.by.clone(),
            charts: Vec::new(),
            filter: filter(asked),
            zone: Some(self.zone.to_owned()),
            top: self.top,
        }
    }

    /// Messages and numbers by cell, and the distinct numbers of all.
    fn plain(&self, rows: &[Sent]) -> (BTreeMap<Vec<String>, (u64, u64)>, u64) {
        let mut cells: BTreeMap<Vec<String>, (u64, BTreeSet<&str>)> = BTreeMap::new();
        let mut all = BTreeSet::new();
        for row in rows.iter().filter(|row| self.keeps(row)) {
            let key = self
                .by
                .iter()
                .map(|by| value(row, *by, self.zone))
                .collect();
            let cell = cells.entry(key).or_default();
            cell.0 += 1;
            cell.1.insert(&row.number);
            all.insert(&row.number);
        }
        let counted = cells
            .into_iter()
            .map(|(key, (messages, numbers))| (key, (messages, numbers.len() as u64)));
        (counted.collect(), all.len() as u64)
    }
}

#[test]
fn every_table_is_the_one_a_plain_count_gives() {
    let rows = some_rows();
    let mut fixture = Fixture::new();
    for part in rows.chunks(120) {
        fixture.admit(part);
    }
    let fixture = RefCell::new(fixture);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(96));
    let checked = runner.run(&some_question(), |question| {
        let fixture = fixture.borrow();
        let told = table(&fixture, &fixture.lead, question.query()).unwrap();
        let (cells, numbers) = question.plain(&rows);
        let messages: u64 = cells.values().map(|(messages, _)| messages).sum();
        prop_assert_eq!(
            &told["totals"],
            &json!({"messages": messages, "numbers": numbers})
        );
        let given = told["rows"].as_array().unwrap();
        let key = |row: &Value| -> Vec<String> {
            let text = |by: &Dimension| row[by.as_str()].as_str().unwrap().to_owned();
            question.by.iter().map(text).collect()
        };
        for row in given {
            let told = (
                row["messages"].as_u64().unwrap(),
                row["numbers"].as_u64().unwrap(),
            );
            prop_assert_eq!(Some(&told), cells.get(&key(row)));
        }
        let shown: u64 = given
            .iter()
            .map(|row| row["messages"].as_u64().unwrap())
            .sum();
        let top = question.top.map_or(usize::MAX, |top| top as usize);
        prop_assert_eq!(given.len(), cells.len().min(top));
        if cells.len() > top {
            let rest = json!({"rows": cells.len() - top, "messages": messages - shown});
            prop_assert_eq!(&told["rest"], &rest);
            // Nothing that was left out has more than what was given.
            let least = given
                .iter()
                .map(|row| row["messages"].as_u64().unwrap())
                .min();
            let mut counts: Vec<u64> = cells.values().map(|(messages, _)| *messages).collect();
            counts.sort_unstable_by(|a, b| b.cmp(a));
            prop_assert_eq!(least, counts.get(top - 1).copied());
        } else {
            prop_assert!(told.get("rest").is_none());
            if question.top.is_none() {
                let keys: Vec<Vec<String>> = given.iter().map(key).collect();
                prop_assert!(keys.is_sorted());
            }
        }
        Ok(())
    });
    checked.unwrap();
}

/// Texts of the tests live as long as these do.
fn names(prefix: &str, count: usize) -> Vec<&'static str> {
    let name = |at| -> &'static str { Box::leak(format!("{prefix}{at}").into_boxed_str()) };
    (0..count).map(name).collect()
}

#[test]
fn combinations_beyond_dense_arrays_are_counted_and_too_many_are_refused() {
    let (accounts, carriers) = (names("account ", 1100), names("carrier ", 1100));
    let mut fixture = Fixture::new();
    let row = |at: usize| Sent {
        account: accounts[at % 1100],
        carrier: carriers[(at * 7 + at / 1100) % 1100],
        ..sent((at % 50) as u32, "", at as i64)
    };
    let rows: Vec<Sent> = (0..2200).map(row).collect();
    for part in rows.chunks(500) {
        fixture.admit(part);
    }
    let asked = || by(&[Dimension::Account, Dimension::Carrier], json!({}));
    let told = table(&fixture, &fixture.lead, asked()).unwrap();
    assert_eq!(told["totals"], json!({"messages": 2200, "numbers": 50}));
    let distinct: BTreeSet<(&str, &str)> =
        rows.iter().map(|row| (row.account, row.carrier)).collect();
    assert_eq!(told["rows"].as_array().unwrap().len(), distinct.len());
    // More than 200,000 combinations that occur.
    let more: Vec<Sent> = (0..201_000).map(row).collect();
    fixture.admit(&more);
    let refused = failure(table(&fixture, &fixture.lead, asked()));
    assert!(matches!(
        refused,
        OperationError::NotInData { at, refusal: DataRefusal::TooManyCells } if at == "by"
    ));
    let narrower = by(
        &[Dimension::Account, Dimension::Carrier],
        json!({"account": [accounts[3]]}),
    );
    assert!(table(&fixture, &fixture.lead, narrower).is_ok());
}

#[test]
fn a_table_counts_exactly_within_its_memory_and_is_refused_beyond_it() {
    let of_memory = |table_bytes| {
        let mut fixture = Fixture::with(Settings {
            table_bytes,
            ..Settings::default()
        });
        for part in some_rows().chunks(300) {
            fixture.admit(part);
        }
        fixture
    };
    let by_hour = || by(&[Dimension::Hour, Dimension::Kind], json!({}));
    let ask = |fixture: &Fixture, query| table(fixture, &fixture.lead, query);
    let plenty = ask(&of_memory(512 << 20), by_hour()).unwrap();
    let enough = ask(&of_memory(32 << 10), by_hour()).unwrap();
    assert_eq!(enough["rows"], plenty["rows"]);
    assert_eq!(enough["totals"], plenty["totals"]);
    let narrow = of_memory(512);
    assert!(matches!(
        failure(ask(&narrow, by_hour())),
        OperationError::NotInData { at, refusal: DataRefusal::TooManyNumbers } if at == "by"
    ));
    // The vault goes on, and answers what needs less.
    let one_hour = json!({"sent_from": "2024-03-05T00:00:00Z", "sent_to": "2024-03-05T04:00:00Z"});
    assert!(ask(&narrow, by(&[Dimension::Hour], one_hour)).is_ok());
}
