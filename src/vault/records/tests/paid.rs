//! What is read for a call that cannot pay, statement by statement, and what is paid for one that fails.

use serde_json::{Value, json};

use super::super::fixture::{Fixture, Sent, sent};
use super::{Order, PageQuery, place};
use crate::policy::{Denial, actions};
use crate::vault::plaintext::{AskedNumbers, RawText};
use crate::vault::store::take_statements;
use crate::vault::{Budget, Caller, Price, Refusal, Settings};

const HIDDEN: &str = "+447700900001";
const ABSENT: &str = "+447700900099";

fn fixture(rows: &[Sent]) -> Fixture {
    let mut fixture = Fixture::with(Settings {
        lookup_budget: Budget {
            capacity: 3,
            per_hour: 1,
            per_month: 100,
        },
        ..Settings::default()
    });
    fixture.admit(rows);
    fixture
}

fn look_up(fixture: &Fixture, caller: &Caller, numbers: &[&str]) -> Result<Value, Refusal> {
    let texts = numbers.iter().map(|text| RawText::new((*text).to_owned()));
    let numbers = AskedNumbers::read(&texts.collect::<Vec<_>>(), None);
    let price = Some(Price::of_numbers(numbers.distinct()));
    fixture.ask_for::<actions::LookUp, _>(caller, price, move |scope| scope.look_up(&numbers))
}

fn left(fixture: &Fixture) -> f64 {
    let sql = "SELECT coalesce(sum(spent), 0.0) FROM budget WHERE kind = 'lookups'";
    let spent: f64 = fixture
        .writer
        .raw()
        .query_row(sql, [], |row| row.get(0))
        .unwrap();
    3.0 - spent
}

/// What ran for the last call: on the thread that reads, and on the ledger's.
fn statements(fixture: &Fixture, call: impl FnOnce()) -> (Vec<String>, Vec<String>) {
    let on_the_ledger = || {
        let taken = fixture.ask::<actions::CloseCase, _>(&fixture.lead, |_| Ok(take_statements()));
        serde_json::from_value(taken.unwrap()).unwrap()
    };
    let _: Vec<String> = on_the_ledger();
    take_statements();
    call();
    (take_statements(), on_the_ledger())
}

#[test]
fn a_call_that_cannot_pay_runs_the_same_statements_whatever_the_case_holds() {
    let held = fixture(&[sent(1, "acme", 0), sent(1, "acme", 60), sent(2, "acme", 90)]);
    let not_held = fixture(&[sent(5, "acme", 0), sent(6, "acme", 60), sent(7, "acme", 90)]);
    for (numbers, refused) in [
        (
            &[HIDDEN, ABSENT, "+447700900098", "+447700900097"][..],
            true,
        ),
        (&[ABSENT, "+447700900098", "+447700900097"], false),
        (&[HIDDEN], true),
        (&[ABSENT], true),
    ] {
        let run = |fixture: &Fixture| {
            statements(fixture, || {
                let denied = look_up(fixture, &fixture.lead, numbers);
                assert_eq!(denied.is_err(), refused, "{numbers:?}");
            })
        };
        let (one, other) = (run(&held), run(&not_held));
        if refused {
            assert_eq!(one, other);
        }
        let of_data = ["term_run", "subject_index", "block", "dictionary"];
        let read = one.0.iter().chain(&one.1);
        let reads = read
            .clone()
            .any(|sql| of_data.iter().any(|table| sql.contains(table)));
        assert_eq!(reads, !refused, "{numbers:?}");
        assert!(read.clone().any(|sql| sql.contains("FROM budget ")));
    }
    assert_eq!(left(&held), left(&not_held));
}

#[test]
fn a_call_that_comes_upon_damage_is_paid_like_an_answer() {
    let fixture = fixture(&[sent(1, "acme", 0)]);
    let lost = fixture.writer.raw();
    lost.execute("DELETE FROM subject_index", []).unwrap();
    assert_eq!(left(&fixture), 3.0);
    let found = place(look_up(&fixture, &fixture.lead, &[HIDDEN]));
    assert_eq!(found, "subject_index");
    assert_eq!(left(&fixture), 2.0);
    let leaf = fixture.last_leaf();
    assert!(leaf.get("subjects").is_none_or(Value::is_null));
}

#[test]
fn what_is_under_way_is_spent_before_it_is_charged() {
    let fixture = fixture(&[sent(1, "acme", 0)]);
    let lead = fixture.lead.operator_id().unwrap();
    let entered = fixture
        .vault
        .core
        .under_way
        .enter(lead, Price::of_numbers(2));
    let numbers = [ABSENT, "+447700900098"];
    let (read, _) = statements(&fixture, || {
        let denied = look_up(&fixture, &fixture.lead, &numbers);
        let Err(Refusal::Denied(Denial::BudgetSpent { retry_after, .. }, _)) = denied else {
            panic!("it was not denied");
        };
        assert_eq!(retry_after, 1);
    });
    assert!(!read.iter().any(|sql| sql.contains("term_run")));
    drop(entered);
    assert!(look_up(&fixture, &fixture.lead, &numbers).is_ok());
}

#[test]
fn a_liaisons_filter_runs_the_same_statements_whatever_other_accounts_have() {
    let mut fixture = Fixture::new();
    fixture.admit(&[
        sent(1, "acme", 0),
        Sent {
            carrier: "Theirs Alone",
            country: "US",
            state: "WA",
            kind: "voice",
            ..sent(2, "globex", 900_000)
        },
    ]);
    fixture.admit(&[sent(3, "globex", 60)]);
    let all = page(&fixture, &fixture.lead, &json!({})).unwrap();
    let token = |account: &str| {
        let mut records = all["records"].as_array().unwrap().iter();
        records.find(|record| record["account"] == account).unwrap()["subject"].clone()
    };
    let run = |filter: &Value| {
        statements(&fixture, || {
            let asked = super::by(&[], filter.clone());
            let found = super::table(&fixture, &fixture.liaison, asked).unwrap();
            assert_eq!(found["totals"]["messages"], 0, "{filter}");
        })
    };
    for (of_others, of_nobody) in [
        (
            json!({"account": ["globex"]}),
            json!({"account": ["nobody"]}),
        ),
        (
            json!({"subject": [token("globex")]}),
            json!({"subject": ["S-00000000"]}),
        ),
        (
            json!({"carrier": ["Theirs Alone"]}),
            json!({"carrier": ["Nobodys"]}),
        ),
        (json!({"country": ["US"]}), json!({"country": ["FR"]})),
        (json!({"state": ["WA"]}), json!({"state": ["OR"]})),
        (json!({"kind": ["voice"]}), json!({"kind": ["fax"]})),
        (
            json!({"sent_from": "2024-03-11T00:00:00Z", "sent_to": "2024-03-12T00:00:00Z"}),
            json!({"sent_from": "2024-03-20T00:00:00Z", "sent_to": "2024-03-21T00:00:00Z"}),
        ),
    ] {
        // What is kept in memory from call to call is there for both.
        run(&of_others);
        // What the log writes follows from its length.
        assert_eq!(run(&of_others).0, run(&of_nobody).0, "{of_others}");
    }
}

fn page(fixture: &Fixture, caller: &Caller, filter: &Value) -> Result<Value, Refusal> {
    let filter = super::filter(filter.clone());
    fixture.ask::<actions::SearchRecords, _>(caller, move |scope| {
        scope.search_records(&PageQuery {
            filter: &filter,
            order: Order::Record,
            limit: Some(50),
            cursor: None,
        })
    })
}
