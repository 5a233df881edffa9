//! Whoever can write the database and has no key of the vault gains nothing from the tables that hold no control
//! rows either. Every column and every kind of change, closed and served: the start is refused, or an act finds
//! damage, or what is answered is what would have been answered anyway.

use std::collections::{BTreeMap, BTreeSet};

use breachvault::operations::audit::{ReadLeaf, SearchLeaves};
use breachvault::operations::exhibit::{ListDuplicates, ListExhibits};
use breachvault::operations::quarantine::{DecideQuarantine, OpenQuarantine, RequestQuarantine};
use breachvault::operations::record::{CountRecords, LookUp, SearchRecords};
use breachvault::operations::session::ReadSelf;
use breachvault::vault::{OperationError, Refusal, Vault};
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use crate::control_rows::{
    Change, Days, ROWS, TABLES, Table, changes, look_up, make, other, seal_of,
};
use crate::house::{People, REASON, admit_as, ask, numbers};

/// Every table that is not in `TABLES`.
const SEALED: [&str; 14] = [
    "block",
    "statistics",
    "seen",
    "dictionary",
    "subject_index",
    "quarantine",
    "duplicate",
    "term_run",
    "leaf",
    "leaf_index",
    "tree_hash",
    "checkpoint",
    "detail",
    "migration",
];

/// A number is changed by so much that it is no other row's.
const FAR: i64 = 100_000;
const EXPOSED: &str = "+12025550147";
const ABSENT: &str = "+12025550148";

/// Two days of a vault, and today an exhibit of its own with a duplicate and a row in quarantine.
struct Sample {
    days: Days,
    exhibit: String,
    /// The first leaf with a sealed detail.
    detailed: String,
}

impl Sample {
    fn new() -> Self {
        let days = Days::new();
        let (vault, people) = (days.today.open().unwrap(), &days.today.people);
        let file = "account,number,carrier,country,state,sent_at,kind\n\
            one,+12025550147,Carrier,US,,2024-03-10T12:00:00Z,sms\n\
            one,+12025550147,Carrier,US,,2024-03-10T12:00:00Z,sms\n\
            two,+12025550149,Carrier,US,,2024-03-11T12:00:00Z,sms\n\
            one,abc123,Carrier,US,,2024-03-10T12:00:00Z,sms\n";
        let admitted = admit_as(&vault, &people.custodian, &people.case, file.into()).unwrap();
        assert_eq!(admitted["admitted"], 2, "{admitted}");
        assert_eq!(admitted["duplicates"], 1, "{admitted}");
        assert_eq!(admitted["quarantined"], 1, "{admitted}");
        // The index of the log has entries from the 256th leaf on.
        for _ in 0..256 {
            ask::<ReadSelf>(&vault, &people.lead, &[], json!({})).unwrap();
        }
        let exhibit = admitted["exhibit"].as_str().unwrap().to_owned();
        vault.stop().unwrap();
        drop(vault);
        let details = days.today.beside().column("SELECT min(seq) FROM detail");
        let Cell::Integer(detailed) = details[0] else {
            panic!("no leaf has a detail");
        };
        Self {
            days,
            exhibit,
            detailed: detailed.to_string(),
        }
    }
}

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Answer(String),
    /// Nothing but that something is damaged or cannot be read or written.
    Damage,
}

fn told(asked: Result<Value, Refusal>) -> Told {
    match asked {
        Ok(mut answer) => {
            if let Some(members) = answer.as_object_mut() {
                // Sealed anew each time.
                members.remove("next");
                // Of the newest end of the log, whose leaves have ids and times of their own.
                members.remove("proof");
            }
            Told::Answer(answer.to_string())
        }
        Err(Refusal::Failed(OperationError::Damaged { .. } | OperationError::Store(_), _))
        | Err(Refusal::Unaudited(_)) => Told::Damage,
        Err(Refusal::Failed(error, _)) => Told::Answer(error.name().to_owned()),
        Err(Refusal::Denied(denial, _)) => Told::Answer(denial.name().to_owned()),
    }
}

