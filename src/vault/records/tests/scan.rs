//! Scans over many blocks on several threads: faults, callers who go away, pages.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::{Dimension, Order, PageQuery, RecordFilter, TableQuery};
use super::fixture::{Fixture, Sent, sent};
use super::{filter, nothing_kept, place, table};
use crate::domain::Field;
use crate::policy::actions;
use crate::vault::records::scan::walk::threads;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::only_on_sqlite;
use crate::vault::{Caller, DataRefusal, OperationError, Refusal};

const EXHIBITS: i64 = 12;
const ROWS: i64 = 30;

/// Many exhibits of one block each: more than one thread has work.
fn many() -> (Fixture, Vec<ExhibitNumber>) {
    many_in(Fixture::new())
}

fn many_in(mut fixture: Fixture) -> (Fixture, Vec<ExhibitNumber>) {
    let mut exhibits = Vec::new();
    for no in 0..EXHIBITS {
        let row = |at: i64| Sent {
            kind: ["sms-passcode", "voice"][(at % 2) as usize],
            ..sent((at % 20) as u32, "acme", no * 1000 + at)
        };
        exhibits.push(fixture.admit(&(0..ROWS).map(row).collect::<Vec<_>>()));
    }
    (fixture, exhibits)
}

fn page(
    fixture: &Fixture,
    caller: &Caller,
    asked: Value,
    order: Order,
    limit: u32,
    cursor: Option<&str>,
) -> Result<Value, Refusal> {
    let filter = filter(asked);
    let cursor = cursor.map(str::to_owned);
    fixture.ask::<actions::SearchRecords, _>(caller, move |scope| {
        scope.search_records(&PageQuery {
            filter: &filter,
            order,
            limit: Some(limit),
            cursor: cursor.as_deref(),
        })
    })
}

fn counted(fixture: &Fixture, asked: Value) -> Result<Value, Refusal> {
    let query = TableQuery {
        by: vec![Dimension::Kind],
        charts: Vec::new(),
        filter: filter(asked),
        zone: None,
        top: None,
    };
    table(fixture, &fixture.lead, query)
}

#[test]
fn a_fault_in_the_middle_is_told_once_and_names_the_first_block_that_has_one() {
    only_on_sqlite!();
    let (fixture, exhibits) = many();
    let voice = || json!({"kind": ["voice"]});
    let total = counted(&fixture, voice()).unwrap()["totals"]["messages"].clone();
    assert_eq!(total, EXHIBITS * ROWS / 2);
    let keep = "CREATE TEMP TABLE kept AS SELECT * FROM block";
    fixture.writer.raw().execute_batch(keep).unwrap();
    let restore = "DELETE FROM block; INSERT INTO block SELECT * FROM kept";
    let ruined =
        "UPDATE block SET sealed = zeroblob(length(sealed)) WHERE exhibit = ?1 AND field = ?2";
    let other =
        "UPDATE block SET sealed = (SELECT sealed FROM block WHERE exhibit = ?1 - 1 AND field = ?2)
                 WHERE exhibit = ?1 AND field = ?2";
    let cut = "UPDATE block SET sealed = substr(sealed, 1, 40) WHERE exhibit = ?1 AND field = ?2";
    let empty = "UPDATE block SET sealed = x'' WHERE exhibit = ?1 AND field = ?2";
    let lost = "DELETE FROM block WHERE exhibit = ?1 AND field = ?2";
    for (field, fault) in [
        (Field::Kind, ruined),
        (Field::Kind, other),
        (Field::Number, cut),
        (Field::Number, empty),
        (Field::CountryBasis, lost),
    ] {
        // Two of them: one is told, whichever thread is quicker, and no more than what it is.
        for at in [6, 9] {
            let changed = fixture
                .writer
                .raw()
                .execute(fault, (exhibits[at].0, field.code()));
            assert_eq!(changed, Ok(1));
        }
        for _ in 0..20 {
            assert_eq!(place(counted(&fixture, voice())), "block");
        }
        let leaf = fixture.last_leaf();
        assert_eq!(
            (&leaf["outcome"], &leaf["kind"]),
            (&json!("failed"), &json!("damaged"))
        );
        assert_eq!(leaf["rows"], Value::Null);
        if field == Field::Kind {
            let lead = &fixture.lead;
            let searched = page(&fixture, lead, voice(), Order::Record, 5, None);
            assert_eq!(place(searched), "block");
        }
        fixture.writer.raw().execute_batch(restore).unwrap();
    }
}

