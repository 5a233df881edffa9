//! The ledger of protected tables: two that differ by a few people, laid side
//! by side, would show those people.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::rounding::Shown;
use crate::vault::core::{Core, open_request};
use crate::vault::operation::{Conflict, OperationError};
use crate::vault::plaintext::Aad;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::release_rows;

/// A protected table as it is given out, and the exact population it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cut {
    pub(super) dimension: String,
    pub(super) rule: String,
    pub(super) edition: [u8; 32],
    pub(super) threshold: u64,
    /// Distinct numbers; sealed with the rest and never shown.
    pub(super) population: u64,
    pub(super) total: Shown,
    pub(super) cells: BTreeMap<String, Shown>,
}

/// How a cut stands beside those that were given out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Given {
    Never,
    Same(Cut),
    TooClose,
}

/// A protected table about to be given out.
pub(in crate::vault) struct Release(Cut);

impl Release {
    pub(super) fn of(cut: Cut) -> Self {
        Self(cut)
    }

    /// Writes the release down, in the ledger's transaction: what another call
    /// gave out since the snapshot is seen here.
    pub(in crate::vault) fn record(
        self,
        core: &Core,
        connection: &Connection,
        case: &CaseRow,
    ) -> Result<(), OperationError> {
        match self.0.beside(earlier(core, connection, case)?) {
            Given::Same(same) if same == self.0 => return Ok(()),
            Given::Never => {}
            Given::Same(_) | Given::TooClose => {
                return Err(OperationError::Conflict(Conflict::CutTooClose));
            }
        }
        let no = release_rows::next_no(connection)?;
        let keys = core.case_keys(&case.id)?;
        let aad = aad(core, case, no)?;
        let sealed = core.seal_request(keys.requests(), &aad, &self.0)?;
        Ok(release_rows::insert(connection, no, case.number, &sealed)?)
    }
}

/// Every cut that was given out of a case.
pub(super) fn earlier(
    core: &Core,
    connection: &Connection,
    case: &CaseRow,
) -> Result<Vec<Cut>, OperationError> {
    let keys = core.case_keys(&case.id)?;
    release_rows::list(connection, case.number)?
        .into_iter()
        .map(|(no, sealed)| {
            let place = format!("release {no}");
            open_request(keys.requests(), &aad(core, case, no)?, &sealed, &place)
        })
        .collect()
}

impl Cut {
    /// The same cut of the same edition is given again as it was. Two roundings of
    /// one cut, or editions whose populations differ by a few, are never mixed.
    pub(super) fn beside(&self, given: Vec<Self>) -> Given {
        let mut same = None;
        for other in given {
            if other.edition == self.edition {
                if other.dimension != self.dimension {
                    continue;
                }
                if other.rule != self.rule {
                    return Given::TooClose;
                }
                same = Some(other);
                continue;
            }
            let threshold = self.threshold.max(other.threshold);
            let apart = self.population.abs_diff(other.population);
            if (1..threshold).contains(&apart) {
                return Given::TooClose;
            }
        }
        same.map_or(Given::Never, Given::Same)
    }
}

fn aad(core: &Core, case: &CaseRow, no: i64) -> Result<Aad, OperationError> {
    let no = u64::try_from(no).map_err(|_| OperationError::Internal("release number"))?;
    Ok(Aad::release(&core.vault, &case.id, no))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(dimension: &str, rule: &str, edition: u8, population: u64) -> Cut {
        Cut {
            dimension: dimension.to_owned(),
            rule: rule.to_owned(),
            edition: [edition; 32],
            threshold: 8,
            population,
            total: Shown::Number(population),
            cells: BTreeMap::new(),
        }
    }

    #[test]
    fn the_same_cut_is_given_again_and_another_dimension_is_free() {
        let first = cut("country", "nhs", 1, 100);
        assert_eq!(
            first.beside(vec![first.clone()]),
            Given::Same(first.clone())
        );
        assert_eq!(
            cut("state", "nhs", 1, 100).beside(vec![first]),
            Given::Never
        );
    }

    #[test]
    fn a_second_rounding_of_a_cut_is_refused() {
        let first = cut("country", "nhs", 1, 100);
        assert_eq!(
            cut("country", "cms", 1, 100).beside(vec![first]),
            Given::TooClose
        );
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
                assert_eq!(next.beside(vec![first.clone()]), expected, "{population}");
            }
        }
    }
}
