//! Protected tables against an attacker who can calculate.
//!
//! Synthetic logs go into a real vault. Protected tables are asked for through the door in any
//! order while exhibits come and go. A linear program then takes everything that was given out and
//! computes bounds for every hidden cell. No bound may be narrower than the rule of the cell
//! itself. The same attacker must be able to break tables made without that care; otherwise the
//! test would prove nothing.

mod attacker;
mod program;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use breachvault::domain::CaseId;
use breachvault::operations::record::CountRecords;
use breachvault::operations::withdrawal::{DecideWithdrawal, RequestWithdrawal};
use breachvault::operations::{Ids, Request};
use breachvault::vault::Refusal;
use serde_json::{Value, json};

use crate::house::{House, REASON, admit_as, name_member, open_case, recognise};
use attacker::{Bounds, Found, Table, attack};
use world::{DIMENSIONS, Dice, Person, count, csv, people, within};

/// A case in a vault, and what was given out of it.
struct Incident<'h> {
    house: &'h House,
    case: CaseId,
    people: Vec<Person>,
    /// Which exhibits count, and their ids.
    counting: BTreeMap<usize, String>,
    given: Vec<Table>,
    refused: usize,
}

impl<'h> Incident<'h> {
    fn new(house: &'h House, people: Vec<Person>) -> Self {
        let (vault, lead) = (&house.vault, &house.people.lead);
        let case = open_case(vault, lead, "A case to be attacked");
        for (member, role) in [
            (&house.people.investigator, "investigator"),
            (&house.people.custodian, "custodian"),
            (&house.people.other_lead, "lead"),
        ] {
            name_member(vault, lead, &case, member, json!({ "role": role })).unwrap();
            recognise(vault, lead, &case, member).unwrap();
        }
        Self {
            house,
            case,
            people,
            counting: BTreeMap::new(),
            given: Vec::new(),
            refused: 0,
        }
    }

    fn admit(&mut self, exhibit: usize) {
        let custodian = &self.house.people.custodian;
        let file = csv(&self.people, exhibit);
        let admitted = admit_as(&self.house.vault, custodian, &self.case, file).unwrap();
        let id = admitted["exhibit"].as_str().unwrap().to_owned();
        self.counting.insert(exhibit, id);
    }

    fn withdraw(&mut self, exhibit: usize) {
        let id = self.counting.remove(&exhibit).unwrap();
        let people = &self.house.people;
        let ids = [("case", self.case.as_str()), ("exhibit", id.as_str())];
        let reason = json!({ "reason": REASON });
        let asked = self
            .house
            .ask::<RequestWithdrawal>(&people.custodian, &ids, reason);
        let asked = asked.unwrap();
        let ids = [("withdrawal", asked["withdrawal"].as_str().unwrap())];
        let decision = json!({ "decision": "approve", "reason": REASON });
        let decided = self
            .house
            .ask::<DecideWithdrawal>(&people.other_lead, &ids, decision);
        decided.unwrap();
    }

    /// Whether the table was given.
    fn ask(&mut self, dimension: &str, rule: &str) -> bool {
        let body = json!({ "by": [dimension], "audience": "protected", "rule": rule });
        let ids = [("case", self.case.as_str())];
        let investigator = &self.house.people.investigator;
        match self.house.ask::<CountRecords>(investigator, &ids, body) {
            Ok(answer) => {
                let table = self.read(dimension, &answer);
                self.given.push(table);
                true
            }
            Err(Refusal::Failed(..)) => {
                self.refused += 1;
                false
            }
            Err(_) => panic!("neither given nor too close"),
        }
    }

    fn read(&self, dimension: &str, answer: &Value) -> Table {
        let exhibits: BTreeSet<usize> = self.counting.keys().copied().collect();
        let truth = count(&self.people, &exhibits, dimension);
        // A table that was given out by the stricter rule is given again by it.
        let threshold = match answer["rule"].as_str().unwrap() {
            "nhs" => 8,
            _ => 11,
        };
        let mut cells = BTreeMap::new();
        for row in answer["rows"].as_array().unwrap() {
            assert!(row.get("messages").is_none(), "messages are not told");
            let value = row[dimension].as_str().unwrap().to_owned();
            let bounds = bounds(&row["numbers"], threshold);
            let exact = truth[&value] as f64;
            assert!(
                bounds.least <= exact && exact <= bounds.most,
                "shown by its rule"
            );
            cells.insert(value, bounds);
        }
        assert!(cells.keys().eq(truth.keys()), "a row for each value");
        let total = bounds(&answer["totals"]["numbers"], threshold);
        Table {
            dimension: dimension.to_owned(),
            exhibits,
            cells,
            total: (!total.hidden).then_some(total),
        }
    }
}

