//! What is read for a call that cannot pay, statement by statement, what is paid for one that fails, and what is
//! written for one that is paid.

use std::fs;

use serde_json::{Value, json};

use super::fixture::{Fixture, Sent, sent};
use super::{Order, PageQuery, place};
use crate::domain::{ExhibitId, SessionId};
use crate::policy::{Action, Denial, actions};
use crate::vault::exhibits::duplicate_lines::DuplicateOf;
use crate::vault::plaintext::{AskedNumbers, RawText};
use crate::vault::store::{leaf_index_rows, leaf_rows, only_on_sqlite, take_statements};
use crate::vault::{Budget, Caller, Price, Refusal, Settings};

const HIDDEN: &str = "+447700900001";
const ABSENT: &str = "+447700900099";
/// Tables of what the case holds.
const OF_DATA: [&str; 8] = [
    "term_run",
    "subject_index",
    "block",
    "dictionary",
    "statistics",
    "quarantine ",
    "duplicate",
    "seen",
];

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
    let spent: f64 = fixture.writer.sum(sql);
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

/// The same where rows that were read for another call are read again, as they are after a second: what runs does not
/// depend on how quick the machine is.
fn statements_anew(fixture: &Fixture, call: impl FnOnce()) -> (Vec<String>, Vec<String>) {
    statements(fixture, || {
        fixture.vault.core.control.forget_kept();
        call();
    })
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
            statements_anew(fixture, || {
                let denied = look_up(fixture, &fixture.lead, numbers);
                assert_eq!(denied.is_err(), refused, "{numbers:?}");
            })
        };
        let (one, other) = (run(&held), run(&not_held));
        if refused {
            assert_eq!(one, other);
        }
        let read = one.0.iter().chain(&one.1);
        let reads = read
            .clone()
            .any(|sql| OF_DATA.iter().any(|table| sql.contains(table)));
        assert_eq!(reads, !refused, "{numbers:?}");
        assert!(read.clone().any(|sql| sql.contains("FROM budget ")));
    }
    assert_eq!(left(&held), left(&not_held));
}

/// What the commit of a lookup runs and writes is much of what the lookup takes. The rows of both budgets are beside
/// each other, and so are checkpoint and seal: a page each for leaf, detail, hashes, budgets and checkpoint. The index
/// of the log is written with each 256th leaf only.
#[test]
fn a_lookup_is_committed_with_few_statements_and_five_pages() {
    only_on_sqlite!();
    let mut fixture = Fixture::new();
    fixture.admit(&[sent(1, "acme", 0)]);
    let ask = || drop(look_up(&fixture, &fixture.lead, &[HIDDEN]).unwrap());
    // The first one adds the rows of the budgets.
    ask();
    let name = |sql: &String| Some(sql.lines().next()?.strip_prefix("-- ")?.to_owned());
    let committed = || {
        let (_, run) = statements(&fixture, ask);
        let mut names: Vec<String> = run.iter().filter_map(name).collect();
        // How many hashes become final with a leaf follows from its number.
        names.retain(|name| name != "tree_hash::insert");
        // What comes before is the rest of another act's commit.
        let mut commits = names.split_inclusive(|name| name == "checkpoint::put");
        commits.nth(1).unwrap().to_vec()
    };
    // Rows that were kept for a second are read again.
    let shortest = (0..5).map(|_| committed()).min_by_key(Vec::len).unwrap();
    assert_eq!(
        shortest,
        [
            "budget::update",
            "budget::read",
            "budget::update",
            "budget::read",
            "leaf::insert",
            "detail::insert",
            "checkpoint::put",
        ]
    );
    let pragma = |name: &str| {
        let sql = format!("PRAGMA {name}");
        let raw = fixture.writer.raw();
        let found: i64 = raw.query_row(&sql, [], |row| row.get(0)).unwrap();
        u64::try_from(found).unwrap()
    };
    assert_eq!(pragma("wal_checkpoint(TRUNCATE)"), 0, "somebody reads");
    let frame = 24 + pragma("page_size");
    let journal = fixture.vault.paths().database().with_extension("db-wal");
    let frames = || fs::metadata(&journal).unwrap().len() / frame;
    let pages = |_| {
        let before = frames();
        ask();
        frames() - before
    };
    let mut pages: Vec<u64> = (0..9).map(pages).collect();
    // Now and then a table grows by a page.
    pages.sort_unstable();
    assert_eq!(pages[pages.len() / 2], 5, "{pages:?}");
}

