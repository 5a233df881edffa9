//! Nothing that a negative answer rests on can be taken away: each row of terms, of the subject index and of the
//! dictionaries, one by one.

use serde_json::{Value, json};

use super::fixture::{Fixture, Sent, sent};
use super::{look_up, place, search};
use crate::policy::actions;
use crate::vault::plaintext::{AskedNumbers, RawText};
use crate::vault::store::only_on_sqlite;
use crate::vault::{Caller, OperationError, Refusal};

const EVERYBODY: u32 = 8;
const ABSENT: u32 = 77;

fn of_kind(kind: &'static str, row: Sent) -> Sent {
    Sent { kind, ..row }
}

/// Three exhibits. The account of the liaison and one kind are in the last of them only.
fn fixture() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.admit(&[
        sent(1, "globex", 0),
        sent(2, "globex", 10),
        sent(3, "globex", 20),
    ]);
    fixture.admit(&[
        sent(1, "globex", 30),
        sent(4, "initech", 40),
        sent(5, "globex", 50),
    ]);
    fixture.admit(&[
        of_kind("voice", sent(1, "acme", 60)),
        sent(6, "acme", 70),
        sent(7, "globex", 80),
    ]);
    fixture
}

fn ask(fixture: &Fixture, caller: &Caller, number: u32) -> Result<Value, Refusal> {
    look_up(fixture, caller, &[&format!("+447700900{number:03}")])
}

/// What is answered about each number and an absent one; `None` for damage.
fn answers(fixture: &Fixture, caller: &Caller) -> Vec<Option<Value>> {
    let numbers = (1..=EVERYBODY).chain([ABSENT]);
    let answers = numbers.map(|number| match ask(fixture, caller, number) {
        Ok(answer) => Some(answer),
        Err(Refusal::Failed(OperationError::Damaged { .. }, _)) => None,
        Err(other) => panic!("{other:?}"),
    });
    answers.collect()
}