/// What people are told after a change, by the act. Two acts that write a lot are left out if they read nothing of
/// the table.
fn acts(vault: &Vault, sample: &Sample, table: &str) -> BTreeMap<&'static str, Told> {
    let (people, exhibit) = (&sample.days.today.people, sample.exhibit.as_str());
    let case = [("case", people.case.as_str())];
    let in_case = [("case", people.case.as_str()), ("exhibit", exhibit)];
    let (by, lead) = (&people.investigator, &people.lead);
    let mut all = BTreeMap::new();
    let look_ups = |number: &str| {
        let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
        told(ask::<LookUp>(vault, by, &case, body))
    };
    all.insert(
        "a number of the first exhibit",
        look_ups(&numbers(ROWS, 1, 1)[0]),
    );
    all.insert("an exposed number", look_ups(EXPOSED));
    all.insert("an absent number", look_ups(ABSENT));
    let page = json!({ "limit": 500, "purpose": "scoping", "reason": REASON });
    all.insert(
        "records",
        told(ask::<SearchRecords>(vault, by, &case, page)),
    );
    let table_of = json!({ "by": ["account", "carrier", "kind"], "audience": "team" });
    all.insert(
        "a table",
        told(ask::<CountRecords>(vault, by, &case, table_of)),
    );
    let filtered = json!({ "by": ["account"], "audience": "team",
        "filter": { "sent_from": "2024-03-01T00:00:00Z", "sent_to": "2024-05-01T00:00:00Z" } });
    all.insert(
        "a table of a month",
        told(ask::<CountRecords>(vault, by, &case, filtered)),
    );
    for (name, of) in [
        ("duplicates of the file", "file"),
        ("duplicates of the case", "case"),
    ] {
        let listed = ask::<ListDuplicates>(vault, lead, &in_case, json!({ "of": of }));
        all.insert(name, told(listed));
    }
    let listed = ask::<ListExhibits>(vault, lead, &case, json!({}));
    all.insert("exhibits", told(listed));
    for (name, leaf) in [
        ("the first leaf", "0"),
        ("a leaf with a detail", &sample.detailed),
    ] {
        let read = ask::<ReadLeaf>(vault, &people.auditor, &[("leaf", leaf)], json!({}));
        all.insert(name, told(read));
    }
    if table == "leaf_index" {
        // Of leaves that were there before these acts.
        let query = json!({ "action": "record.lookup", "cursor": "256" });
        let found = ask::<SearchLeaves>(vault, &people.auditor, &[], query);
        all.insert("a search of the log", told(found));
    }
    if [
        "seen",
        "dictionary",
        "term_run",
        "duplicate",
        "leaf",
        "tree_hash",
    ]
    .contains(&table)
    {
        let admitted = told(admit_more(vault, people));
        if admitted != Told::Damage {
            all.insert("an exposed number after it", look_ups(EXPOSED));
        }
        all.insert("an admission", admitted);
    }
    if ["quarantine", "detail", "leaf"].contains(&table) {
        all.insert(
            "the quarantine",
            told(open_quarantine(vault, people, exhibit)),
        );
    }
    all
}

/// A later file with a row that the case has, and one that it has not.
fn admit_more(vault: &Vault, people: &People) -> Result<Value, Refusal> {
    let file = "account,number,carrier,country,state,sent_at,kind\n\
        one,+12025550147,Carrier,US,,2024-03-10T12:00:00Z,sms\n\
        one,+12025550150,Carrier,US,,2024-03-12T12:00:00Z,sms\n";
    let admitted = admit_as(vault, &people.custodian, &people.case, file.into())?;
    let counts = ["admitted", "duplicates", "quarantined", "numbers"].map(|name| &admitted[name]);
    Ok(json!(counts))
}

fn open_quarantine(vault: &Vault, people: &People, exhibit: &str) -> Result<Value, Refusal> {
    let ids = [("case", people.case.as_str()), ("exhibit", exhibit)];
    let why = json!({ "reason": REASON });
    let asked = ask::<RequestQuarantine>(vault, &people.lead, &ids, why)?;
    let id = asked["quarantine"].as_str().unwrap();
    let ids = [("quarantine", id)];
    let yes = json!({ "decision": "approve", "reason": REASON });
    ask::<DecideQuarantine>(vault, &people.other_lead, &ids, yes)?;
    let opened = ask::<OpenQuarantine>(vault, &people.lead, &ids, json!({}))?;
    Ok(Value::String(opened.to_string().replace(id, "the request")))
}