/// What a figure of a protected table says by its rule.
fn bounds(shown: &Value, threshold: u64) -> Bounds {
    let (least, most, hidden) = match shown.as_u64() {
        Some(0) => (0, 0, false),
        Some(shown) => {
            let first = threshold.next_multiple_of(5);
            let least = if shown <= first { threshold } else { shown - 2 };
            (least, shown + 2, false)
        }
        None => (1, threshold - 1, true),
    };
    let (least, most) = (least as f64, most as f64);
    Bounds {
        least,
        most,
        hidden,
    }
}

/// One history, from its seed.
fn history(house: &House, seed: u64, once: bool) -> (Found, usize, usize) {
    let mut dice = Dice::new(seed);
    let exhibits = 1 + dice.below(3);
    let people = people(&mut dice, exhibits, once);
    let mut incident = Incident::new(house, people);
    incident.admit(0);
    let mut coming = 1..exhibits;
    for _ in 0..6 + dice.below(8) {
        match dice.below(6) {
            0 => {
                if let Some(next) = coming.next() {
                    incident.admit(next);
                }
            }
            1 if incident.counting.len() > 1 && dice.below(2) == 0 => {
                let at = dice.below(incident.counting.len());
                let exhibit = *incident.counting.keys().nth(at).unwrap();
                incident.withdraw(exhibit);
            }
            _ => {
                let rule = if dice.below(8) == 0 { "cms" } else { "nhs" };
                incident.ask(DIMENSIONS[dice.below(6)], rule);
            }
        }
    }
    let found = attack(&incident.people, &incident.given, once);
    (found, incident.given.len(), incident.refused)
}

fn histories(seeds: std::ops::Range<u64>, once: bool) {
    let house = House::new();
    let (mut hidden, mut given, mut refused) = (0, 0, 0);
    for seed in seeds {
        let (found, gave, no) = history(&house, seed, once);
        assert!(
            found.narrowed.is_empty(),
            "seed {seed}: {:?}",
            found.narrowed
        );
        hidden += found.hidden;
        given += gave;
        refused += no;
    }
    // Otherwise there was nothing to attack, or nothing but refusals.
    assert!(hidden > 100, "{hidden} hidden cells");
    assert!(given > refused, "{given} given, {refused} refused");
    println!("{given} tables given, {refused} refused, {hidden} hidden cells");
}

#[test]
fn no_hidden_cell_is_narrowed_where_everybody_is_in_one_cell() {
    histories(0..40, true);
}

#[test]
fn no_hidden_cell_is_narrowed_where_people_are_in_several() {
    histories(1000..1040, false);
}

#[test]
fn the_same_attacker_breaks_tables_that_hide_small_cells_and_no_more() {
    let broken = (0..20).filter(|seed| {
        let people = people(&mut Dice::new(*seed), 1, true);
        let exhibits = BTreeSet::from([0]);
        let tables = ["country", "carrier"].map(|dimension| {
            let truth = count(&people, &exhibits, dimension);
            let exact = |count: u64| Bounds {
                least: count as f64,
                most: count as f64,
                hidden: false,
            };
            let cells = truth.into_iter().map(|(value, count)| {
                let hidden = Bounds {
                    least: 1.0,
                    most: 7.0,
                    hidden: true,
                };
                (value, if count < 8 { hidden } else { exact(count) })
            });
            Table {
                dimension: dimension.to_owned(),
                exhibits: exhibits.clone(),
                cells: cells.collect(),
                total: Some(exact(within(&people, &exhibits).count() as u64)),
            }
        });
        !attack(&people, &tables, true).narrowed.is_empty()
    });
    assert!(broken.count() >= 5);
}

#[test]
fn the_same_attacker_breaks_rounded_tables_that_nobody_looked_at_together() {
    let broken = (0..60).filter(|seed| {
        let people = people(&mut Dice::new(*seed), 1, true);
        let exhibits = BTreeSet::from([0]);
        let tables = DIMENSIONS.map(|dimension| {
            let shown = |count: u64| match count {
                0..8 => json!("*"),
                _ => json!(((count + 2) / 5 * 5).max(10)),
            };
            let truth = count(&people, &exhibits, dimension);
            let cells = truth.into_iter();
            Table {
                dimension: dimension.to_owned(),
                exhibits: exhibits.clone(),
                cells: cells
                    .map(|(value, count)| (value, bounds(&shown(count), 8)))
                    .collect(),
                total: None,
            }
        });
        !attack(&people, &tables, true).narrowed.is_empty()
    });
    assert!(broken.count() >= 5);
}

