//! Checks whether protected tables, read together, narrow a hidden cell further than its rule does.
//!
//! The proof is by example. For each hidden cell, and for both ends of the interval of its rule, people are moved one
//! by one until the cell holds that many, while every table still shows the same figures. If such a world is found, no
//! arithmetic over these tables can exclude it. If none is found, that proves nothing, and the tables are then treated
//! as telling too much.
//!
//! The number of people never changes. Tables of other groups of dimensions share only that number, so they need not be
//! compared together. Sees exact counts, answers yes or no. Called by `together` only. Not promised: anything about
//! readers who know more than these tables.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::vault::records::tables::rounding::{Shown, bounds};

/// How many people have each combination of values.
pub(super) struct Population {
    pub(super) people: u64,
    pub(super) profiles: BTreeMap<Vec<String>, u64>,
}

/// A table by one of these dimensions, of one of the populations.
pub(super) struct Told<'a> {
    pub(super) population: usize,
    pub(super) axis: usize,
    pub(super) threshold: u64,
    pub(super) cells: &'a BTreeMap<String, Shown>,
    pub(super) counts: &'a BTreeMap<String, u64>,
}

/// Whether every hidden cell of these tables may have any count that its rule allows. Each population is part of the
/// next.
pub(super) fn hides_enough(populations: &[Population], tables: &[Told<'_>]) -> bool {
    let Some(world) = World::of(populations, tables) else {
        return false;
    };
    tables.iter().enumerate().all(|(table, told)| {
        told.cells.iter().all(|(value, shown)| match shown {
            Shown::Number(_) => true,
            Shown::Hidden(_) => [1, told.threshold - 1]
                .into_iter()
                .all(|end| world.clone().reaches(table, value, end as i64)),
        })
    })
}

#[derive(Clone)]
struct World {
    /// Whether nobody has two profiles. Otherwise a move is tried only if it is valid whichever other profiles the
    /// person has.
    apart: bool,
    /// The cells of each profile, one for each dimension.
    profiles: Vec<Vec<String>>,
    /// Indexed by population, then by profile.
    people: Vec<Vec<i64>>,
    tables: Vec<Table>,
}

#[derive(Clone)]
struct Table {
    population: usize,
    axis: usize,
    cells: BTreeMap<String, Cell>,
}

/// The count of a cell, as precisely as it is known here, and the counts it may have.
#[derive(Clone, Copy, Default)]
struct Cell {
    fewest: i64,
    most: i64,
    least_allowed: i64,
    most_allowed: i64,
}

/// One person changes from the first profile to the second, in some of the populations.
struct Move {
    from: usize,
    to: usize,
    populations: RangeInclusive<usize>,
    /// Whether the person loses the first profile.
    leaves: bool,
}

impl World {
    /// `None` if the tables are not of these populations, or have no exact counts.
    fn of(populations: &[Population], tables: &[Told<'_>]) -> Option<Self> {
        let mut places = BTreeMap::new();
        for profile in populations.iter().flat_map(|one| one.profiles.keys()) {
            places.entry(profile.clone()).or_insert(());
        }
        let profiles: Vec<Vec<String>> = places.into_keys().collect();
        let people: Vec<Vec<i64>> = populations
            .iter()
            .map(|population| {
                let of = |profile| population.profiles.get(profile).copied().unwrap_or(0) as i64;
                profiles.iter().map(of).collect()
            })
            .collect();
        let sums = people.iter().map(|people| people.iter().sum::<i64>());
        let apart = sums
            .zip(populations)
            .all(|(sum, population)| sum == population.people as i64);
        let tables = tables
            .iter()
            .map(|told| {
                let known = told.cells.keys().eq(told.counts.keys());
                let cells = told.cells.iter().zip(told.counts.values());
                let cells = cells.map(|((value, shown), count)| {
                    let (least, most) = bounds(shown, told.threshold);
                    let cell = Cell {
                        fewest: *count as i64,
                        most: *count as i64,
                        least_allowed: least as i64,
                        most_allowed: most as i64,
                    };
                    (value.clone(), cell)
                });
                known.then(|| Table {
                    population: told.population,
                    axis: told.axis,
                    cells: cells.collect(),
                })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            apart,
            profiles,
            people,
            tables,
        })
    }

    fn reaches(mut self, table: usize, value: &str, end: i64) -> bool {
        let Some((axis, population)) = self.tables.get(table).map(|one| (one.axis, one.population))
        else {
            return false;
        };
        let is_inside = |profile: &usize| {
            let cells = self.profiles.get(*profile);
            cells.and_then(|cells| cells.get(axis)).map(String::as_str) == Some(value)
        };
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            (0..self.profiles.len()).partition(is_inside);
        // Each step changes the cell by one, or no move is found.
        loop {
            let held = self.cell(table, value).fewest;
            if held == end {
                return true;
            }
            let (from, to) = match held > end {
                true => (&inside, &outside),
                false => (&outside, &inside),
            };
            let lowers = held > end;
            let mut moves = from.iter().flat_map(|from| {
                to.iter().flat_map(|to| {
                    self.spans(population).map(|populations| Move {
                        from: *from,
                        to: *to,
                        populations,
                        leaves: lowers || self.apart,
                    })
                })
            });
            let found = moves.find(|step| self.allows(step, axis, &inside, lowers));
            drop(moves);
            match found {
                Some(step) => self.take(&step, axis),
                None => return false,
            }
        }
    }

    /// The runs of populations in which a move may happen. A person with a single profile can change places with
    /// somebody who came later. For others only the whole rest is certain.
    fn spans(&self, population: usize) -> impl Iterator<Item = RangeInclusive<usize>> + use<> {
        let last = self.people.len() - 1;
        let ends = if self.apart { population } else { last };
        (0..=population).flat_map(move |from| (ends..=last).map(move |to| from..=to))
    }

    fn allows(&self, step: &Move, axis: usize, inside: &[usize], lowers: bool) -> bool {
        let (first, last) = (*step.populations.start(), *step.populations.end());
        if !self.apart {
            let within = |population: usize| -> i64 {
                let people = |at: &usize| self.has(population, *at);
                inside.iter().map(people).sum()
            };
            let end = self.people.len() - 1;
            // A person who is in the cell by two profiles would have to lose both.
            let once = |population: usize| {
                let here = |table: &&Table| table.population == population && table.axis == axis;
                let cells = inside.first().and_then(|at| self.profiles.get(*at));
                let value = cells.and_then(|cells| cells.get(axis));
                let table = self.tables.iter().find(here);
                table
                    .zip(value)
                    .and_then(|(table, value)| table.cells.get(value))
                    .is_some_and(|cell| cell.fewest == within(population))
            };
            let sure = match lowers {
                true => inside.len() == 1 || step.populations.clone().all(once),
                // Some person of that profile must be outside the cell, in all later populations.
                false => self.has(first, step.from) > within(end),
            };
            if !sure {
                return false;
            }
        }
        // A count in a population must not be smaller than in the population it contains.
        let leaves = !step.leaves
            || self.has(first, step.from)
                > first.checked_sub(1).map_or(0, |at| self.has(at, step.from));
        let after = last + 1;
        let comes =
            after == self.people.len() || self.has(after, step.to) > self.has(last, step.to);
        leaves
            && comes
            && self.tables.iter().all(|table| {
                let Some((from, to)) = self.changes(step, table) else {
                    return true;
                };
                let (from, to) = (
                    table.cells.get(from).copied().unwrap_or_default(),
                    table.cells.get(to).copied().unwrap_or_default(),
                );
                (!step.leaves || from.fewest > from.least_allowed) && to.most < to.most_allowed
            })
    }

    fn take(&mut self, step: &Move, axis: usize) {
        let mut tables = std::mem::take(&mut self.tables);
        for table in &mut tables {
            let Some((from, to)) = self.changes(step, table) else {
                continue;
            };
            let (from, to) = (from.to_owned(), to.to_owned());
            let certain = self.apart || table.axis == axis;
            if step.leaves
                && let Some(cell) = table.cells.get_mut(&from)
            {
                cell.fewest -= 1;
                // For a cell of another axis, the person may keep another profile.
                cell.most -= i64::from(certain);
            }
            if let Some(cell) = table.cells.get_mut(&to) {
                cell.most += 1;
                cell.fewest += i64::from(self.apart || (certain && !step.leaves));
            }
        }
        self.tables = tables;
        for population in step.populations.clone() {
            let Some(people) = self.people.get_mut(population) else {
                continue;
            };
            if step.leaves
                && let Some(from) = people.get_mut(step.from)
            {
                *from -= 1;
            }
            if (self.apart || !step.leaves)
                && let Some(to) = people.get_mut(step.to)
            {
                *to += 1;
            }
        }
    }

    /// The two cells of a table between which a move goes, if it changes that table.
    fn changes<'w>(&'w self, step: &Move, table: &Table) -> Option<(&'w str, &'w str)> {
        let cell = |profile: usize| self.profiles.get(profile)?.get(table.axis);
        let (from, to) = (cell(step.from)?, cell(step.to)?);
        (step.populations.contains(&table.population) && from != to).then_some((from, to))
    }

    fn has(&self, population: usize, profile: usize) -> i64 {
        let people = self.people.get(population);
        people
            .and_then(|people| people.get(profile))
            .copied()
            .unwrap_or(0)
    }

    fn cell(&self, table: usize, value: &str) -> Cell {
        let table = self.tables.get(table);
        table
            .and_then(|table| table.cells.get(value))
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::records::tables::rounding::show;

    /// The tables by each dimension of one population, computed from its profiles.
    fn hide(people: u64, profiles: &[(&[&str], u64)], counts: &[&[(&str, u64)]]) -> bool {
        let profile = |(values, count): &(&[&str], u64)| {
            let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            (values, *count)
        };
        let population = Population {
            people,
            profiles: profiles.iter().map(profile).collect(),
        };
        let counts: Vec<BTreeMap<String, u64>> = counts
            .iter()
            .map(|cells| {
                cells
                    .iter()
                    .map(|(value, count)| ((*value).to_owned(), *count))
                    .collect()
            })
            .collect();
        let cells: Vec<BTreeMap<String, Shown>> = counts
            .iter()
            .map(|counts| {
                counts
                    .iter()
                    .map(|(value, count)| (value.clone(), show(*count, 8)))
                    .collect()
            })
            .collect();
        let told = cells.iter().zip(&counts).enumerate();
        let told: Vec<Told<'_>> = told
            .map(|(axis, (cells, counts))| Told {
                population: 0,
                axis,
                threshold: 8,
                cells,
                counts,
            })
            .collect();
        hides_enough(&[population], &told)
    }

    #[test]
    fn a_hidden_cell_needs_others_that_can_be_more_or_fewer() {
        let one: &[(&[&str], u64)] = &[(&["a"], 3), (&["b"], 20)];
        assert!(!hide(23, one, &[&[("a", 3), ("b", 20)]]));
        // Four more in the cell are two fewer of the 20 and two fewer of the 40, and so on.
        let two: &[(&[&str], u64)] = &[(&["a"], 3), (&["b"], 20), (&["c"], 40)];
        assert!(hide(63, two, &[&[("a", 3), ("b", 20), ("c", 40)]]));
    }

    #[test]
    fn a_part_that_is_shown_tells_of_a_part_that_is_not() {
        let days: &[(&[&str], u64)] = &[
            (&["w1", "d1"], 12),
            (&["w1", "d2"], 6),
            (&["w2", "d3"], 40),
            (&["w3", "d4"], 40),
        ];
        let by_day: &[(&str, u64)] = &[("d1", 12), ("d2", 6), ("d3", 40), ("d4", 40)];
        let by_week: &[(&str, u64)] = &[("w1", 18), ("w2", 40), ("w3", 40)];
        assert!(!hide(98, days, &[by_week, by_day]));
    }

    #[test]
    fn where_people_are_in_several_cells_somebody_can_be_in_one_more() {
        let cells: &[(&[&str], u64)] = &[(&["a"], 3), (&["b"], 20), (&["c"], 21)];
        assert!(hide(30, cells, &[&[("a", 3), ("b", 20), ("c", 21)]]));
    }
}
