//! Queries on small exhibits, through the door.

mod absence;
mod basis;
pub(in crate::vault) mod fixture;
mod kept_parts;
mod many_cases;
mod on_a_server;
mod paid;
mod places;
mod scan;
mod simulated;
mod tables;

use serde_json::{Value, json};

use self::fixture::{Fixture, MARCH, Sent, sent};
use super::{
    Dimension, FilterInput, Order, PageQuery, ProtectedQuery, RecordFilter, Rule, TableQuery,
};
use crate::domain::Field;
use crate::policy::actions;
use crate::vault::columns::BLOCK_ROWS;
use crate::vault::plaintext::{AskedNumbers, RawText};
use crate::vault::{Caller, Conflict, OperationError, Refusal, Settings};

const HOUR: i64 = 3600;

pub(super) fn filter(value: Value) -> RecordFilter {
    RecordFilter::parse(serde_json::from_value::<FilterInput>(value).unwrap()).unwrap()
}

fn small() -> Vec<Sent> {
    let mut rows = vec![
        sent(1, "acme", 0),
        sent(1, "globex", HOUR),
        sent(2, "acme", 2 * HOUR),
        sent(3, "globex", 3 * HOUR),
    ];
    rows[1].kind = "voice";
    rows[3].country = "FR";
    rows
}

fn look_up(fixture: &Fixture, caller: &Caller, numbers: &[&str]) -> Result<Value, Refusal> {
    let texts = numbers.iter().map(|text| RawText::new((*text).to_owned()));
    let numbers = AskedNumbers::read(&texts.collect::<Vec<_>>(), None);
    fixture.ask::<actions::LookUp, _>(caller, move |scope| {
        scope.look_up(&numbers).map(|(results, _)| results)
    })
}

pub(super) fn table(
    fixture: &Fixture,
    caller: &Caller,
    query: TableQuery,
) -> Result<Value, Refusal> {
    fixture.ask::<actions::Scope, _>(caller, move |scope| scope.count_records(&query))
}

pub(super) fn by(by: &[Dimension], asked: Value) -> TableQuery {
    TableQuery {
        by: by.to_vec(),
        charts: Vec::new(),
        filter: filter(asked),
        zone: None,
        top: None,
    }
}

fn search(fixture: &Fixture, asked: Value, cursor: Option<String>) -> Result<Value, Refusal> {
    let filter = filter(asked);
    fixture.ask::<actions::SearchRecords, _>(&fixture.lead, move |scope| {
        scope.search_records(&PageQuery {
            filter: &filter,
            order: Order::Record,
            limit: Some(2),
            cursor: cursor.as_deref(),
        })
    })
}

fn protected(fixture: &Fixture, by: Dimension, rule: Rule) -> Result<Value, Refusal> {
    fixture.ask::<actions::Scope, _>(&fixture.lead, move |scope| {
        scope.protected_table(&ProtectedQuery { by, rule })
    })
}

pub(super) fn failure(asked: Result<Value, Refusal>) -> OperationError {
    match asked {
        Err(Refusal::Failed(error, _)) => error,
        _ => panic!("it did not fail"),
    }
}

pub(super) fn place(asked: Result<Value, Refusal>) -> String {
    match failure(asked) {
        OperationError::Damaged { place } => place,
        error => panic!("{error:?}"),
    }
}

/// Of which nothing is kept on this machine, so that each part of an exhibit is read from the tables, and is the one
/// that is named. Else whoever reads from a server compares the digests of all parts of an exhibit first, and then
/// reads only what is not kept: see `kept_parts`.
pub(super) fn nothing_kept() -> Fixture {
    Fixture::with(Settings {
        cache_bytes: 0,
        ..Settings::default()
    })
}

