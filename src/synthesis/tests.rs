//! Tests of whole logs.

use std::collections::{HashMap, HashSet};

use super::{FORMATS, Recipe, Summary, sample_numbers, write};
use crate::domain::{Format, Moment};

#[test]
fn the_same_recipe_gives_the_same_bytes() {
    for (format, expected) in [
        (Format::SupplierCsv, "0e0e0a8266ba0626"),
        (Format::DuoV1, "f1b6ab008f2744bf"),
        (Format::DuoV2, "c244fe1ee4e1a0ae"),
        (Format::TwilioCsv, "edfb4e47528c5e47"),
    ] {
        let (bytes, _) = made(&recipe(2_000, 42, format));
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let digest: String = digest.as_ref()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(digest, expected, "{}", format.as_str());
        assert_ne!(bytes, made(&recipe(2_000, 43, format)).0);
    }
}

#[test]
fn shares_of_countries_states_carriers_and_kinds_are_as_the_tables_say() {
    let rows = supplier_rows(&recipe(200_000, 1, Format::SupplierCsv));
    let share = |column: usize, value: &str, within: Option<(usize, &str)>| {
        let among = rows
            .iter()
            .filter(|row| within.is_none_or(|(at, text)| row[at] == *text));
        let (mut all, mut hits) = (0.0, 0.0);
        for row in among {
            all += 1.0;
            hits += f64::from(u8::from(row[column] == *value));
        }
        hits / all
    };
    let near = |share: f64, expected: f64| {
        assert!(
            (share - expected).abs() < 0.02,
            "{share} against {expected}"
        )
    };
    near(share(COUNTRY, "US", None), 0.64);
    near(share(COUNTRY, "GB", None), 0.068);
    near(share(COUNTRY, "CA", None), 0.056);
    near(share(STATE, "CA", Some((COUNTRY, "US"))), 0.119);
    near(share(STATE, "TX", Some((COUNTRY, "US"))), 0.088);
    near(share(CARRIER, "Verizon", Some((COUNTRY, "US"))), 0.37);
    near(share(KIND, "sms", None), 0.93);
    near(share(CHANNEL, "authentication", None), 0.90);
    let countries: HashSet<&str> = rows.iter().map(|row| &row[COUNTRY]).collect();
    assert!(countries.len() >= 25, "{}", countries.len());
    let states: HashSet<&str> = rows
        .iter()
        .filter(|row| &row[COUNTRY] == "US")
        .map(|row| &row[STATE])
        .collect();
    assert_eq!(states.len(), 51);
}

#[test]
fn times_are_sorted_and_all_in_march_2024() {
    let rows = supplier_rows(&recipe(50_000, 2, Format::SupplierCsv));
    assert!(rows.is_sorted_by_key(|row| row[SENT_AT].to_owned()));
    assert!(
        rows.iter()
            .all(|row| row[SENT_AT].starts_with("2024-03-")
                && row[SENT_AT].parse::<Moment>().is_ok())
    );
    assert!(rows.first().unwrap()[SENT_AT].starts_with("2024-03-01"));
    assert!(rows.last().unwrap()[SENT_AT].starts_with("2024-03-31"));
}

#[test]
fn everybody_occurs_and_a_number_has_one_country_state_and_carrier() {
    let recipe = recipe(30_000, 3, Format::SupplierCsv);
    let (_, summary) = made(&recipe);
    let rows = supplier_rows(&recipe);
    let mut of_number: HashMap<&str, [&str; 3]> = HashMap::new();
    let mut accounts: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut number_of_user = HashMap::new();
    for row in &rows {
        let place = [&row[COUNTRY], &row[STATE], &row[CARRIER]];
        assert_eq!(*of_number.entry(&row[NUMBER]).or_insert(place), place);
        assert_eq!(
            *number_of_user.entry(&row[USER]).or_insert(&row[NUMBER]),
            &row[NUMBER]
        );
        accounts
            .entry(&row[NUMBER])
            .or_default()
            .insert(&row[ACCOUNT]);
        assert_eq!(
            row[STATE].is_empty(),
            !["US", "CA", "AU"].contains(&&row[COUNTRY])
        );
    }
    assert_eq!(
        summary,
        Summary {
            rows: 30_000,
            numbers: 4_200
        }
    );
    assert_eq!(of_number.len(), 4_200);
    let several = accounts
        .values()
        .filter(|accounts| accounts.len() == 2)
        .count();
    assert!((20..200).contains(&several), "{several}");
    let names: HashSet<&str> = accounts.values().flatten().copied().collect();
    assert!((38..=200).contains(&names.len()), "{}", names.len());
}

#[test]
fn some_people_get_many_more_messages_than_others() {
    let rows = supplier_rows(&recipe(100_000, 4, Format::SupplierCsv));
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for row in &rows {
        *counts.entry(&row[NUMBER]).or_default() += 1;
    }
    let mut counts: Vec<u32> = counts.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let top: u32 = counts[..counts.len() / 10].iter().sum();
    assert!((25_000..60_000).contains(&top), "{top}");
    assert!(counts[counts.len() / 2] < 6, "{}", counts[counts.len() / 2]);
}

#[test]
fn message_references_are_distinct_and_have_16_digits() {
    let rows = supplier_rows(&recipe(100_000, 5, Format::SupplierCsv));
    let references: HashSet<&str> = rows.iter().map(|row| &row[MESSAGE_REF]).collect();
    assert_eq!(references.len(), rows.len());
    assert!(
        references
            .iter()
            .all(|text| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit()))
    );
}