#[test]
fn a_caller_who_goes_away_ends_the_scan_between_two_blocks() {
    let (fixture, _) = many();
    let (caller, waiting) = fixture.lead.clone().waiting();
    let waiting = Mutex::new(Some(waiting));
    let asked = fixture.ask::<actions::SearchRecords, Value>(&caller, move |scope| {
        let records = scope.records()?;
        let plan = records.plan(&RecordFilter::default())?;
        let visited = AtomicUsize::new(0);
        let folded = records.fold(
            &plan,
            &[Field::Number],
            || (),
            |(), _| {
                visited.fetch_add(1, Ordering::Relaxed);
                drop(waiting.lock().unwrap().take());
                Ok(())
            },
        );
        let visited = visited.into_inner();
        assert!((1..=threads()).contains(&visited), "{visited}");
        folded.map(|_| Value::Null)
    });
    assert!(matches!(
        asked,
        Err(Refusal::Failed(OperationError::Cancelled, _))
    ));
    let leaf = fixture.last_leaf();
    assert_eq!(
        (&leaf["outcome"], &leaf["kind"]),
        (&json!("failed"), &json!("cancelled"))
    );
    // Scans in order stop as well, and nobody else is stopped.
    let searched = page(&fixture, &caller, json!({}), Order::Record, 5, None);
    assert!(matches!(
        searched,
        Err(Refusal::Failed(OperationError::Cancelled, _))
    ));
    assert!(page(&fixture, &fixture.lead, json!({}), Order::Record, 5, None).is_ok());
}

#[test]
fn people_counted_on_several_threads_are_those_of_the_records_in_order() {
    let (fixture, _) = many();
    let asked = fixture.ask::<actions::SearchRecords, _>(&fixture.lead, |scope| {
        let records = scope.records()?;
        let voice = filter(json!({"kind": ["voice"]}));
        let fields = [
            Field::Number,
            Field::Account,
            Field::Kind,
            Field::SentAt,
            Field::User,
        ];
        let mut people = BTreeMap::new();
        records.for_each_record(&voice, &fields, |record| {
            assert_eq!(record.user, 0);
            let (who, at) = ((record.number, record.account), record.sent_at);
            let (messages, first, last) = people.entry(who).or_insert((0, at, at));
            *messages += 1;
            (*first, *last) = (at.min(*first), at.max(*last));
            Ok(())
        })?;
        let found = records.subjects(&voice)?;
        let found: Vec<_> = found
            .iter()
            .map(|one| {
                let who = (one.number, one.account);
                (who, (one.messages, one.first, one.last))
            })
            .collect();
        assert_eq!(found, people.into_iter().collect::<Vec<_>>());
        Ok(found.len())
    });
    assert_eq!(asked.unwrap(), 10);
}

#[test]
fn a_later_page_opens_nothing_before_its_cursor_and_keeps_the_total() {
    let (fixture, exhibits) = many_in(nothing_kept());
    let lead = &fixture.lead;
    let ask = |cursor: Option<&str>| {
        let filter = json!({"kind": ["voice"]});
        page(&fixture, lead, filter, Order::Record, 40, cursor)
    };
    let first = ask(None).unwrap();
    assert_eq!(first["total"], EXHIBITS * ROWS / 2);
    // The first page ended in the third exhibit: what stands before it is gone, and
    // so is the end.
    for gone in [exhibits[0], exhibits[1], exhibits[11]] {
        let delete = format!("DELETE FROM block WHERE exhibit = {}", gone.0);
        fixture.writer.change(&delete);
    }
    let mut cursor = first["next"].as_str().unwrap().to_owned();
    let mut records = first["records"].as_array().unwrap().clone();
    for _ in 0..3 {
        let next = ask(Some(&cursor)).unwrap();
        assert_eq!(next["total"], first["total"]);
        records.extend(next["records"].as_array().unwrap().clone());
        cursor = next["next"].as_str().unwrap().to_owned();
    }
    let distinct: std::collections::BTreeSet<String> = records
        .iter()
        .map(|record| record["record"].to_string())
        .collect();
    assert_eq!((records.len(), distinct.len()), (160, 160));
    assert_eq!(place(ask(Some(&cursor))), "block");
    assert_eq!(place(ask(None)), "block");
}

#[test]
fn a_cursor_that_was_changed_or_belongs_to_something_else_is_refused() {
    let mut fixture = many().0;
    let ask = |fixture: &Fixture, caller: &Caller, asked: Value, order, cursor: &str| {
        page(fixture, caller, asked, order, 5, Some(cursor))
    };
    // Before anything is read where it could be no cursor, else as the list of refusals by data says.
    let refused = |asked: Result<Value, Refusal>| match asked {
        Err(Refusal::Failed(OperationError::NotInData { at, refusal }, _)) => {
            at == "cursor" && refusal == DataRefusal::OtherPage
        }
        Err(Refusal::Failed(OperationError::Invalid { at, .. }, _)) => at == "cursor",
        _ => false,
    };
    let first = page(&fixture, &fixture.lead, json!({}), Order::Record, 5, None).unwrap();
    let cursor = first["next"].as_str().unwrap().to_owned();
    let lead = fixture.lead.clone();
    for at in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let asked = ask(&fixture, &lead, json!({}), Order::Record, &changed);
        assert!(refused(asked), "{at}");
    }
    let other = json!({"kind": ["voice"]});
    assert!(refused(ask(&fixture, &lead, other, Order::Record, &cursor)));
    // What was admitted since is counted in, and its records come at the end.
    fixture.admit(&[sent(900, "acme", 0)]);
    let later = ask(&fixture, &lead, json!({}), Order::Record, &cursor).unwrap();
    assert_eq!(later["total"], EXHIBITS * ROWS + 1);
}