/// So many people of one place, carrier and day, in these exhibits.
struct Crowd(usize, usize, usize, usize, &'static [usize]);

fn crowds(crowds: &[Crowd]) -> Vec<Person> {
    let mut people = Vec::new();
    for Crowd(size, place, carrier, day, exhibits) in crowds {
        for _ in 0..*size {
            people.push(Person {
                number: format!("{}5550{:03}", world::PLACES[*place][2], people.len()),
                place: *place,
                exhibits: exhibits.iter().copied().collect(),
                messages: [(*carrier, *day)].into(),
            });
        }
    }
    people
}

fn holds(incident: &Incident<'_>) {
    let found = attack(&incident.people, &incident.given, true);
    assert!(found.narrowed.is_empty(), "{:?}", found.narrowed);
}

/// Two weeks' table says 20, of its two days one says 10: the other, hidden, was 6 or 7.
#[test]
fn reproduction_a_week_tells_a_hidden_day() {
    let house = House::new();
    let people = crowds(&[Crowd(12, 0, 0, 0, &[0]), Crowd(6, 0, 0, 1, &[0])]);
    let mut incident = Incident::new(&house, people);
    incident.admit(0);
    assert!(incident.ask("day", "nhs"));
    assert!(!incident.ask("week", "nhs"));
    holds(&incident);
}

/// The total by carrier told the hidden country, whose own table had hidden it.
#[test]
fn reproduction_the_total_of_another_table_tells_a_hidden_country() {
    let house = House::new();
    let people = crowds(&[Crowd(40, 0, 0, 0, &[0]), Crowd(7, 2, 0, 0, &[0])]);
    let mut incident = Incident::new(&house, people);
    incident.admit(0);
    assert!(incident.ask("country", "nhs"));
    assert!(!incident.ask("carrier", "nhs"));
    holds(&incident);
}

/// Two states, each somebody: their country, hidden, was not one person.
#[test]
fn reproduction_two_hidden_states_tell_their_country() {
    let house = House::new();
    let people = crowds(&[
        Crowd(60, 0, 0, 0, &[0]),
        Crowd(60, 2, 0, 0, &[0]),
        Crowd(3, 4, 0, 0, &[0]),
        Crowd(2, 5, 0, 0, &[0]),
    ]);
    let mut incident = Incident::new(&house, people);
    incident.admit(0);
    assert!(incident.ask("country", "nhs"));
    assert!(!incident.ask("state", "nhs"));
    holds(&incident);
}

/// Of two exhibits, the first one's table, that of both and that of the second.
#[test]
fn reproduction_three_tables_of_two_exhibits_tell_a_hidden_cell() {
    let house = House::new();
    let people = crowds(&[
        Crowd(60, 0, 0, 0, &[0]),
        Crowd(60, 1, 0, 0, &[0]),
        Crowd(6, 2, 0, 0, &[0]),
        Crowd(30, 0, 0, 0, &[1]),
        Crowd(12, 2, 0, 0, &[1]),
    ]);
    let mut incident = Incident::new(&house, people);
    incident.admit(0);
    assert!(incident.ask("country", "nhs"));
    incident.admit(1);
    incident.ask("country", "nhs");
    incident.withdraw(0);
    assert!(!incident.ask("country", "nhs"));
    holds(&incident);
}

#[test]
fn a_large_log_gives_every_table() {
    let house = House::new();
    let mut sizes = vec![
        Crowd(300, 0, 0, 0, &[0]),
        Crowd(200, 1, 1, 1, &[0]),
        Crowd(100, 3, 0, 2, &[0]),
        Crowd(90, 2, 1, 2, &[0]),
        Crowd(80, 6, 0, 0, &[0]),
        Crowd(70, 4, 1, 3, &[0]),
    ];
    sizes.push(Crowd(3, 5, 2, 3, &[0]));
    let mut incident = Incident::new(&house, crowds(&sizes));
    incident.admit(0);
    for dimension in DIMENSIONS {
        assert!(incident.ask(dimension, "nhs"), "{dimension}");
    }
    holds(&incident);
}

#[test]
fn every_finer_cut_is_refused_before_anything_is_counted() {
    let ids = Ids::new(vec![(
        "case".to_owned(),
        "c_00000000000000000000".to_owned(),
    )]);
    for more in [
        json!({ "by": ["country", "state"] }),
        json!({ "by": ["country", "carrier", "day"] }),
        json!({ "by": [] }),
        json!({ "by": ["country"], "filter": { "state": ["California"] } }),
        json!({ "by": ["country"], "filter": { "sent_from": "2024-03-12T00:00:00Z" } }),
        json!({ "by": ["country"], "top": 3 }),
        json!({ "by": ["day"], "zone": "Europe/Berlin" }),
    ] {
        let mut body = more;
        body["audience"] = json!("protected");
        let input = serde_json::from_value(body.clone()).ok().unwrap();
        assert!(CountRecords::read(&ids, input).is_err(), "{body}");
    }
}