#[test]
fn sample_numbers_occur_and_are_kept_for_fiction() {
    let recipe = recipe(5_000, 6, Format::SupplierCsv);
    let rows = supplier_rows(&recipe);
    let numbers: HashSet<&str> = rows.iter().map(|row| &row[NUMBER]).collect();
    let samples = sample_numbers(&recipe, 20);
    assert_eq!(samples.len(), 20);
    assert!(
        samples
            .iter()
            .all(|number| numbers.contains(number.as_str()))
    );
    assert!(
        samples
            .iter()
            .all(|number| number[5..].starts_with("55501") || number.starts_with("+447700900"))
    );
    assert_eq!(sample_numbers(&recipe, 10_000).len(), 700);
    assert_eq!(
        sample_numbers(&recipe, 10_000)
            .into_iter()
            .collect::<HashSet<_>>()
            .len(),
        700
    );
}

#[test]
fn every_format_parses_and_tells_of_the_same_messages() {
    let numbers: Vec<String> = supplier_rows(&recipe(3_000, 7, Format::SupplierCsv))
        .iter()
        .map(|row| row[NUMBER].to_owned())
        .collect();

    let (bytes, _) = made(&recipe(3_000, 7, Format::DuoV1));
    let v1: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(v1["stat"], "OK");
    let items = v1["response"].as_array().unwrap();
    assert!(
        items
            .iter()
            .map(|item| item["phone"].as_str().unwrap())
            .eq(&numbers)
    );
    for item in items {
        let time: Moment = item["isotimestamp"].as_str().unwrap().parse().unwrap();
        assert_eq!(item["timestamp"].as_i64(), Some(time.seconds()));
    }

    let (bytes, _) = made(&recipe(3_000, 7, Format::DuoV2));
    let v2: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(v2["metadata"]["total_objects"]["value"], 3_000);
    let items = v2["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .map(|item| item["phone"].as_str().unwrap())
            .eq(&numbers)
    );
    assert!(items.is_sorted_by_key(|item| item["ts"].as_str().unwrap()));
    let ids: HashSet<&str> = items
        .iter()
        .map(|item| item["telephony_id"].as_str().unwrap())
        .collect();
    assert!(ids.len() == 3_000 && ids.iter().all(|id| id.len() == 36));

    let (bytes, _) = made(&recipe(3_000, 7, Format::TwilioCsv));
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    assert_eq!(reader.headers().unwrap().len(), 13);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(
        rows.iter()
            .map(|row| &row[1])
            .eq(numbers.iter().map(String::as_str))
    );
    assert!(
        rows.iter()
            .all(|row| &row[2] == "<content>" && row[9].len() == 34)
    );
}

#[test]
fn the_smallest_logs_are_whole() {
    for format in FORMATS {
        for rows in [0, 1, 2] {
            let (bytes, summary) = made(&recipe(rows, 8, format));
            assert_eq!(
                summary,
                Summary {
                    rows,
                    numbers: rows.min(1)
                }
            );
            if matches!(format, Format::DuoV1 | Format::DuoV2) {
                serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
            } else {
                assert_eq!(
                    bytes.iter().filter(|byte| **byte == b'\n').count() as u64,
                    rows + 1
                );
            }
        }
    }
}

#[test]
fn as_many_people_as_rows_get_one_message_each() {
    let recipe = Recipe {
        people: Some(2_000),
        ..recipe(2_000, 9, Format::SupplierCsv)
    };
    let rows = supplier_rows(&recipe);
    assert_eq!(
        rows.iter()
            .map(|row| &row[NUMBER])
            .collect::<HashSet<_>>()
            .len(),
        2_000
    );
}

#[test]
fn a_line_of_the_supplier_csv_is_about_a_hundred_bytes_and_progress_ends_at_the_rows() {
    let (mut bytes, mut told) = (Vec::new(), Vec::new());
    write(
        &recipe(100_000, 10, Format::SupplierCsv),
        &mut bytes,
        &mut |rows| told.push(rows),
    )
    .unwrap();
    let line = bytes.len() / 100_000;
    assert!((90..=102).contains(&line), "{line}");
    assert!(told.len() > 10 && told.is_sorted() && told.last() == Some(&100_000));
}

fn recipe(rows: u64, seed: u64, format: Format) -> Recipe {
    Recipe {
        rows,
        seed,
        format,
        people: None,
    }
}

fn made(recipe: &Recipe) -> (Vec<u8>, Summary) {
    let mut bytes = Vec::new();
    let summary = write(recipe, &mut bytes, &mut |_| ()).unwrap();
    (bytes, summary)
}

fn supplier_rows(recipe: &Recipe) -> Vec<csv::StringRecord> {
    let (bytes, _) = made(recipe);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = "account,user,number,carrier,country,state,sent_at,kind,channel,message_ref";
    assert!(reader.headers().unwrap().iter().eq(header.split(',')));
    reader.records().map(Result::unwrap).collect()
}

const ACCOUNT: usize = 0;
const USER: usize = 1;
const NUMBER: usize = 2;
const CARRIER: usize = 3;
const COUNTRY: usize = 4;
const STATE: usize = 5;
const SENT_AT: usize = 6;
const KIND: usize = 7;
const CHANNEL: usize = 8;
const MESSAGE_REF: usize = 9;
