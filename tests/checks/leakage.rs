//! What a thief of the files learns: the leakage sheet of SECURITY.md, held.
//!
//! The thief has the database, its log and everything else in `data/`, and no
//! key. In the log are identifiers, actions and times; nothing of any record.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::sync::LazyLock;

use crate::beside::Beside;
use crate::house::{
    Closed, House, REASON, admit_as, ask, files, log, name_member, numbers, open_case, recognise,
};
use crate::tables::{on_a_server, only_on_sqlite};
use breachvault::operations::record::LookUp;
use breachvault::vault::plaintext::OVERHEAD;
use rusqlite::Connection;
use serde_json::json;

const ROWS: u64 = 4000;

struct Stolen {
    closed: Closed,
    /// Everything in `data/` while the vault was being used, and after it was closed.
    bytes: Vec<(String, Vec<u8>)>,
}

static STOLEN: LazyLock<Stolen> = LazyLock::new(|| {
    let house = House::new();
    let mut first = log(ROWS, 1);
    first.extend_from_slice(
        b"Acme,,+1202555****,Quarantini,US,DC,2024-03-01T10:00:00Z,sms,auth,r1\n",
    );
    house.admit(first).unwrap();
    house.admit(log(ROWS / 4, 2)).unwrap();
    // The same people in another case, of which nothing may be seen.
    let other = open_case(&house.vault, &house.people.lead, "The other zeppelin");
    let custodian = &house.people.custodian;
    name_member(
        &house.vault,
        &house.people.lead,
        &other,
        custodian,
        json!({ "role": "custodian" }),
    )
    .unwrap();
    recognise(&house.vault, &house.people.lead, &other, custodian).unwrap();
    admit_as(&house.vault, custodian, &other, log(ROWS, 1)).unwrap();
    let ids = [("case", house.people.case.as_str())];
    for number in numbers(ROWS, 1, 20) {
        let body = json!({ "numbers": [number], "purpose": "quality-check",
                           "reason": format!("{REASON} about persimmons") });
        house
            .ask::<LookUp>(&house.people.investigator, &ids, body)
            .unwrap();
    }
    let read = |house: &std::path::Path| -> Vec<(String, Vec<u8>)> {
        files(&house.join("data"))
            .into_iter()
            .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
            .collect()
    };
    let mut bytes = read(house.directory.path());
    match on_a_server() {
        true => bytes.extend(Beside::of(&house.paths()).all_of_server()),
        false => assert!(
            bytes.iter().any(|(path, _)| path.ends_with("-wal")),
            "no write-ahead log was seen"
        ),
    }
    let closed = house.close();
    bytes.extend(read(closed.directory.path()));
    Stolen { closed, bytes }
});

fn rows<T>(sql: &str, read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let connection: Connection = STOLEN.closed.database();
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| read(row)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Files that hold `needle`.
fn holding(needle: &[u8]) -> Vec<&str> {
    let first = needle[0];
    let found = |bytes: &[u8]| {
        bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == first)
            .any(|(at, _)| bytes[at..].starts_with(needle))
    };
    STOLEN
        .bytes
        .iter()
        .filter(|(_, bytes)| found(bytes))
        .map(|(path, _)| path.as_str())
        .collect()
}

#[test]
fn no_number_is_in_the_files_in_any_writing() {
    let none: [&str; 0] = [];
    for number in numbers(ROWS, 1, 40) {
        let digits = &number[1..];
        assert_eq!(holding(digits.as_bytes()), none);
        // Without its calling code, the last seven digits, and as a number in two orders.
        assert_eq!(holding(&digits.as_bytes()[digits.len() - 8..]), none);
        let value: u64 = digits.parse().unwrap();
        assert_eq!(holding(&value.to_be_bytes()[2..]), none);
        assert_eq!(holding(&value.to_le_bytes()[..6]), none);
        let utf16: Vec<u8> = digits.bytes().flat_map(|byte| [byte, 0]).collect();
        assert_eq!(holding(&utf16), none);
    }
    assert_eq!(holding(b"1202555"), none);
}

