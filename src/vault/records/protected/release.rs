//! The ledger of protected tables. Two tables whose populations differ by a few people would disclose those people if
//! somebody compared them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::vault::error::{Conflict, OperationError};
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Aad, Nonces, open_json, seal_json};
use crate::vault::records::exposure::share::Apart;
use crate::vault::records::opened::CaseRecords;
use crate::vault::records::tables::rounding::{Rule, Shown};
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::{Snapshot, Transaction, release_rows};

/// A protected table as it is given out, and its exact population.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault::records) struct Cut {
    pub(in crate::vault::records) dimension: String,
    pub(in crate::vault::records) rule: String,
    pub(in crate::vault::records) edition: [u8; 32],
    /// The ids of the exhibits of this edition.
    #[serde(default)]
    pub(in crate::vault::records) exhibits: Vec<String>,
    pub(in crate::vault::records) threshold: u64,
    /// Distinct numbers. Sealed with the rest and never shown.
    pub(in crate::vault::records) population: u64,
    pub(in crate::vault::records) total: Shown,
    pub(in crate::vault::records) cells: BTreeMap<String, Shown>,
    /// The exact counts of the same cells. Sealed with the rest and never shown. Missing in releases of the first
    /// build.
    #[serde(default)]
    pub(in crate::vault::records) counts: BTreeMap<String, u64>,
}

/// An earlier table, and how far its population is from that of the new one.
pub(in crate::vault::records) struct Earlier {
    pub(in crate::vault::records) cut: Cut,
    pub(in crate::vault::records) apart: Apart,
}

/// Whether a table may be given out, after those that were given out before.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::vault::records) enum Given {
    Never,
    Same(Cut),
    TooClose,
}

/// Protected tables about to be given out together.
#[derive(Clone)]
pub struct Release {
    cuts: Vec<Cut>,
    /// The number of the last release that they were compared with.
    seen: i64,
}

impl Release {
    /// Nothing if there is no table that was not given out before.
    pub(in crate::vault::records) fn of(cuts: Vec<Cut>, seen: i64) -> Option<Self> {
        (!cuts.is_empty()).then_some(Self { cuts, seen })
    }

    /// Records the releases, in the ledger's transaction. If another call released a table since the snapshot, it was
    /// compared with these only if it is one of them. If it is not, only tables that were given out are given out
    /// again; others must be asked for again.
    pub(in crate::vault) fn record(
        self,
        keys: &CaseKeys,
        nonces: &mut Nonces<'_>,
        connection: &Transaction,
        case: &CaseRow,
    ) -> Result<(), OperationError> {
        let mut later = given_out(keys, connection, case)?;
        later.retain(|(no, _)| *no > self.seen);
        let known = |cut: &&Cut| later.iter().any(|(_, other)| other == *cut);
        let fresh: Vec<&Cut> = self.cuts.iter().filter(|cut| !known(cut)).collect();
        let compared = later.iter().all(|(_, other)| self.cuts.contains(other));
        if !fresh.is_empty() && !compared {
            return Err(OperationError::Conflict(Conflict::CutTooClose));
        }
        for cut in fresh {
            let no = release_rows::TABLE.next_no(connection)?;
            let aad = aad(keys, no)?;
            let sealed = seal_json(keys.requests(), nonces.take()?, &aad, cut)?;
            release_rows::TABLE.insert(connection, no, case.number, &sealed)?;
        }
        Ok(())
    }
}

/// All tables that were given out of a case, by release number.
pub(in crate::vault::records) fn given_out(
    keys: &CaseKeys,
    connection: &Snapshot,
    case: &CaseRow,
) -> Result<Vec<(i64, Cut)>, OperationError> {
    release_rows::TABLE
        .list(connection, case.number)?
        .into_iter()
        .map(|(no, sealed)| {
            let place = format!("release {no}");
            let cut = open_json(keys.requests(), &aad(keys, no)?, &sealed, &place)?;
            Ok((no, cut))
        })
        .collect()
}

impl CaseRecords<'_> {
    /// How far each of `given` is from `cut`. While exhibits are only added, one population contains the other and
    /// their sizes are enough. After a withdrawal the sets themselves are compared.
    pub(in crate::vault::records) fn compare(
        &self,
        cut: &Cut,
        given: Vec<Cut>,
    ) -> Result<Vec<Earlier>, OperationError> {
        let another = given.iter().any(|other| other.edition != cut.edition);
        if self.withdrawn().is_empty() || !another {
            let nested = |other: Cut| Earlier {
                apart: Apart::nested(cut.population, other.population),
                cut: other,
            };
            return Ok(given.into_iter().map(nested).collect());
        }
        let lists: Vec<&[String]> = given.iter().map(|other| &other.exhibits[..]).collect();
        let apart = self.apart(&cut.exhibits, &lists)?;
        let beside = |(other, apart): (Cut, Option<Apart>)| {
            // A table that does not name its exhibits is treated as too close.
            let said = !other.exhibits.is_empty() || other.population == 0;
            Earlier {
                apart: apart.filter(|_| said).unwrap_or(Apart::UNKNOWN),
                cut: other,
            }
        };
        Ok(given.into_iter().zip(apart).map(beside).collect())
    }
}