fn rows_of(fixture: &Fixture, table: &str) -> Vec<i64> {
    let sql = format!("SELECT rowid FROM {table}");
    let mut statement = fixture.writer.raw().prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Makes a change, compares all answers with the true ones, and takes the change back. Says how many were refused.
fn refused(fixture: &Fixture, truths: &[(&Caller, Vec<Option<Value>>)], change: &str) -> usize {
    let connection = fixture.writer.raw();
    let mut refused = 0;
    let kept = [
        "CREATE TEMP TABLE kept_runs AS SELECT rowid AS place, * FROM term_run",
        "CREATE TEMP TABLE kept_ranges AS SELECT rowid AS place, * FROM subject_index",
    ];
    let back = [
        "DELETE FROM term_run",
        "INSERT INTO term_run (rowid, case_number, field, first, exhibit, first_tag, tags, sealed)
         SELECT place, case_number, field, first, exhibit, first_tag, tags, sealed FROM kept_runs",
        "DELETE FROM subject_index",
        "INSERT INTO subject_index (rowid, exhibit, range, sealed)
         SELECT place, exhibit, range, sealed FROM kept_ranges",
        "DROP TABLE kept_runs",
        "DROP TABLE kept_ranges",
    ];
    kept.iter()
        .for_each(|sql| connection.execute_batch(sql).unwrap());
    connection.execute_batch(change).unwrap();
    for (caller, truth) in truths {
        for (found, true_one) in answers(fixture, caller).iter().zip(truth) {
            refused += usize::from(found.is_none());
            assert!(found.is_none() || found == true_one, "{change}: {found:?}");
        }
    }
    back.iter()
        .for_each(|sql| connection.execute_batch(sql).unwrap());
    refused
}

#[test]
fn whatever_is_done_to_runs_and_ranges_every_answer_is_true_or_none() {
    only_on_sqlite!();
    let fixture = fixture();
    let truths =
        [&fixture.lead, &fixture.liaison].map(|caller| (caller, answers(&fixture, caller)));
    for (_, truth) in &truths {
        assert!(truth.iter().all(Option::is_some));
    }
    let mut changes = Vec::new();
    let runs = rows_of(&fixture, "term_run");
    assert_eq!(runs.len(), 7);
    for run in &runs {
        for change in [
            "DELETE FROM term_run WHERE rowid = ?",
            "UPDATE term_run SET tags = zeroblob(length(tags)) WHERE rowid = ?",
            "UPDATE term_run SET tags = x'' WHERE rowid = ?",
            "UPDATE term_run SET first = first + 100 WHERE rowid = ?",
            "UPDATE term_run SET exhibit = 99 WHERE rowid = ?",
            "UPDATE term_run SET field = 2 WHERE rowid = ?",
            "UPDATE term_run SET case_number = 99 WHERE rowid = ?",
            "UPDATE term_run SET sealed = zeroblob(length(sealed)) WHERE rowid = ?",
        ] {
            changes.push(change.replace('?', &run.to_string()));
        }
        for other in runs.iter().filter(|other| *other != run) {
            for columns in ["tags", "sealed", "tags, sealed"] {
                changes.push(format!(
                    "UPDATE term_run SET ({columns}) = (SELECT {columns} FROM term_run WHERE rowid = {other})
                     WHERE rowid = {run}"
                ));
            }
            // Taken away, and another put in its place.
            changes.push(format!(
                "CREATE TEMP TABLE place AS SELECT first_tag, exhibit FROM term_run WHERE rowid = {run};
                 DELETE FROM term_run WHERE rowid = {run};
                 UPDATE term_run SET (first_tag, exhibit) = (SELECT first_tag, exhibit FROM place)
                 WHERE rowid = {other};
                 DROP TABLE place"
            ));
        }
    }
    for range in rows_of(&fixture, "subject_index") {
        for change in [
            "DELETE FROM subject_index WHERE rowid = ?",
            "UPDATE subject_index SET sealed = zeroblob(length(sealed)) WHERE rowid = ?",
            "UPDATE subject_index SET range = 7 WHERE rowid = ?",
            "UPDATE subject_index SET exhibit = 99 WHERE rowid = ?",
        ] {
            changes.push(change.replace('?', &range.to_string()));
        }
    }
    for exhibit in 1..=3 {
        changes.push(format!("DELETE FROM term_run WHERE exhibit = {exhibit}"));
        changes.push(format!(
            "DELETE FROM subject_index WHERE exhibit = {exhibit}"
        ));
    }
    changes.push("DELETE FROM term_run".to_owned());
    changes.push("DELETE FROM subject_index".to_owned());
    for change in &changes {
        fixture
            .writer
            .raw()
            .execute_batch("PRAGMA foreign_keys = OFF")
            .unwrap();
        assert!(refused(&fixture, &truths, change) > 1, "{change}");
    }
    assert!(changes.len() > 200, "{}", changes.len());
    // All is as it was.
    assert_eq!(answers(&fixture, &fixture.lead), truths[0].1);
}

/// Which runs a lookup reads, found by spoiling one after the other: those whose tags it reads, and those whose terms.
fn runs_read(fixture: &Fixture, caller: &Caller, number: u32) -> (Vec<i64>, Vec<i64>) {
    let connection = fixture.writer.raw();
    let runs = rows_of(fixture, "term_run");
    let read = |column: &str| -> Vec<i64> {
        let of_run = |run: &i64| {
            let keep = format!(
                "CREATE TEMP TABLE kept AS SELECT {column} AS kept FROM term_run WHERE rowid = {run}"
            );
            let spoil = format!(
                "UPDATE term_run SET {column} = zeroblob(length({column})) WHERE rowid = {run}"
            );
            let back = format!(
                "UPDATE term_run SET {column} = (SELECT kept FROM kept) WHERE rowid = {run}"
            );
            connection
                .execute_batch(&format!("{keep};{spoil}"))
                .unwrap();
            let ended = ask(fixture, caller, number);
            connection
                .execute_batch(&format!("{back};DROP TABLE kept"))
                .unwrap();
            ended.is_err()
        };
        runs.iter().copied().filter(of_run).collect()
    };
    (read("tags"), read("sealed"))
}

#[test]
fn an_absent_number_is_looked_up_in_the_runs_in_which_a_present_one_would_be() {
    only_on_sqlite!();
    let fixture = fixture();
    let mut terms = std::collections::BTreeSet::new();
    for caller in [&fixture.lead, &fixture.liaison] {
        for number in (1..=EVERYBODY).chain(ABSENT..ABSENT + 40) {
            let (tags, term) = runs_read(&fixture, caller, number);
            // One of each exhibit, and the term of one of them.
            assert_eq!((tags.len(), term.len()), (3, 1), "{number}");
            assert!(tags.contains(&term[0]), "{number}: {tags:?} {term:?}");
            if number >= ABSENT {
                terms.extend(term);
            }
        }
    }
    // No exhibit is always the one.
    assert!(terms.len() > 3, "{terms:?}");
}

#[test]
fn the_first_tag_of_a_run_in_the_clear_is_only_a_hint() {
    only_on_sqlite!();
    let fixture = fixture();
    let truths = [(&fixture.lead, answers(&fixture, &fixture.lead))];
    for run in rows_of(&fixture, "term_run") {
        for tag in ["zeroblob(16)", "x'ffffffffffffffffffffffffffffffff'", "x''"] {
            let change = format!("UPDATE term_run SET first_tag = {tag} WHERE rowid = {run}");
            refused(&fixture, &truths, &change);
        }
    }
}

#[test]
fn a_later_exhibit_whose_range_is_away_does_not_make_a_count_smaller() {
    let fixture = fixture();
    let found = ask(&fixture, &fixture.lead, 1).unwrap();
    assert_eq!(found[0]["messages"], 3);
    let lost = "DELETE FROM subject_index WHERE exhibit = 2";
    fixture.writer.change(lost);
    if fixture.vault.core.has_server {
        // This machine keeps the right one.
        assert_eq!(ask(&fixture, &fixture.lead, 1).unwrap(), found);
    }
    fixture.forget_parts();
    let found = place(ask(&fixture, &fixture.lead, 1));
    assert_eq!(found, fixture.named("subject_index"));
}

#[test]
fn an_account_or_a_value_whose_segment_is_away_is_damage_and_not_unknown() {
    let fixture = fixture();
    // The last segment: nothing follows it that could not be put in its place.
    let lost = "DELETE FROM dictionary WHERE exhibit = 3";
    fixture.writer.change(lost);
    // A liaison is not told what is damaged.
    assert_eq!(place(ask(&fixture, &fixture.liaison, 6)), "");
    for asked in [json!({"account": ["acme"]}), json!({"kind": ["voice"]})] {
        let found = place(search(&fixture, asked, None));
        assert_eq!(found, fixture.named("dictionary"));
    }
}

/// Somebody spoils the numbers of all runs, and then of one after the other; a liaison asks about people of others.
#[test]
fn damage_that_is_made_on_purpose_tells_a_liaison_nothing_of_who_is_in_the_case() {
    let fixture = fixture();
    let on = |caller: &Caller, number: u32| {
        let text = RawText::new(format!("+447700900{number:03}"));
        let numbers = AskedNumbers::read(&[text], None);
        fixture.ask_on::<actions::LookUp, _>(caller, None, move |scope| scope.look_up(&numbers))
    };
    let spoil = "UPDATE term_run SET sealed = zeroblob(length(sealed))";
    fixture.writer.change(spoil);
    let told = place(on(&fixture.liaison, 3));
    assert_eq!(told, "");
    assert!(!fixture.vault.health().is_green());
    // Whatever is changed now, present and absent numbers are answered alike, to everybody.
    for change in [
        "UPDATE term_run SET tags = zeroblob(length(tags))",
        "DELETE FROM subject_index",
        "DELETE FROM term_run",
    ] {
        fixture.writer.change(change);
        for number in (1..=EVERYBODY).chain([ABSENT]) {
            assert_eq!(place(on(&fixture.liaison, number)), "", "{change}");
            assert_eq!(place(on(&fixture.lead, number)), "term_run", "{change}");
        }
    }
    // The case can still be led.
    let closed = fixture.ask_on::<actions::CloseCase, _>(&fixture.lead, None, |_| Ok(()));
    assert!(closed.is_ok());
}
