//! Decides which of the tables that were given out must be compared with a new one.

use std::collections::{BTreeMap, BTreeSet};

use super::place::{cell_name, counted_by};
use super::release::Cut;
use super::witness::{Population, Told, hides_enough};
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::tables::dimension::{Dimension, Kin};
use crate::vault::records::tables::rounding::Shown;

impl CaseRecords<'_> {
    /// Whether `cut` may be given out beside what was `given` out: no hidden cell of any of these tables may be
    /// narrowed further than its rule does.
    pub(in crate::vault::records) fn stand_together(
        &self,
        cut: &Cut,
        given: &[Cut],
    ) -> Result<bool, OperationError> {
        // A single table is protected by the rounding of its total.
        if given.is_empty() {
            return Ok(true);
        }
        let own = kin(cut)?;
        let mut kins = vec![own];
        for other in given {
            let kin = kin(other)?;
            if !kins.contains(&kin) {
                kins.push(kin);
            }
        }
        for kin_of in kins {
            let mut tables = Vec::new();
            for table in given.iter().chain([cut]) {
                if kin(table)? == kin_of {
                    tables.push(table);
                }
            }
            // Several tables of other groups were compared when the last of them was given out. That result holds with
            // any table that leaves the number of people as it is.
            let known = kin_of != own && tables.len() > 1;
            if !known && tables.iter().any(|table| hides(table)) && !self.hide_enough(&tables)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tables of one group of dimensions.
    fn hide_enough(&self, tables: &[&Cut]) -> Result<bool, OperationError> {
        let Some(editions) = chain(tables) else {
            return Ok(false);
        };
        let mut axes: Vec<Dimension> = Vec::new();
        for table in tables {
            let dimension = dimension(table)?;
            if !axes.contains(&dimension) {
                axes.push(dimension);
            }
        }
        let mut populations = Vec::with_capacity(editions.len());
        for edition in &editions {
            let Some(population) = self.population(edition, &axes)? else {
                return Ok(false);
            };
            populations.push(population);
        }
        let mut told = Vec::with_capacity(tables.len());
        for table in tables {
            let dimension = dimension(table)?;
            let place = |edition: &&Cut| edition.exhibits == table.exhibits;
            let (Some(population), Some(axis)) = (
                editions.iter().position(place),
                axes.iter().position(|axis| *axis == dimension),
            ) else {
                return Ok(false);
            };
            told.push(Told {
                population,
                axis,
                threshold: table.threshold,
                cells: &table.cells,
                counts: &table.counts,
            });
        }
        Ok(hides_enough(&populations, &told))
    }

    /// How many people each profile has. For one dimension the table itself says it. For several they are counted
    /// again, which needs all exhibits of that edition to count still.
    fn population(
        &self,
        edition: &Cut,
        axes: &[Dimension],
    ) -> Result<Option<Population>, OperationError> {
        if axes.len() == 1 {
            let cells = edition.counts.iter();
            return Ok(Some(Population {
                people: edition.population,
                profiles: cells
                    .map(|(value, count)| (vec![value.clone()], *count))
                    .collect(),
            }));
        }
        let Some(records) = self.of_exhibits(&edition.exhibits)? else {
            return Ok(None);
        };
        let mut by: Vec<Dimension> = Vec::new();
        for axis in axes {
            let counted = counted_by(*axis).iter();
            let new = counted.filter(|one| !by.contains(one)).copied();
            by.extend(new.collect::<Vec<_>>());
        }
        let counted = records.count_all(&by)?;
        let mut profiles = BTreeMap::new();
        for cell in counted.cells {
            let value = |one: &Dimension| {
                let at = by.iter().position(|other| other == one)?;
                cell.values.get(at).map(String::as_str)
            };
            // The country that was counted along with a state is in the name of the state, so that no two cells become
            // one profile.
            let profile: Option<Vec<String>> = axes
                .iter()
                .map(|axis| {
                    let values = counted_by(*axis).iter().map(value);
                    Some(cell_name(&values.collect::<Option<Vec<_>>>()?))
                })
                .collect();
            let profile = profile.ok_or(OperationError::Internal("profile of a population"))?;
            profiles.insert(profile, cell.numbers);
        }
        Ok(Some(Population {
            people: counted.numbers,
            profiles,
        }))
    }
}

/// One table of each edition, the smallest edition first, if each edition has all exhibits of the one before it.
/// Otherwise `None`: other editions can be added and subtracted in ways that are not checked here.
fn chain<'t>(tables: &[&'t Cut]) -> Option<Vec<&'t Cut>> {
    let mut editions: Vec<&Cut> = Vec::new();
    for table in tables {
        if !editions.iter().any(|one| one.exhibits == table.exhibits) {
            editions.push(table);
        }
    }
    editions.sort_by_key(|edition| edition.exhibits.len());
    let within = |pair: &[&Cut]| match pair {
        [smaller, larger] => {
            let larger: BTreeSet<&String> = larger.exhibits.iter().collect();
            smaller.exhibits.iter().all(|one| larger.contains(one))
        }
        _ => false,
    };
    editions.windows(2).all(within).then_some(editions)
}

fn hides(table: &Cut) -> bool {
    let mut cells = table.cells.values();
    cells.any(|cell| matches!(cell, Shown::Hidden(_)))
}

fn kin(table: &Cut) -> Result<Kin, OperationError> {
    Ok(dimension(table)?.kin())
}

fn dimension(table: &Cut) -> Result<Dimension, OperationError> {
    let dimension = table.dimension.parse();
    dimension.map_err(|_| OperationError::Internal("dimension of a release"))
}