#[test]
fn a_lookup_answers_by_position_and_without_the_number() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    fixture.admit(&[sent(1, "acme", 50 * HOUR)]);
    let asked = ["+44 7700 900001", "nothing", "+447700900009"];
    let found = look_up(&fixture, &fixture.lead, &asked).unwrap();
    assert_eq!(found[0]["state"], "exposed");
    assert_eq!(found[0]["messages"], 3);
    assert_eq!(found[0]["first"], "2024-03-01T00:00:00Z");
    assert_eq!(found[0]["last"], "2024-03-03T02:00:00Z");
    assert_eq!(found[0]["kinds"], json!(["sms-passcode", "voice"]));
    assert_eq!(
        found[1],
        json!({"ref": 1, "state": "unreadable", "why": "no-number"})
    );
    assert_eq!(found[2], json!({"ref": 2, "state": "not_exposed"}));
    assert!(!found.to_string().contains("900001"));
    let leaf = fixture.last_leaf();
    assert_eq!(leaf["subjects"], found[0]["subject"]);
    assert_eq!(leaf["rows"], 3);
}

#[test]
fn a_liaison_sees_no_difference_between_an_absent_number_and_one_of_others() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let liaison = &fixture.liaison;
    let of_others = look_up(&fixture, liaison, &["+447700900003"]).unwrap();
    let absent = look_up(&fixture, liaison, &["+447700900099"]).unwrap();
    assert_eq!(of_others, absent);
    let shared = look_up(&fixture, liaison, &["+447700900001"]).unwrap();
    assert_eq!(shared[0]["messages"], 1);
    assert_eq!(shared[0]["kinds"], json!(["sms-passcode"]));
}

#[test]
fn a_lost_part_of_the_index_is_damage_and_not_an_absence() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    fixture.writer.change("DELETE FROM subject_index");
    let found = look_up(&fixture, &fixture.lead, &["+447700900001"]);
    assert_eq!(place(found), fixture.named("subject_index"));
}

#[test]
fn pages_follow_one_another_through_all_exhibits() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    fixture.admit(&[sent(4, "acme", 9 * HOUR)]);
    let mut cursor = None;
    let mut records = Vec::new();
    loop {
        let page = search(&fixture, json!({}), cursor).unwrap();
        assert_eq!(page["total"], 5);
        records.extend(page["records"].as_array().unwrap().clone());
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(records.len(), 5);
    assert_eq!(records[0]["number_masked"], "+44 ••• ••• ••••");
    assert_eq!(records[0]["subject"], records[1]["subject"]);
    assert_eq!(records[1]["account"], "globex");
    assert_eq!(records[4]["sent_at"], "2024-03-01T09:00:00Z");
    let ids: std::collections::BTreeSet<_> = records
        .iter()
        .map(|record| record["record"].to_string())
        .collect();
    assert_eq!(ids.len(), 5);
}

#[test]
fn a_filter_by_subject_time_and_value_finds_what_it_says() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let all = search(&fixture, json!({}), None).unwrap();
    let token = all["records"][0]["subject"].clone();
    for (asked, total) in [
        (json!({"subject": [token]}), 2),
        (json!({"subject": [token], "account": ["acme"]}), 1),
        (json!({"subject": ["S-00000000"]}), 0),
        (json!({"country": ["France"]}), 1),
        (json!({"country": ["XX"]}), 0),
        (json!({"state": [""]}), 4),
        (
            json!({"sent_from": "2024-03-01T01:00:00Z", "sent_to": "2024-03-01T03:00:00Z"}),
            2,
        ),
        (json!({"sent_from": "2025-03-01T01:00:00Z"}), 0),
    ] {
        assert_eq!(
            search(&fixture, asked.clone(), None).unwrap()["total"],
            total,
            "{asked}"
        );
    }
}

#[test]
fn a_table_counts_messages_and_distinct_numbers() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let counted = table(
        &fixture,
        &fixture.lead,
        by(&[Dimension::Country], json!({})),
    )
    .unwrap();
    assert_eq!(
        counted["rows"],
        json!([
            {"country": "FR", "messages": 1, "numbers": 1, "small": true},
            {"country": "GB", "messages": 3, "numbers": 2, "small": true},
        ])
    );
    assert_eq!(counted["totals"], json!({"messages": 4, "numbers": 3}));
    assert_eq!(counted["basis"]["country"], json!({"in-record": 4}));
    let none = table(
        &fixture,
        &fixture.lead,
        by(&[], json!({"account": ["acme"]})),
    )
    .unwrap();
    assert_eq!(
        none["rows"],
        json!([{"messages": 2, "numbers": 2, "small": true}])
    );
}

