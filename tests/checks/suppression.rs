//! Nobody can be suppressed: whoever takes away, edits, swaps, copies or puts back runs of terms, ranges of the subject
//! index or segments of dictionaries, of a vault that is closed or served, gets no calm `not_exposed` for the people in
//! them and no smaller count. They are damage, and everybody else's answer is the true one or damage too.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use breachvault::domain::Format;
use breachvault::operations::record::{LookUp, SearchRecords};
use breachvault::synthesis::{self, Recipe};
use breachvault::vault::{OperationError, Refusal, Vault};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::house::{self, Closed, House, People, REASON, ask};
use crate::tables::only_on_sqlite;

/// Numbers in a range of the subject index.
const RANGE: u32 = 4096;

/// Somebody who is asked about.
struct Known {
    number: String,
    /// The term number; `None` for somebody in no exhibit.
    term: Option<u32>,
    truth: Value,
}

/// A run of numbers of the first case.
#[derive(Clone, Copy)]
struct Run {
    row: i64,
    exhibit: i64,
    first: u32,
}

struct Sample {
    closed: Closed,
    /// The same vault, with another file as third exhibit.
    twin: Closed,
    known: Vec<Known>,
    /// In the order of exhibits and first tags.
    runs: Vec<Run>,
}

fn recipe(rows: u64, seed: u64, people: u64) -> Recipe {
    Recipe {
        rows,
        seed,
        format: Format::SupplierCsv,
        people: Some(people),
    }
}

fn log(recipe: &Recipe) -> Vec<u8> {
    let mut file = Vec::new();
    synthesis::write(recipe, &mut file, &mut |_| ()).unwrap();
    file
}

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let (first, third) = (recipe(6000, 1, 5000), recipe(4000, 2, 6500));
    let house = House::new();
    house.admit(log(&first)).unwrap();
    // The same people again: no new term, and records in every range.
    house.admit(log(&recipe(7000, 1, 5000))).unwrap();
    let people = &house.people;
    let other = house::open_case(&house.vault, &people.lead, "Another supplier");
    let role = json!({ "role": "custodian" });
    house::name_member(&house.vault, &people.lead, &other, &people.custodian, role).unwrap();
    house::recognise(&house.vault, &people.lead, &other, &people.custodian).unwrap();
    house::admit_as(&house.vault, &people.custodian, &other, log(&first)).unwrap();
    let closed = house.close();
    let twin = closed.copy();
    for (closed, third) in [(&closed, third.clone()), (&twin, recipe(4000, 3, 6500))] {
        let vault = closed.open().unwrap();
        let (custodian, case) = (&closed.people.custodian, &closed.people.case);
        house::admit_as(&vault, custodian, case, log(&third)).unwrap();
        vault.stop().unwrap();
    }
    let known = people_of(&closed, &first, &third);
    let runs = runs_of(&closed.database());
    Sample {
        closed,
        twin,
        known,
        runs,
    }
});

fn people_of(closed: &Closed, first: &Recipe, third: &Recipe) -> Vec<Known> {
    // The last are of a range for fiction that no synthetic log has.
    let numbers = [
        synthesis::sample_numbers(first, 120),
        synthesis::sample_numbers(third, 40),
        (0..12)
            .map(|no| format!("+441632960{:03}", 900 + no))
            .collect(),
    ];
    let copy = closed.copy();
    let vault = copy.open().unwrap();
    let true_ones: Vec<(String, Value)> = numbers
        .into_iter()
        .flatten()
        .map(|number| {
            let truth = look_up(&vault, &copy.people, &number).unwrap();
            (number, truth)
        })
        .collect();
    let known = true_ones.into_iter().map(|(number, truth)| Known {
        number,
        term: truth["subject"].as_str().map(|token| copy.term_of(token)),
        truth,
    });
    let known: Vec<Known> = known.collect();
    let absent = known.iter().filter(|known| known.term.is_none()).count();
    assert!((1..=20).contains(&absent), "{absent}");
    known
}