impl Cut {
    /// The same table of the same edition is given out again unchanged. Two roundings of one table are never given out:
    /// whoever asks by a laxer rule gets the one that was. Nor are editions that differ by few people, whether they
    /// came or went.
    pub(in crate::vault::records) fn beside(&self, given: Vec<Earlier>) -> Given {
        let mut same = None;
        for Earlier { cut: other, apart } in given {
            if other.edition == self.edition {
                if other.dimension != self.dimension {
                    continue;
                }
                if self.is_stricter(&other) {
                    return Given::TooClose;
                }
                same = Some(other);
                continue;
            }
            let threshold = self.threshold.max(other.threshold);
            let few = |count| (1..threshold).contains(&count);
            if few(apart.only_first) || few(apart.only_second) {
                return Given::TooClose;
            }
        }
        same.map_or(Given::Never, Given::Same)
    }
}

impl Cut {
    /// Whether the other one shows counts that the rule of this one hides.
    fn is_stricter(&self, other: &Self) -> bool {
        match (self.rule.parse::<Rule>(), other.rule.parse::<Rule>()) {
            (Ok(own), Ok(others)) => own > others,
            _ => true,
        }
    }
}

fn aad(keys: &CaseKeys, no: i64) -> Result<Aad, OperationError> {
    let no = u64::try_from(no).map_err(|_| OperationError::Internal("release number"))?;
    Ok(Aad::release(keys.vault(), keys.case(), no))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(dimension: &str, rule: &str, edition: u8, population: u64) -> Cut {
        Cut {
            dimension: dimension.to_owned(),
            rule: rule.to_owned(),
            edition: [edition; 32],
            exhibits: vec![format!("x{edition}")],
            threshold: 8,
            population,
            total: Shown::Number(population),
            cells: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// As if one population contained the other.
    fn earlier(of: &Cut, other: Cut) -> Vec<Earlier> {
        vec![Earlier {
            apart: Apart::nested(of.population, other.population),
            cut: other,
        }]
    }

    #[test]
    fn the_same_cut_is_given_again_and_another_dimension_is_free() {
        let first = cut("country", "nhs", 1, 100);
        assert_eq!(
            first.beside(earlier(&first, first.clone())),
            Given::Same(first.clone())
        );
        let state = cut("state", "nhs", 1, 100);
        assert_eq!(state.beside(earlier(&state, first)), Given::Never);
    }

    #[test]
    fn a_second_rounding_of_a_cut_is_refused() {
        let first = cut("country", "nhs", 1, 100);
        let second = cut("country", "cms", 1, 100);
        assert_eq!(second.beside(earlier(&second, first)), Given::TooClose);
    }

    #[test]
    fn whoever_asks_by_a_laxer_rule_gets_the_table_that_was_given_out() {
        let first = cut("country", "cms", 1, 100);
        let second = cut("country", "nhs", 1, 100);
        assert_eq!(
            second.beside(earlier(&second, first.clone())),
            Given::Same(first)
        );
    }

    #[test]
    fn a_few_who_went_and_a_few_who_came_do_not_cancel_out() {
        let next = cut("country", "nhs", 2, 100);
        for (only_first, only_second, expected) in [
            (3, 3, Given::TooClose),
            (8, 3, Given::TooClose),
            (3, 8, Given::TooClose),
            (8, 8, Given::Never),
            (0, 8, Given::Never),
            (0, 0, Given::Never),
        ] {
            let before = vec![Earlier {
                cut: cut("country", "nhs", 1, 100),
                apart: Apart {
                    only_first,
                    only_second,
                },
            }];
            assert_eq!(next.beside(before), expected, "{only_first} {only_second}");
        }
    }

    #[test]
    fn editions_that_differ_by_a_few_people_are_not_laid_side_by_side() {
        let first = cut("country", "nhs", 1, 100);
        for (population, expected) in [
            (100, Given::Never),
            (101, Given::TooClose),
            (93, Given::TooClose),
            (92, Given::Never),
            (108, Given::Never),
        ] {
            for dimension in ["country", "day"] {
                let next = cut(dimension, "nhs", 2, population);
                let before = earlier(&next, first.clone());
                assert_eq!(next.beside(before), expected, "{population}");
            }
        }
    }
}