#[test]
fn no_value_of_any_field_is_in_the_files() {
    // Every distinct cell of the log that is long enough to be no accident.
    let text = String::from_utf8(log(ROWS, 1)).unwrap();
    let mut cells = BTreeSet::new();
    for line in text.lines().skip(1).take(400) {
        cells.extend(
            line.split(',')
                .map(|cell| cell.trim_matches('"'))
                .filter(|cell| cell.len() > 5),
        );
    }
    assert!(cells.len() > 500, "{}", cells.len());
    let mut haystack: Vec<u8> = Vec::new();
    for (_, bytes) in &STOLEN.bytes {
        haystack.extend_from_slice(bytes);
    }
    // One pass: the eight-byte openings that occur, then the cells that could.
    let mut openings = HashSet::new();
    for window in haystack.windows(6) {
        openings.insert(<[u8; 6]>::try_from(window).unwrap());
    }
    for cell in cells {
        let opening = <[u8; 6]>::try_from(&cell.as_bytes()[..6]).unwrap();
        if openings.contains(&opening) {
            assert_eq!(holding(cell.as_bytes()), [""; 0], "{cell}");
        }
    }
}

#[test]
fn no_name_title_reason_or_file_name_is_in_the_files() {
    let none: [&str; 0] = [];
    for needle in [
        "archibald",
        "augustine",
        "leopoldine",
        "leander",
        "ingeborg",
        "cunegonde",
        "zeppelin",
        "Zeppelin",
        "INC-2024-0401",
        "persimmons",
        "asked for by a test",
        "Quarantini",
        "march.csv",
        "the long password",
        "a passphrase for tests",
        "argon2id",
        "carrier_",
        "number\":",
    ] {
        assert_eq!(holding(needle.as_bytes()), none, "{needle}");
    }
    // Two-letter countries cannot be searched for; a JSON or CSV of them can.
    for needle in ["\"US\"", "\"GB\"", ",US,", ",GB,", "US\0GB"] {
        assert_eq!(holding(needle.as_bytes()), none, "{needle}");
    }
}

#[test]
fn a_tag_stands_once_whatever_its_number_is_sent() {
    only_on_sqlite!();
    let runs = rows("SELECT first_tag, tags FROM term_run", |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
    });
    let terms: i64 = rows("SELECT SUM(numbers + users) FROM cases", |row| row.get(0))[0];
    let (mut tags, mut parts) = (0, Vec::new());
    for (first, sealed) in &runs {
        // The first tag of the next run, and one for each term.
        let own = sealed.len() - OVERHEAD - 16;
        assert_eq!(own % 16, 0);
        tags += own / 16;
        // They are sealed: only the first stands beside them, to find the run.
        assert!(!sealed.windows(16).any(|part| part == first));
        parts.push(first.as_slice());
        parts.extend(sealed[OVERHEAD - 16..].chunks(16));
    }
    assert_eq!(tags as i64, terms);
    // None comes back, also not in another case or field: there is nothing to join on.
    let distinct: BTreeSet<&[u8]> = parts.iter().copied().collect();
    assert_eq!(distinct.len(), parts.len());
}

#[test]
fn sealed_values_never_repeat() {
    only_on_sqlite!();
    for table in [
        "term_run",
        "block",
        "statistics",
        "seen",
        "dictionary",
        "subject_index",
        "quarantine",
        "duplicate",
        "detail",
    ] {
        let sealed = rows(&format!("SELECT sealed FROM {table}"), |row| {
            row.get::<_, Vec<u8>>(0)
        });
        // The tail is tag and ciphertext; equal plaintexts would show in a deterministic cipher.
        let tails: BTreeSet<_> = sealed
            .iter()
            .map(|bytes| bytes[bytes.len() - 16..].to_vec())
            .collect();
        assert_eq!(tails.len(), sealed.len(), "{table}");
    }
}

#[test]
fn sealed_numbers_all_have_one_length_and_never_repeat() {
    only_on_sqlite!();
    let runs = rows(
        "SELECT (length(tags) - 49) / 16, sealed FROM term_run WHERE field = 3",
        |row| Ok((row.get::<_, u32>(0)? as usize, row.get::<_, Vec<u8>>(1)?)),
    );
    let mut parts = BTreeSet::new();
    let mut numbers = 0;
    for (terms, sealed) in &runs {
        assert_eq!(sealed.len(), 5 + 36 * terms);
        numbers += terms;
        // Neither a nonce, nor a ciphertext, nor a tag comes twice: 12, 8 and 16 bytes.
        for number in sealed[5..].chunks(36) {
            parts.extend([&number[..12], &number[12..20], &number[20..]]);
        }
    }
    assert!(numbers > 0);
    assert_eq!(parts.len(), 3 * numbers);
}