#[test]
fn the_ledger_writes_the_index_of_the_log_with_each_256th_leaf_and_it_is_that_of_the_leaves() {
    let fixture = fixture(&[sent(1, "acme", 0)]);
    let size = || leaf_rows::count(&fixture.writer).unwrap();
    let act = || {
        let done = fixture.ask::<actions::CloseCase, _>(&fixture.lead, |_| Ok(Value::Null));
        done.unwrap();
    };
    let agrees = |size: u64| leaf_index_rows::check(&fixture.writer, size).is_ok();
    assert!(size() < 200);
    while size() < 510 {
        act();
        let leaves = size();
        if leaves <= 260 || leaves >= 508 {
            assert!(agrees(leaves), "{leaves}");
        }
    }
    // What was written is of 256 leaves, not of all and not of none.
    assert!(!agrees(255) && !agrees(512));
    act();
    act();
    assert_eq!(size(), 512);
    assert!(agrees(512) && !agrees(511));
}

/// An act that nobody may come to do.
fn not_done<A: Action>(
    fixture: &Fixture,
    caller: &Caller,
    price: Option<Price>,
) -> Result<Value, Refusal> {
    fixture.ask_for::<A, Value>(caller, price, |_| panic!("it was done"))
}

/// The same call to two vaults that hold different records: it is refused, runs the same statements
/// and reads nothing of a record.
fn refused_alike(
    fixtures: &[Fixture; 2],
    named: &str,
    call: &dyn Fn(&Fixture) -> Result<Value, Refusal>,
) {
    let [one, other] = fixtures.each_ref().map(|fixture| {
        statements_anew(fixture, || match call(fixture) {
            Err(Refusal::Denied(denial, _)) => assert_eq!(denial.name(), named),
            Err(Refusal::Failed(error, _)) => assert_eq!(error.name(), named),
            other => panic!("{named}: {other:?}"),
        })
    });
    assert_eq!(one, other, "{named}");
    for sql in one.0.iter().chain(&one.1) {
        let of_data = OF_DATA.iter().any(|table| sql.contains(table));
        assert!(!of_data, "{named}: {sql}");
    }
    assert!(!one.0.is_empty() || !one.1.is_empty());
}

/// Two vaults with as many records of as many people, and none in common.
fn pair(lookups: Budget, views: Budget) -> [Fixture; 2] {
    [1, 5].map(|first| {
        let mut fixture = Fixture::with(Settings {
            lookup_budget: lookups,
            view_budget: views,
            ..Settings::default()
        });
        fixture.admit(&[sent(first, "acme", 0), sent(first + 1, "acme", 60)]);
        fixture.admit(&[sent(first, "globex", 90), sent(first + 2, "globex", 95)]);
        fixture
    })
}

fn budget(capacity: u32, per_hour: u32) -> Budget {
    Budget {
        capacity,
        per_hour,
        per_month: 100_000,
    }
}

/// Asks for an act at its price.
type Unpaid = fn(&Fixture, Price) -> Result<Value, Refusal>;

#[test]
fn every_act_that_cannot_be_paid_runs_the_same_statements_whatever_the_case_holds() {
    let fixtures = pair(budget(110, 60), budget(505, 60));
    let unpaid: [(&str, Price, Unpaid); 11] = [
        ("a lookup", Price::of_numbers(1), |fixture, price| {
            not_done::<actions::LookUp>(fixture, &fixture.lead, Some(price))
        }),
        ("a table", Price::of_table(), |fixture, price| {
            not_done::<actions::Scope>(fixture, &fixture.lead, Some(price))
        }),
        (
            "a table that compares",
            Price::of_table().comparing(true),
            |fixture, price| not_done::<actions::Scope>(fixture, &fixture.lead, Some(price)),
        ),
        ("a page", Price::of_page(50), |fixture, price| {
            not_done::<actions::SearchRecords>(fixture, &fixture.lead, Some(price))
        }),
        ("a difference", Price::of_difference(), |fixture, price| {
            not_done::<actions::CompareExhibits>(fixture, &fixture.lead, Some(price))
        }),
        ("duplicates", Price::of_difference(), |fixture, price| {
            not_done::<actions::ListDuplicates>(fixture, &fixture.lead, Some(price))
        }),
        ("a reveal", Price::of_request(1), |fixture, price| {
            not_done::<actions::RequestReveal>(fixture, &fixture.lead, Some(price))
        }),
        ("an export", Price::of_request(0), |fixture, price| {
            not_done::<actions::RequestExport>(fixture, &fixture.lead, Some(price))
        }),
        ("a withdrawal", Price::of_request(0), |fixture, price| {
            not_done::<actions::RequestWithdrawal>(fixture, &fixture.lead, Some(price))
        }),
        ("a quarantine", Price::of_request(0), |fixture, price| {
            not_done::<actions::RequestQuarantine>(fixture, &fixture.lead, Some(price))
        }),
        ("a list", Price::of_request_list(), |fixture, price| {
            not_done::<actions::ListReveals>(fixture, &fixture.lead, Some(price))
        }),
    ];
    // All of both budgets.
    for fixture in &fixtures {
        let all = Some(Price::of_numbers(110));
        let spent = fixture.ask_for::<actions::LookUp, _>(&fixture.lead, all, |_| Ok(Value::Null));
        spent.unwrap();
        let all = Some(Price::of_page(505));
        let spent =
            fixture.ask_for::<actions::SearchRecords, _>(&fixture.lead, all, |_| Ok(Value::Null));
        spent.unwrap();
    }
    for (act, price, call) in unpaid {
        println!("{act}");
        refused_alike(&fixtures, "budget-spent", &|fixture| call(fixture, price));
    }
    let price = Some(Price::of_numbers(111));
    refused_alike(&fixtures, "over-budget", &|fixture| {
        not_done::<actions::LookUp>(fixture, &fixture.lead, price)
    });
    let price = Some(Price::of_page(506));
    refused_alike(&fixtures, "over-budget", &|fixture| {
        not_done::<actions::SearchRecords>(fixture, &fixture.lead, price)
    });
}