fn runs_of(connection: &Connection) -> Vec<Run> {
    let sql = "SELECT rowid, exhibit, first FROM term_run WHERE case_number = 1 AND field = 3
               ORDER BY exhibit, first_tag";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| {
        Ok(Run {
            row: row.get(0)?,
            exhibit: row.get(1)?,
            first: row.get(2)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The answer about one number.
fn look_up(vault: &Vault, people: &People, number: &str) -> Result<Value, Refusal> {
    let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
    let ids = [("case", people.case.as_str())];
    let mut answer = ask::<LookUp>(vault, &people.investigator, &ids, body)?;
    Ok(answer["results"][0].take())
}

/// The place that is damaged; `None` if there was an answer.
fn damaged(asked: Result<Value, Refusal>) -> Option<String> {
    match asked {
        Ok(_) => None,
        Err(Refusal::Failed(OperationError::Damaged { place }, _)) => Some(place),
        Err(other) => panic!("{other:?}"),
    }
}

impl Sample {
    /// The people in one of these runs.
    fn of_runs(&self, runs: &[Run]) -> Vec<usize> {
        let firsts: BTreeMap<u32, i64> = self.runs.iter().map(|run| (run.first, run.row)).collect();
        self.places(|term| {
            let row = firsts.range(..=term).next_back().map(|(_, row)| *row);
            runs.iter().any(|run| Some(run.row) == row)
        })
    }

    fn of_range(&self, range: u32) -> Vec<usize> {
        self.places(|term| term / RANGE == range)
    }

    fn places(&self, wanted: impl Fn(u32) -> bool) -> Vec<usize> {
        let places = 0..self.known.len();
        let is_wanted = |place: &usize| self.known[*place].term.is_some_and(&wanted);
        places.filter(is_wanted).collect()
    }

    /// Asks about people of whom some must be damage, and about others.
    fn compare(&self, vault: &Vault, people: &People, victims: &[usize], change: &str) {
        // Those who are not concerned first: the first damage closes the case.
        let others = (0..self.known.len()).step_by(9);
        for place in others.filter(|place| !victims.contains(place)) {
            let known = &self.known[place];
            match look_up(vault, people, &known.number) {
                Ok(found) => assert_eq!(found, known.truth, "{change}"),
                refused => assert!(damaged(refused).is_some()),
            }
        }
        for place in victims.iter().take(3) {
            let known = &self.known[*place];
            let asked = look_up(vault, people, &known.number);
            // The tag in the clear is a hint: where it still leads to the run, the answer is the true one.
            let is_hint = change.starts_with("UPDATE term_run SET first_tag");
            let is_true = asked.as_ref().is_ok_and(|found| *found == known.truth);
            assert!(
                (is_hint && is_true) || damaged(asked).is_some(),
                "{change}: an answer about a victim"
            );
        }
    }

    /// Makes a change to a closed vault and to one that is served.
    fn try_change(&self, change: &Change) {
        for served in [false, true] {
            let copy = self.closed.copy();
            let mut vault = None;
            if served {
                let open = copy.open().unwrap();
                let known = &self.known[0];
                assert_eq!(
                    look_up(&open, &copy.people, &known.number).unwrap(),
                    known.truth
                );
                vault = Some(open);
            }
            let connection = copy.database();
            connection.execute_batch(&change.sql).unwrap();
            assert!(connection.changes() > 0, "{}", change.sql);
            drop(connection);
            let vault = vault.unwrap_or_else(|| copy.open().unwrap());
            let what = format!("{} (served: {served})", change.sql);
            self.compare(&vault, &copy.people, &change.victims, &what);
        }
    }
}

struct Change {
    sql: String,
    victims: Vec<usize>,
}

#[test]
fn nobody_is_suppressed_by_a_run_of_terms_that_is_not_what_it_was() {
    only_on_sqlite!();
    let sample = &*SAMPLE;
    let of_exhibit = |exhibit: i64| -> Vec<Run> {
        let runs = sample.runs.iter().filter(|run| run.exhibit == exhibit);
        runs.copied().collect()
    };
    let exhibits: Vec<i64> = sample
        .closed
        .database()
        .prepare("SELECT number FROM exhibit WHERE case_number = 1 ORDER BY number")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let (first, third) = (of_exhibit(exhibits[0]), of_exhibit(exhibits[2]));
    assert!(
        first.len() > 10 && third.len() > 2,
        "{}, {}",
        first.len(),
        third.len()
    );
    assert!(of_exhibit(exhibits[1]).is_empty());
    let mut changes = Vec::new();
    let mut change = |sql: String, victims: &[Run]| {
        let victims = sample.of_runs(victims);
        changes.push(Change { sql, victims });
    };
    for (runs, others) in [(&first, &third), (&third, &first)] {
        let elsewhere = others[1];
        for place in [0, 1, runs.len() - 1] {
            let run = runs[place];
            let next = runs[(place + 1) % runs.len()];
            let Run { row, .. } = run;
            let alone = |set: &str| format!("UPDATE term_run SET {set} WHERE rowid = {row}");
            let of = |column: &str, other: i64| {
                format!("{column} = (SELECT {column} FROM term_run WHERE rowid = {other})")
            };
            let swapped = |column: &str, other: i64| {
                format!(
                    "CREATE TEMP TABLE held AS SELECT a.{column} AS one, b.{column} AS other
                     FROM term_run AS a, term_run AS b WHERE a.rowid = {row} AND b.rowid = {other};
                     UPDATE term_run SET {column} = zeroblob(3) WHERE rowid = {row};
                     UPDATE term_run SET {column} = (SELECT one FROM held) WHERE rowid = {other};
                     UPDATE term_run SET {column} = (SELECT other FROM held) WHERE rowid = {row}"
                )
            };
            change(format!("DELETE FROM term_run WHERE rowid = {row}"), &[run]);
            for set in [
                "tags = zeroblob(length(tags))",
                "tags = substr(tags, 1, length(tags) - 16)",
                "tags = CAST(substr(tags, 1, 100) || x'5a5a5a5a' || substr(tags, 105) AS BLOB)",
                // The first tag of the next run.
                "tags = CAST(substr(tags, 1, 20) || x'5a5a5a5a' || substr(tags, 25) AS BLOB)",
                "first = first + 1000000",
                "exhibit = 99",
                "case_number = 99",
                "field = 2, first = first + 1000000",
                "sealed = zeroblob(length(sealed))",
            ] {
                change(alone(set), &[run]);
            }
            let (lowest, highest) = (place == 0, place == runs.len() - 1);
            let moved: &[(&str, bool)] = &[
                ("first_tag = zeroblob(16)", !lowest),
                ("first_tag = x'ffffffffffffffffffffffffffffffff'", true),
            ];
            for (set, hides) in moved {
                let victims = [run];
                // The last run is found from the last place too, unless another comes before its tags.
                let hides = *hides && !(highest && runs.len() == 1);
                change(alone(set), if hides { &victims } else { &[] });
            }
            change(swapped("tags", next.row), &[run, next]);
            change(swapped("tags", elsewhere.row), &[run, elsewhere]);
            change(swapped("sealed", next.row), &[run, next]);
            change(swapped("sealed", elsewhere.row), &[run, elsewhere]);
            change(swapped("first_tag", next.row), &[run, next]);
            // A copy of the next one in its place.
            let (tags, sealed) = (of("tags", next.row), of("sealed", next.row));
            change(alone(&format!("{tags}, {sealed}")), &[run]);
            // Taken away, and the next one begins where it began.
            change(
                format!(
                    "CREATE TEMP TABLE held AS SELECT first_tag FROM term_run WHERE rowid = {row};
                     DELETE FROM term_run WHERE rowid = {row};
                     UPDATE term_run SET first_tag = (SELECT first_tag FROM held) WHERE rowid = {}",
                    next.row
                ),
                &[run],
            );
            // The run of the same numbers in another case.
            let theirs =
                "(SELECT tags FROM term_run WHERE case_number = 2 AND field = 3 AND first = 1)";
            change(alone(&format!("tags = {theirs}")), &[run]);
            // A copy beside it: found by some of its tags before the run itself.
            change(
                format!(
                    "INSERT INTO term_run (case_number, field, first, exhibit, first_tag, tags, sealed)
                     SELECT case_number, field, first + 1000000, exhibit,
                            CAST(substr(first_tag, 1, 13) || x'ffffff' AS BLOB), tags, sealed
                     FROM term_run WHERE rowid = {row}"
                ),
                &[],
            );
        }
        let exhibit = runs[0].exhibit;
        change(
            format!("DELETE FROM term_run WHERE field = 3 AND exhibit = {exhibit}"),
            runs,
        );
    }
    change(
        "DELETE FROM term_run WHERE case_number = 1".to_owned(),
        &sample.runs,
    );
    // The other exhibit may have fewer runs.
    let theirs: Vec<Run> = runs_of(&sample.twin.database());
    let replaced = third
        .iter()
        .filter(|run| theirs.iter().any(|one| one.first == run.first));
    let replaced: Vec<Run> = replaced.copied().collect();
    // The rows of another third exhibit, sealed under the same keys, with the same places and numbers.
    let twin = sample.twin.paths().database();
    for columns in ["first_tag, tags, sealed", "tags", "sealed"] {
        change(
            format!(
                "ATTACH '{}' AS twin;
                 UPDATE term_run SET ({columns}) =
                     (SELECT {columns} FROM twin.term_run AS other
                      WHERE other.case_number = 1 AND other.field = 3 AND other.first = term_run.first)
                 WHERE case_number = 1 AND field = 3 AND exhibit = {}
                       AND first IN (SELECT first FROM twin.term_run WHERE case_number = 1 AND field = 3)",
                twin.display(),
                exhibits[2]
            ),
            &replaced,
        );
    }
    println!(
        "{} changes to runs of terms, closed and served",
        changes.len()
    );
    assert!(changes.len() > 110, "{}", changes.len());
    for change in &changes {
        sample.try_change(change);
    }
}

#[test]
fn nobody_is_suppressed_by_a_range_of_the_subject_index_that_is_not_what_it_was() {
    only_on_sqlite!();
    let sample = &*SAMPLE;
    let database = sample.closed.database();
    let sql = "SELECT i.exhibit, i.range FROM subject_index AS i JOIN exhibit AS e ON e.number = i.exhibit
               WHERE e.case_number = 1 ORDER BY 1, 2";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?)));
    let ranges: Vec<(i64, u32)> = rows.unwrap().map(Result::unwrap).collect();
    // Two exhibits have both ranges, the third at least that of what was new in it.
    assert!((5..=6).contains(&ranges.len()), "{ranges:?}");
    let twin = sample.twin.paths().database();
    let mut changes = Vec::new();
    for (exhibit, range) in &ranges {
        let here = format!("exhibit = {exhibit} AND range = {range}");
        let mut sets = vec![
            "sealed = zeroblob(length(sealed))".to_owned(),
            "sealed = substr(sealed, 1, length(sealed) - 1)".to_owned(),
            "range = range + 50".to_owned(),
            "exhibit = 99".to_owned(),
        ];
        let others = ranges.iter().filter(|other| **other != (*exhibit, *range));
        for (other, place) in others {
            sets.push(format!(
                "sealed = (SELECT sealed FROM subject_index WHERE exhibit = {other} AND range = {place})"
            ));
        }
        // The same range of the same file in another case.
        sets.push(format!(
            "sealed = (SELECT i.sealed FROM subject_index AS i JOIN exhibit AS e ON e.number = i.exhibit
                       WHERE e.case_number = 2 AND i.range = {range})"
        ));
        let victims = || sample.of_range(*range);
        for set in sets {
            changes.push(Change {
                sql: format!("UPDATE subject_index SET {set} WHERE {here}"),
                victims: victims(),
            });
        }
        changes.push(Change {
            sql: format!("DELETE FROM subject_index WHERE {here}"),
            victims: victims(),
        });
    }
    for exhibit in ranges.iter().map(|(exhibit, _)| exhibit) {
        let ranges = ranges.iter().filter(|(of, _)| of == exhibit);
        changes.push(Change {
            sql: format!("DELETE FROM subject_index WHERE exhibit = {exhibit}"),
            victims: ranges
                .flat_map(|(_, range)| sample.of_range(*range))
                .collect(),
        });
    }
    let (third, range) = ranges[ranges.len() - 1];
    changes.push(Change {
        sql: format!(
            "ATTACH '{}' AS twin;
             UPDATE subject_index SET sealed =
                 (SELECT sealed FROM twin.subject_index AS other
                  WHERE other.exhibit = {third} AND other.range = {range})
             WHERE exhibit = {third} AND range = {range}",
            twin.display()
        ),
        victims: sample.of_range(range),
    });
    println!("{} changes to ranges, closed and served", changes.len());
    for change in &changes {
        assert!(!change.victims.is_empty(), "{}", change.sql);
        sample.try_change(change);
    }
}

#[test]
fn a_value_whose_segment_was_deleted_is_not_taken_for_an_unknown_one() {
    only_on_sqlite!();
    let sample = &*SAMPLE;
    let database = sample.closed.database();
    let sql =
        "SELECT d.exhibit, d.field FROM dictionary AS d JOIN exhibit AS e ON e.number = d.exhibit
               WHERE e.case_number = 1";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u8>(1)?)));
    let segments: Vec<(i64, u8)> = rows.unwrap().map(Result::unwrap).collect();
    let mut tried = 0;
    for (exhibit, field) in segments {
        let name = match field {
            1 => "account",
            4 => "carrier",
            5 => "country",
            8 => "kind",
            _ => continue,
        };
        for served in [false, true] {
            let copy = sample.closed.copy();
            let open = served.then(|| copy.open().unwrap());
            let lost =
                format!("DELETE FROM dictionary WHERE exhibit = {exhibit} AND field = {field}");
            assert_eq!(copy.database().execute(&lost, []), Ok(1));
            let vault = open.unwrap_or_else(|| copy.open().unwrap());
            let body = json!({ "filter": { name: ["Nowhere"] }, "limit": 5,
                               "purpose": "scoping", "reason": REASON });
            let ids = [("case", copy.people.case.as_str())];
            let asked = ask::<SearchRecords>(&vault, &copy.people.investigator, &ids, body);
            let place = damaged(asked).expect(&lost);
            assert_eq!(place, "dictionary", "{name}");
            tried += 1;
        }
    }
    assert!(tried >= 8, "{tried}");
}