#[test]
fn user_names_show_their_length_only_together() {
    only_on_sqlite!();
    let lengths = rows(
        "SELECT length(sealed) FROM term_run WHERE field = 2",
        |row| row.get::<_, i64>(0),
    );
    assert!(!lengths.is_empty());
    for length in lengths {
        assert_eq!((length - OVERHEAD as i64) % 256, 0, "{length}");
    }
}

/// The lengths of an exhibit's blocks by field.
fn block_lengths(exhibit: i64) -> BTreeMap<i64, i64> {
    let sql =
        format!("SELECT field, length(sealed) FROM block WHERE exhibit = {exhibit} AND no = 0");
    rows(&sql, |row| Ok((row.get(0)?, row.get(1)?)))
        .into_iter()
        .collect()
}

#[test]
fn lengths_do_not_tell_how_many_records_a_block_holds() {
    only_on_sqlite!();
    const MESSAGE_REF: i64 = 10;
    let (mut first, mut second) = (block_lengths(1), block_lengths(2));
    // References are texts: their block tells how long they are together, to an eighth.
    for lengths in [&mut first, &mut second] {
        let plain = lengths.remove(&MESSAGE_REF).unwrap() - OVERHEAD as i64;
        let class = (1_i64 << plain.ilog2()) / 8;
        assert_eq!(plain % class, 0, "{plain}");
    }
    // 4,001 rows and 1,000 rows look alike, and so do what is said about each block.
    assert_eq!(first, second);
    assert_eq!(first.len(), 13);
    let statistics = rows("SELECT DISTINCT length(sealed) FROM statistics", |row| {
        row.get::<_, i64>(0)
    });
    assert_eq!(statistics.len(), 1, "{statistics:?}");
    let seen = rows("SELECT DISTINCT length(sealed) FROM seen", |row| {
        row.get::<_, i64>(0)
    });
    assert_eq!(seen, [196_612 + OVERHEAD as i64]);
}

/// The numbers of a log in the order of their first appearance.
fn in_order_of_appearance(log: Vec<u8>, count: usize) -> Vec<String> {
    let text = String::from_utf8(log).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let at = header.iter().position(|name| *name == "number").unwrap();
    let mut order = Vec::new();
    for line in text.lines().skip(1) {
        let number = line.split(',').nth(at).unwrap().to_owned();
        if !order.contains(&number) {
            order.push(number);
        }
        if order.len() == count {
            break;
        }
    }
    order
}

#[test]
fn the_numbers_of_terms_do_not_tell_who_came_first() {
    let order = in_order_of_appearance(log(ROWS, 1), 90);
    let house = STOLEN.closed.copy();
    let vault = house.open().unwrap();
    let ids = [("case", house.people.case.as_str())];
    // Only who has the keys knows which term is whose.
    let term_of = |number: &String| -> u32 {
        let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
        let found = ask::<LookUp>(&vault, &house.people.investigator, &ids, body).unwrap();
        let token = found["results"][0]["subject"].as_str().unwrap();
        house.term_of(token)
    };
    let term: Vec<u32> = order.iter().map(term_of).collect();
    let distinct: BTreeSet<u32> = term.iter().copied().collect();
    assert_eq!(distinct.len(), order.len(), "the terms were not found");
    let most = distinct.last().copied().unwrap_or_default();
    assert!(
        most > 3 * order.len() as u32,
        "who came first has the first numbers: {most}"
    );
    let agreement = correlation(&term);
    assert!(
        agreement.abs() < 0.45,
        "order of appearance and of terms agree: {agreement}"
    );
}

/// Pearson's coefficient of places and numbers.
fn correlation(numbers: &[u32]) -> f64 {
    let places: Vec<f64> = (0..numbers.len()).map(|place| place as f64).collect();
    let numbers: Vec<f64> = numbers.iter().copied().map(f64::from).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (x, y) = (mean(&places), mean(&numbers));
    let pairs = || places.iter().zip(&numbers).map(|(a, b)| (a - x, b - y));
    let together: f64 = pairs().map(|(a, b)| a * b).sum();
    let [a, b] = [
        pairs().map(|(a, _)| a * a).sum::<f64>(),
        pairs().map(|(_, b)| b * b).sum::<f64>(),
    ];
    together / (a * b).sqrt()
}
