//! An attacker who has every protected table of a case, knows the rules, the calendar, the map and
//! which exhibits each table was counted over, and can calculate.

use std::collections::{BTreeMap, BTreeSet};

use super::program::Program;
use super::world::{CARRIERS, DAYS, PLACES, Person, cells, count, within};

/// A table as it was given out.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) dimension: String,
    pub(crate) exhibits: BTreeSet<usize>,
    pub(crate) cells: BTreeMap<String, Bounds>,
    pub(crate) total: Option<Bounds>,
}

/// What a figure says by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) least: f64,
    pub(crate) most: f64,
    pub(crate) hidden: bool,
}

/// What was looked at and what fell.
#[derive(Default, Debug)]
pub(crate) struct Found {
    pub(crate) hidden: usize,
    /// Hidden cells that are known more closely than their rule allows.
    pub(crate) narrowed: Vec<String>,
}

/// Bounds every hidden cell. `people` only tells what is possible at all, which
/// editions differ, and that no bound leaves out the truth.
pub(crate) fn attack(people: &[Person], tables: &[Table], once: bool) -> Found {
    let mut model = if once {
        Model::of_people(people, tables)
    } else {
        Model::of_cells(people, tables)
    };
    for table in tables {
        for (value, bounds) in &table.cells {
            let sum = model.sum(table, value);
            model.hold(&sum, bounds);
        }
        // A value that the table does not have is nobody's.
        for value in model.other_values(table) {
            let sum = model.sum(table, &value);
            let none = Bounds {
                least: 0.0,
                most: 0.0,
                hidden: false,
            };
            model.hold(&sum, &none);
        }
        if let Some(total) = &table.total {
            let all = model.all(&table.exhibits);
            model.hold(&all, total);
        }
    }
    let mut feasible = model.program.solve().expect("the truth is possible");
    let mut found = Found::default();
    for table in tables {
        let truth = count(people, &table.exhibits, &table.dimension);
        for (value, bounds) in &table.cells {
            if !bounds.hidden {
                continue;
            }
            let (least, most) = feasible.range(&model.sum(table, value));
            let exact = truth[value] as f64;
            assert!(
                least < exact + 1e-4 && exact - 1e-4 < most,
                "a bound leaves out the truth"
            );
            found.hidden += 1;
            if least > bounds.least + 1e-4 || most < bounds.most - 1e-4 {
                let dimension = &table.dimension;
                let text = format!("{dimension}: {least:.3} to {most:.3}");
                found.narrowed.push(text);
            }
        }
    }
    found
}

/// Unknowns, and which of them a figure is the sum of.
struct Model {
    program: Program,
    /// By exhibits, dimension and value; by exhibits alone for everybody.
    sums: BTreeMap<(BTreeSet<usize>, String, String), Vec<usize>>,
    everybody: BTreeMap<BTreeSet<usize>, Vec<usize>>,
}

impl Model {
    /// Everybody is in one cell of each dimension, and that is known: an unknown for
    /// each combination of exhibits, place, carrier and day.
    fn of_people(people: &[Person], tables: &[Table]) -> Self {
        let editions: BTreeSet<&BTreeSet<usize>> =
            tables.iter().map(|table| &table.exhibits).collect();
        let of = |name: &str| tables.iter().any(|table| table.dimension == name);
        let places: BTreeSet<usize> = people.iter().map(|person| person.place).collect();
        let carriers = if of("carrier") { CARRIERS.len() } else { 1 };
        let days = if of("day") || of("week") {
            DAYS.len()
        } else {
            1
        };
        // In which editions somebody can be, by the exhibits they are in.
        let exhibits = editions.iter().flat_map(|edition| edition.iter()).max();
        let count = exhibits.map_or(0, |last| last + 1);
        let mut presences = BTreeSet::new();
        for set in 1_usize..1 << count {
            let inside: BTreeSet<usize> = (0..count).filter(|at| set >> at & 1 == 1).collect();
            let met = editions
                .iter()
                .filter(|edition| !edition.is_disjoint(&inside));
            presences.insert(met.copied().collect::<Vec<_>>());
        }
        let mut unknowns = 0;
        let mut sums: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let mut everybody: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for presence in &presences {
            for place in &places {
                for carrier in 0..carriers {
                    for day in 0..days {
                        let one = Person {
                            number: String::new(),
                            place: *place,
                            exhibits: BTreeSet::new(),
                            messages: [(carrier, day)].into(),
                        };
                        for edition in presence {
                            for dimension in super::world::DIMENSIONS {
                                for cell in cells(&one, dimension) {
                                    let key =
                                        ((*edition).clone(), dimension.to_owned(), cell.to_owned());
                                    sums.entry(key).or_default().push(unknowns);
                                }
                            }
                            everybody
                                .entry((*edition).clone())
                                .or_default()
                                .push(unknowns);
                        }
                        unknowns += 1;
                    }
                }
            }
        }
        let mut model = Self {
            program: Program::new(unknowns),
            sums,
            everybody,
        };
        // By the ledger's rule two editions differ by nobody or by many, and more is
        // given away here than that: which of the two.
        for smaller in &editions {
            for larger in editions.iter().filter(|larger| smaller.is_subset(larger)) {
                let more = within(people, larger).count() - within(people, smaller).count();
                if more > 0 {
                    let mut terms: Vec<_> = model.everybody[*larger]
                        .iter()
                        .map(|at| (*at, 1.0))
                        .collect();
                    let less = &model.everybody[*smaller];
                    terms.extend(less.iter().map(|at| (*at, -1.0)));
                    model.program.hold(terms, 8.0, f64::INFINITY);
                }
            }
        }
        model
    }