/// What records are sorted by is the rank of a value among all values of the case.
#[test]
fn a_cursor_shows_nothing_of_what_is_in_it() {
    let fixture = many().0;
    for order in [Order::Record, Order::Time, Order::Kind, Order::Country] {
        let first = || page(&fixture, &fixture.lead, json!({}), order, 5, None).unwrap();
        let cursor = || first()["next"].as_str().unwrap().to_owned();
        let (one, other) = (cursor(), cursor());
        assert_ne!(one, other, "the same place is sealed anew");
        // Counts, places and ranks are small: in the clear they would be rows of zero bytes.
        let bytes = URL_SAFE_NO_PAD.decode(&one).unwrap();
        assert!(!bytes.windows(4).any(|part| part == [0_u8; 4].as_slice()));
        let next = |cursor: &str| page(&fixture, &fixture.lead, json!({}), order, 5, Some(cursor));
        let pages = [one, other].map(|cursor| next(&cursor).unwrap()["records"].clone());
        assert_eq!(pages[0], pages[1]);
    }
}

#[test]
fn a_timeline_is_in_the_order_of_times_over_all_exhibits_and_pages() {
    let mut fixture = Fixture::new();
    let times = [[50, 10, 30], [20, 40, 10], [10, 60, 0]];
    for exhibit in times {
        let mut rows = Vec::new();
        for at in exhibit {
            rows.push(sent(1, "acme", at));
            rows.push(sent(2, "acme", at));
        }
        fixture.admit(&rows);
    }
    let lead = &fixture.lead;
    let all = page(&fixture, lead, json!({}), Order::Record, 1, None).unwrap();
    let subject = json!({"subject": [all["records"][0]["subject"]]});
    let (mut told, mut ids, mut cursor) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let asked = page(
            &fixture,
            lead,
            subject.clone(),
            Order::Time,
            2,
            cursor.as_deref(),
        );
        let page = asked.unwrap();
        assert_eq!(page["total"], 9);
        for record in page["records"].as_array().unwrap() {
            assert_eq!(record["subject"], subject["subject"][0]);
            told.push(record["sent_at"].as_str().unwrap()[17..19].to_owned());
            ids.push(record["record"].to_string());
        }
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(told, ["00", "10", "10", "10", "20", "30", "40", "50", "00"]);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 9);
}

#[test]
fn all_records_are_in_the_order_of_times_and_values_over_all_exhibits_and_pages() {
    let mut fixture = Fixture::new();
    for (account, times) in [("beta", [50, 10, 30]), ("alpha", [20, 40, 10])] {
        let rows: Vec<_> = times
            .iter()
            .map(|at| sent(*at as u32, account, *at))
            .collect();
        fixture.admit(&rows);
    }
    let lead = &fixture.lead;
    let told = |order: Order, part: fn(&serde_json::Value) -> String| {
        let (mut told, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let asked = page(&fixture, lead, json!({}), order, 4, cursor.as_deref());
            let page = asked.unwrap();
            assert_eq!(page["total"], 6);
            told.extend(page["records"].as_array().unwrap().iter().map(part));
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return told;
            }
        }
    };
    let seconds =
        |record: &serde_json::Value| record["sent_at"].as_str().unwrap()[17..19].to_owned();
    let account = |record: &serde_json::Value| record["account"].as_str().unwrap().to_owned();
    let times = ["10", "10", "20", "30", "40", "50"];
    assert_eq!(told(Order::Time, seconds), times);
    let latest: Vec<_> = times.into_iter().rev().collect();
    assert_eq!(told(Order::Latest, seconds), latest);
    let accounts = [["alpha"; 3], ["beta"; 3]].concat();
    assert_eq!(told(Order::Account, account), accounts);
    // A value that comes between two pages may belong before what was shown.
    let first = page(&fixture, lead, json!({}), Order::Account, 4, None).unwrap();
    let cursor = first["next"].as_str().unwrap().to_owned();
    fixture.admit(&[sent(9, "aleph", 1)]);
    let asked = page(
        &fixture,
        &fixture.lead,
        json!({}),
        Order::Account,
        4,
        Some(&cursor),
    );
    assert!(matches!(
        asked,
        Err(Refusal::Failed(OperationError::Conflict(_), _))
    ));
}