#[test]
fn a_table_by_day_and_hour_is_told_in_the_zone_asked_for() {
    let mut fixture = Fixture::new();
    fixture.admit(&[sent(1, "acme", 0), sent(2, "acme", 30 * HOUR)]);
    let query = TableQuery {
        zone: Some("America/New_York".to_owned()),
        ..by(&[Dimension::Day, Dimension::Hour], json!({}))
    };
    let counted = table(&fixture, &fixture.lead, query).unwrap();
    assert_eq!(counted["rows"][0]["day"], "2024-02-29");
    assert_eq!(counted["rows"][0]["hour"], "19");
    assert_eq!(counted["rows"][1]["day"], "2024-03-02");
    assert_eq!(counted["rows"][1]["hour"], "01");
}

#[test]
fn the_top_rows_come_with_the_rest() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let query = TableQuery {
        top: Some(1),
        ..by(&[Dimension::Country], json!({}))
    };
    let counted = table(&fixture, &fixture.lead, query).unwrap();
    assert_eq!(counted["rows"].as_array().unwrap().len(), 1);
    assert_eq!(counted["rows"][0]["country"], "GB");
    assert_eq!(counted["rest"], json!({"rows": 1, "messages": 1}));
}

#[test]
fn a_liaison_counts_its_own_account_whatever_it_asks() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let own = table(
        &fixture,
        &fixture.liaison,
        by(&[Dimension::Account], json!({})),
    )
    .unwrap();
    assert_eq!(own["rows"].as_array().unwrap().len(), 1);
    assert_eq!(own["totals"], json!({"messages": 2, "numbers": 2}));
    assert!(own["basis"].get("exhibit_ids").is_none());
    let asked = |account: &str| {
        let query = by(&[Dimension::Account], json!({"account": [account]}));
        table(&fixture, &fixture.liaison, query).unwrap()
    };
    assert_eq!(asked("globex"), asked("nobody"));
    let refused = fixture.ask::<actions::Scope, _>(&fixture.liaison, |scope| {
        scope.protected_table(&ProtectedQuery {
            by: Dimension::Country,
            rule: Rule::Nhs,
        })
    });
    assert!(matches!(failure(refused), OperationError::Invalid { at, .. } if at == "audience"));
}

#[test]
fn many_blocks_and_many_cells_are_counted_like_few() {
    let mut fixture = nothing_kept();
    let rows: Vec<Sent> = (0..BLOCK_ROWS as i64 + 500)
        .map(|at| sent((at % 700) as u32, "acme", at))
        .collect();
    fixture.admit(&rows);
    let lead = &fixture.lead;
    let counted = table(&fixture, lead, by(&[Dimension::Country], json!({}))).unwrap();
    assert_eq!(
        counted["totals"],
        json!({"messages": rows.len(), "numbers": 700})
    );
    let last = json!({"sent_from": crate::domain::Moment::from_seconds(MARCH + BLOCK_ROWS as i64)});
    let counted = table(&fixture, lead, by(&[Dimension::Hour], last.clone())).unwrap();
    assert_eq!(counted["totals"], json!({"messages": 500, "numbers": 500}));
    // The first block stays sealed: its statistics rule it out, and its loss is not seen.
    let gone = "DELETE FROM block WHERE no = 0";
    fixture.writer.change(gone);
    assert!(table(&fixture, lead, by(&[Dimension::Hour], last)).is_ok());
    let place = place(table(&fixture, lead, by(&[], json!({}))));
    assert_eq!(place, "block");
}

#[test]
fn a_block_that_was_moved_changed_or_lost_is_named_and_nothing_is_answered() {
    let mut fixture = nothing_kept();
    let exhibit = fixture.admit(&small());
    let country = Field::Country.code();
    let ask = |fixture: &Fixture| {
        place(table(
            fixture,
            &fixture.lead,
            by(&[Dimension::Country], json!({})),
        ))
    };
    let (number, state) = (exhibit.0, Field::State.code());
    let swap = format!(
        "UPDATE block SET sealed = (SELECT sealed FROM block WHERE exhibit = {number} AND field = {state})
         WHERE exhibit = {number} AND field = {country}"
    );
    fixture.writer.change(&swap);
    assert_eq!(ask(&fixture), "block");
    let gone = format!("DELETE FROM block WHERE field = {country}");
    fixture.writer.change(&gone);
    assert_eq!(ask(&fixture), "block");
    fixture.writer.change("DELETE FROM statistics");
    let filtered = table(&fixture, &fixture.lead, by(&[], json!({"country": ["GB"]})));
    assert_eq!(place(filtered), "statistics");
    fixture
        .writer
        .change("DELETE FROM term_run WHERE first = 1");
    assert!(!place(search(&fixture, json!({}), None)).is_empty());
}