    /// People may be in several cells: an unknown for each cell of each edition, and
    /// how a whole and its parts must stand to each other.
    fn of_cells(people: &[Person], tables: &[Table]) -> Self {
        let editions: BTreeSet<&BTreeSet<usize>> =
            tables.iter().map(|table| &table.exhibits).collect();
        let mut model = Self {
            program: Program::new(editions.len() * MOST_CELLS),
            sums: BTreeMap::new(),
            everybody: BTreeMap::new(),
        };
        let places: BTreeSet<usize> = people.iter().map(|person| person.place).collect();
        let mut next = 0;
        let mut new = || {
            next += 1;
            next - 1
        };
        for edition in &editions {
            let all = new();
            model.everybody.insert((*edition).clone(), vec![all]);
            let key = |dimension: &str, value: &str| {
                ((*edition).clone(), dimension.to_owned(), value.to_owned())
            };
            // A place is one person's only place.
            let mut spots = Vec::new();
            for place in &places {
                let spot = new();
                spots.push(spot);
                let place = PLACES[*place];
                for (dimension, value) in [
                    ("country", place[0]),
                    ("state", place[4]),
                    ("area_state", place[3]),
                ] {
                    model
                        .sums
                        .entry(key(dimension, value))
                        .or_default()
                        .push(spot);
                }
            }
            model.hold_difference(&spots, &[all], 0.0, 0.0);
            let mut carriers = Vec::new();
            for carrier in CARRIERS {
                let unknown = new();
                carriers.push(unknown);
                model.sums.insert(key("carrier", carrier), vec![unknown]);
            }
            model.hold_parts(&carriers, all);
            let mut weeks: BTreeMap<&str, (usize, Vec<usize>)> = BTreeMap::new();
            for [day, week] in DAYS {
                let unknown = new();
                model.sums.insert(key("day", day), vec![unknown]);
                weeks
                    .entry(week)
                    .or_insert_with(|| (new(), Vec::new()))
                    .1
                    .push(unknown);
            }
            for (week, (unknown, days)) in &weeks {
                model.sums.insert(key("week", week), vec![*unknown]);
                model.hold_parts(days, *unknown);
            }
            let weeks: Vec<usize> = weeks.into_values().map(|(week, _)| week).collect();
            model.hold_parts(&weeks, all);
        }
        // What more exhibits have is no less, cell by cell, and no more than together.
        let keys: BTreeSet<_> = model
            .sums
            .keys()
            .map(|(_, of, at)| (of.clone(), at.clone()))
            .collect();
        for (dimension, value) in keys {
            let sum = |edition: &BTreeSet<usize>| {
                model.sums[&(edition.clone(), dimension.clone(), value.clone())].clone()
            };
            let mut held = Vec::new();
            for smaller in &editions {
                for larger in editions.iter().filter(|larger| smaller.is_subset(larger)) {
                    held.push((sum(smaller), sum(larger)));
                }
                for other in &editions {
                    let both: BTreeSet<usize> = smaller.union(other).copied().collect();
                    let covered = editions.iter().filter(|third| third.is_subset(&both));
                    for third in covered {
                        held.push((sum(third), [sum(smaller), sum(other)].concat()));
                    }
                }
            }
            for (less, more) in held {
                model.hold_difference(&less, &more, f64::NEG_INFINITY, 0.0);
            }
        }
        model
    }

    /// Each part is within the whole, and the whole is in its parts.
    fn hold_parts(&mut self, parts: &[usize], whole: usize) {
        for part in parts {
            self.hold_difference(&[*part], &[whole], f64::NEG_INFINITY, 0.0);
        }
        self.hold_difference(&[whole], parts, f64::NEG_INFINITY, 0.0);
    }

    /// The first sum less the second.
    fn hold_difference(&mut self, first: &[usize], second: &[usize], least: f64, most: f64) {
        let mut terms: Vec<_> = first.iter().map(|at| (*at, 1.0)).collect();
        terms.extend(second.iter().map(|at| (*at, -1.0)));
        self.program.hold(terms, least, most);
    }

    fn hold(&mut self, sum: &[usize], bounds: &Bounds) {
        let terms = sum.iter().map(|at| (*at, 1.0)).collect();
        self.program.hold(terms, bounds.least, bounds.most);
    }

    fn sum(&self, table: &Table, value: &str) -> Vec<usize> {
        let key = (
            table.exhibits.clone(),
            table.dimension.clone(),
            value.to_owned(),
        );
        self.sums.get(&key).cloned().unwrap_or_default()
    }

    fn all(&self, exhibits: &BTreeSet<usize>) -> Vec<usize> {
        self.everybody[exhibits].clone()
    }

    fn other_values(&self, table: &Table) -> Vec<String> {
        self.sums
            .keys()
            .filter(|(exhibits, dimension, value)| {
                *exhibits == table.exhibits
                    && *dimension == table.dimension
                    && !table.cells.contains_key(value)
            })
            .map(|(_, _, value)| value.clone())
            .collect()
    }
}

/// Unknowns of an edition, at most.
const MOST_CELLS: usize = 20;