#[test]
fn who_may_not_or_names_nothing_runs_the_same_statements_whatever_the_case_holds() {
    let views = Settings::default().view_budget;
    let fixtures = pair(Settings::default().lookup_budget, views);
    let outsider = |fixture: &Fixture| {
        let stranger = fixture.lead.operator_id().unwrap().clone();
        Caller::operator(stranger, SessionId::from_random([99; 13]))
    };
    refused_alike(&fixtures, "session-ended", &|fixture| {
        not_done::<actions::LookUp>(fixture, &outsider(fixture), Some(Price::of_numbers(1)))
    });
    for call in [
        (|fixture| not_done::<actions::ListExhibits>(fixture, &fixture.liaison, None))
            as fn(&Fixture) -> Result<Value, Refusal>,
        |fixture| {
            let price = Some(Price::of_difference());
            not_done::<actions::CompareExhibits>(fixture, &fixture.liaison, price)
        },
        |fixture| {
            let price = Some(Price::of_request(0));
            not_done::<actions::RequestWithdrawal>(fixture, &fixture.liaison, price)
        },
    ] {
        refused_alike(&fixtures, "not-allowed", &call);
    }
    // An exhibit of nobody, and one of the other vault, which is nobody's here.
    for unknown in [[0; 13], [77; 13]] {
        for (of, price) in [
            (DuplicateOf::File, None),
            (DuplicateOf::Case, Some(Price::of_difference())),
        ] {
            let call = move |fixture: &Fixture| {
                let exhibit = ExhibitId::from_random(unknown);
                fixture.ask_for::<actions::ListDuplicates, _>(&fixture.lead, price, move |scope| {
                    scope.list_duplicates(&exhibit, of, 0)
                })
            };
            refused_alike(&fixtures, "not-found", &call);
        }
    }
}

#[test]
fn a_frozen_operator_runs_the_same_statements_whatever_the_case_holds() {
    let fixtures = pair(budget(2, 3600), Settings::default().view_budget);
    let two = Some(Price::of_numbers(2));
    for fixture in &fixtures {
        for _ in 0..10 {
            let paid =
                fixture.ask_for::<actions::LookUp, _>(&fixture.lead, two, |_| Ok(Value::Null));
            paid.unwrap();
            assert!(not_done::<actions::LookUp>(fixture, &fixture.lead, two).is_err());
            fixture.clock.advance_seconds(3);
        }
    }
    for numbers in [1, 2] {
        let price = Some(Price::of_numbers(numbers));
        refused_alike(&fixtures, "lookups-frozen", &|fixture| {
            not_done::<actions::LookUp>(fixture, &fixture.lead, price)
        });
    }
    // The same freeze for all that is paid with lookups.
    let price = Some(Price::of_request(0));
    refused_alike(&fixtures, "lookups-frozen", &|fixture| {
        not_done::<actions::RequestExport>(fixture, &fixture.lead, price)
    });
}

#[test]
fn a_call_that_comes_upon_damage_is_paid_like_an_answer() {
    let fixture = fixture(&[sent(1, "acme", 0)]);
    fixture.writer.change("DELETE FROM subject_index");
    assert_eq!(left(&fixture), 3.0);
    let found = place(look_up(&fixture, &fixture.lead, &[HIDDEN]));
    assert_eq!(found, fixture.named("subject_index"));
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
        statements_anew(&fixture, || {
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