#[test]
fn a_number_that_cannot_be_masked_is_damage() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    fixture
        .writer
        .change("DELETE FROM term_run WHERE first = 1");
    assert_eq!(place(search(&fixture, json!({}), None)), "term_run");
}

#[test]
fn a_protected_table_hides_small_cells_and_is_given_again_as_it_was() {
    let mut fixture = Fixture::new();
    let mut rows: Vec<Sent> = (0..43).map(|no| sent(no, "acme", 0)).collect();
    rows.extend((43..48).map(|no| Sent {
        country: "FR",
        ..sent(no, "acme", 0)
    }));
    // Room to hide in: of two cells a second table would tell too much.
    rows.extend((48..68).map(|no| Sent {
        country: "US",
        ..sent(no, "acme", 0)
    }));
    fixture.admit(&rows);
    let given = protected(&fixture, Dimension::Country, Rule::Nhs).unwrap();
    assert_eq!(
        given["rows"],
        json!([
            {"country": "FR", "name": "France", "numbers": "*"},
            {"country": "GB", "name": "United Kingdom", "numbers": 45},
            {"country": "US", "name": "United States", "numbers": 20}
        ])
    );
    assert_eq!(given["totals"], json!({"numbers": 70}));
    let again = protected(&fixture, Dimension::Country, Rule::Nhs).unwrap();
    assert_eq!(again, given);
    let releases = |fixture: &Fixture| -> i64 {
        let count = "SELECT count(*) FROM release";
        fixture.writer.number(count)
    };
    assert_eq!(releases(&fixture), 1);
    let close = OperationError::Conflict(Conflict::CutTooClose);
    let cms = protected(&fixture, Dimension::Country, Rule::Cms);
    assert_eq!(failure(cms), close);
    fixture.admit(&[sent(100, "acme", 0), sent(101, "acme", 0)]);
    for dimension in [Dimension::Country, Dimension::Day] {
        assert_eq!(failure(protected(&fixture, dimension, Rule::Nhs)), close);
    }
    let more: Vec<Sent> = (102..120).map(|no| sent(no, "acme", 0)).collect();
    fixture.admit(&more);
    assert!(protected(&fixture, Dimension::Week, Rule::Nhs).is_ok());
    assert_eq!(releases(&fixture), 2);
}

#[test]
fn records_and_subjects_for_an_export_agree_with_the_result_they_are_bound_to() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let asked = fixture.ask::<actions::SearchRecords, _>(&fixture.lead, |scope| {
        let records = scope.records()?;
        let everything = RecordFilter::default();
        let found = records.result_of(&everything)?;
        let subjects = records.subjects(&everything)?;
        let mut rows = Vec::new();
        let fields = [Field::Number, Field::SentAt, Field::MessageRef];
        records.for_each_record(&everything, &fields, |record| {
            assert_eq!((record.account, record.message_ref), (0, None));
            rows.push((record.row, record.number, record.sent_at - MARCH));
            Ok(())
        })?;
        let of: Vec<_> = subjects
            .iter()
            .map(|one| {
                (
                    one.number,
                    one.account,
                    one.messages,
                    one.first == one.last,
                    &one.kinds,
                )
            })
            .collect();
        Ok(json!({"messages": found.messages, "numbers": found.numbers, "rows": rows, "of": of}))
    });
    assert_eq!(
        asked.unwrap(),
        json!({
            "messages": 4,
            "numbers": 3,
            "rows": [[1, 1, 0], [2, 1, 3600], [3, 2, 7200], [4, 3, 10_800]],
            "of": [[1, 1, 1, true, [1]], [1, 2, 1, true, [2]], [2, 1, 1, true, [1]], [3, 2, 1, true, [1]]],
        })
    );
}