/// Every change to a table that can be made to rows of a control table, and two more: the last row is
/// deleted, and a row is copied to the place after the last one.
fn all_changes(sample: &Sample, name: &'static str) -> (Table, Vec<Change>) {
    let (today, yesterday) = (sample.days.today.beside(), sample.days.yesterday.beside());
    let table = Table::of(&today, name, FAR);
    let (new, old) = (table.rows(&today), table.rows(&yesterday));
    assert!(!new.is_empty(), "{name} has no row");
    let mut all = changes(&table, &new, &old);
    let last = new.last().unwrap();
    let mut change = |what: &str, gone: Vec<Vec<Cell>>, added: Vec<Vec<Cell>>| {
        all.push(Change {
            what: format!("{name}: {what}"),
            gone,
            added,
            seal: false,
        });
    };
    change("last row deleted", vec![table.key_of(last)], vec![]);
    // Runs of terms have a second unique index, which a copy beside would break.
    if name != "term_run" {
        let mut beside = last.clone();
        let is_number_of_key =
            |at: &usize| matches!(last[*at], Cell::Integer(_)) && table.is_key(&table.columns[*at]);
        let at = (0..last.len()).rev().find(is_number_of_key).unwrap();
        beside[at] = other(&last[at], 1);
        change("a copy after the last row", vec![], vec![beside]);
    }
    (table, all)
}

/// Makes every change to a copy, which is served already or not, and compares what people are told.
fn try_all(served: bool) {
    let sample = Sample::new();
    let seal = seal_of(&sample.days.yesterday.beside());
    let people = &sample.days.today.people;
    let run = |table: &Table, change: Option<&Change>| {
        let copy = sample.days.today.copy();
        let change_it = || {
            if let Some(change) = change {
                make(&copy.beside(), table, change, &seal);
            }
        };
        if !served {
            change_it();
        }
        let vault = copy.open().ok()?;
        if served {
            look_up(&vault, people).unwrap();
            change_it();
        }
        Some(acts(&vault, &sample, table.name))
    };
    let mut ends: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let (mut count, mut columns) = (0, 0);
    for name in SEALED {
        let (table, changes) = all_changes(&sample, name);
        columns += table.columns.len();
        let truth = run(&table, None).expect("nothing was changed");
        let sound = truth.values().all(|told| *told != Told::Damage);
        assert!(sound, "{name}: {truth:#?}");
        for (act, answer) in run(&table, None).unwrap() {
            assert_eq!(
                answer, truth[act],
                "{act} has no answer that can be compared"
            );
        }
        let next = std::sync::atomic::AtomicUsize::new(0);
        // Most of the time is spent on waiting for the disk.
        let found = std::thread::scope(|scope| {
            let work = || {
                let mut found = Vec::new();
                while let Some(change) =
                    changes.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let end = match run(&table, Some(change)) {
                        None => "the start is refused",
                        Some(acts) => {
                            for (act, answer) in &acts {
                                let good = *answer == Told::Damage || *answer == truth[act];
                                assert!(
                                    good,
                                    "{}, served {served}: {act} is answered otherwise: {answer:?}",
                                    change.what
                                );
                            }
                            match acts.values().any(|told| *told == Told::Damage) {
                                true => "an act finds it",
                                false => "nothing depends on it",
                            }
                        }
                    };
                    found.push(end);
                }
                found
            };
            let threads = [(); 4].map(|()| scope.spawn(work));
            threads.map(|thread| thread.join().unwrap()).concat()
        });
        assert_eq!(found.len(), changes.len());
        count += found.len();
        for end in found {
            *ends.entry((name, end)).or_default() += 1;
        }
    }
    println!(
        "{count} changes to {columns} columns of {} tables, served {served}",
        SEALED.len()
    );
    for ((table, end), count) in &ends {
        println!("{table:<16} {end}: {count}");
    }
    assert!(count > 130, "{count}");
    // What holds an answer is missed when it is gone, and what does not is missed at the start or by nobody.
    for name in SEALED {
        let found = ends
            .keys()
            .any(|(table, end)| *table == name && *end != "nothing depends on it");
        // A served vault writes the first anew; what it read of the second may be in memory.
        let is_written_anew = served && ["checkpoint", "statistics"].contains(&name);
        assert!(
            found || is_written_anew,
            "no change of {name} was found, served {served}"
        );
    }
}

#[test]
fn every_table_is_one_of_control_rows_or_is_tried_here() {
    let sample = Days::new();
    let there: BTreeSet<String> = sample.today.beside().tables().into_iter().collect();
    let tried: Vec<String> = TABLES
        .iter()
        .chain(&SEALED)
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(tried.len(), there.len(), "a table is tried twice");
    assert_eq!(tried.into_iter().collect::<BTreeSet<_>>(), there);
}

#[test]
fn whoever_writes_a_sealed_row_of_a_closed_vault_changes_no_answer() {
    try_all(false);
}

#[test]
fn whoever_writes_a_sealed_row_of_a_served_vault_changes_no_answer() {
    try_all(true);
}
