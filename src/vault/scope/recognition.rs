//! Recognising: a lead types what the owner of an account reads out, and so knows whose account it is.

use serde_json::json;

use super::Scope;
use crate::domain::{CaseRole, OperatorId};
use crate::policy::{Denial, Writes};
use crate::vault::budget::alarm::Alarm;
use crate::vault::error::OperationError;
use crate::vault::identity::{Fingerprint, OperatorSecrets};
use crate::vault::store::case_rows::CaseNumber;

use crate::vault::store::operator_rows::OperatorState;
use crate::vault::store::{Snapshot, StoreError, membership_rows, operator_rows};

/// Whether somebody came by the OpenID provider, and all that says in the case whose account it is is the word of
/// `other`: `other` recognised them, or somebody did who came by the provider and was recognised by `other` alone, and
/// so on. Both can be one person, who has a second identity at the provider. Nobody stands for whoever has lost their
/// recognition, nor for those who recognised each other: then it is so of everybody who was invited.
pub(in crate::vault) fn is_known_by_alone(
    connection: &Snapshot,
    case: CaseNumber,
    operator: &OperatorId,
    other: &OperatorId,
) -> Result<bool, StoreError> {
    let was_invited = |operator: &OperatorId| {
        let row = operator_rows::find(connection, operator)?;
        Ok::<_, StoreError>(row.is_some_and(|row| !row.by_provider))
    };
    let known_by = |operator: &OperatorId| {
        let member = membership_rows::find(connection, case, operator)?;
        Ok(member.and_then(|member| member.recognised_by))
    };
    rests_on(operator, other, was_invited, known_by)
}

/// Whether whoever decides could be the asker under another name, by what is known in the case: nobody but the decider
/// stands for the asker; or both came by the OpenID provider and one person stands for both, who has three identities
/// there, or did not look well. The second is counted only while there is somebody else who could decide: where one
/// lead has recognised everybody, a case could else never end.
pub(in crate::vault) fn could_be_one_person(
    connection: &Snapshot,
    case: CaseNumber,
    asker: &OperatorId,
    decider: &OperatorId,
) -> Result<bool, StoreError> {
    if is_known_by_alone(connection, case, asker, decider)? {
        return Ok(true);
    }
    let own = standing_for(connection, case, asker)?;
    let shares = |other: &OperatorId| {
        let others = standing_for(connection, case, other)?;
        Ok::<_, StoreError>(others.iter().any(|by| own.contains(by)))
    };
    if !shares(decider)? {
        return Ok(false);
    }
    for member in membership_rows::list(connection, case)? {
        let other = &member.operator;
        let decides = matches!(member.role, CaseRole::Lead | CaseRole::Custodian);
        if !decides || !member.counts() || other == asker || other == decider {
            continue;
        }
        let row = operator_rows::find(connection, other)?;
        let acts = row.is_some_and(|row| {
            row.state == OperatorState::Active && !row.home.stays_outside_cases()
        });
        if acts
            && !is_known_by_alone(connection, case, other, asker)?
            && !is_known_by_alone(connection, case, asker, other)?
            && !shares(other)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Those on whose word it rests whose account it is, the nearest first. None for whoever was invited.
fn standing_for(
    connection: &Snapshot,
    case: CaseNumber,
    operator: &OperatorId,
) -> Result<Vec<OperatorId>, StoreError> {
    let (mut all, mut one) = (Vec::new(), operator.clone());
    while operator_rows::find(connection, &one)?.is_some_and(|row| row.by_provider) {
        let member = membership_rows::find(connection, case, &one)?;
        match member.and_then(|member| member.recognised_by) {
            // Whoever opened the case is their own.
            Some(by) if by != one && !all.contains(&by) => {
                all.push(by.clone());
                one = by;
            }
            _ => break,
        }
    }
    Ok(all)
}

/// The same of whatever says who was invited and who recognised whom.
fn rests_on<E>(
    operator: &OperatorId,
    other: &OperatorId,
    was_invited: impl Fn(&OperatorId) -> Result<bool, E>,
    known_by: impl Fn(&OperatorId) -> Result<Option<OperatorId>, E>,
) -> Result<bool, E> {
    let (mut seen, mut one) = (Vec::new(), operator.clone());
    while !was_invited(&one)? {
        let Some(by) = known_by(&one)? else {
            return was_invited(other);
        };
        if by == *other {
            return Ok(true);
        }
        // Whoever opened the case.
        if by == one {
            return Ok(false);
        }
        if seen.contains(&by) {
            return was_invited(other);
        }
        seen.push(std::mem::replace(&mut one, by));
    }
    Ok(false)
}

impl<A: Writes> Scope<'_, A> {
    /// Recognises a member of the case, if this is the fingerprint of their account. From then on the membership gives
    /// its role. Nobody recognises themselves.
    pub fn recognise_member(
        &mut self,
        operator: &OperatorId,
        typed: &Fingerprint,
    ) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        let member = membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        self.check_fingerprint(operator, typed)?;
        self.note_detail(json!({ "recognised_before": member.recognised }));
        let by = self.operator()?;
        Ok(membership_rows::recognise(
            self.transaction()?,
            case.number,
            operator,
            by,
            self.now,
        )?)
    }

    /// Whether the fingerprint is that of the account, which somebody has to have enrolled for. A wrong one is counted,
    /// and raises an alarm.
    pub(super) fn check_fingerprint(
        &mut self,
        operator: &OperatorId,
        typed: &Fingerprint,
    ) -> Result<(), OperationError> {
        let row = operator_rows::find(self.connection, operator)?
            .filter(|row| row.state == OperatorState::Active);
        let right = match row {
            Some(row) => OperatorSecrets::open(&self.core.keys(), &row)?
                .fingerprint(operator)?
                .is(typed),
            None => false,
        };
        if !right {
            self.core.wrong_fingerprints.count(operator);
            self.notes.alarm = Some(Alarm::WrongFingerprint);
            return Err(self.deny(Denial::WrongFingerprint));
        }
        self.core.wrong_fingerprints.forget(operator);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn id(of: u8) -> OperatorId {
        OperatorId::from_random([of; 13])
    }

    /// Whether `operator` rests on `other`, where those below 10 were invited and each pair is somebody and who
    /// recognised them.
    fn rests(operator: u8, other: u8, known: &[(u8, u8)]) -> bool {
        let invited = |sought: &OperatorId| Ok((1..10).any(|of| id(of) == *sought));
        let known_by = |sought: &OperatorId| {
            let found = known.iter().find(|(of, _)| id(*of) == *sought);
            Ok::<_, Infallible>(found.map(|(_, by)| id(*by)))
        };
        rests_on(&id(operator), &id(other), invited, known_by).unwrap_or_default()
    }

    #[test]
    fn an_account_of_the_provider_rests_on_whoever_recognised_it_also_through_others() {
        assert!(rests(10, 1, &[(10, 1)]));
        assert!(rests(12, 1, &[(10, 1), (11, 10), (12, 11)]));
        assert!(rests(12, 10, &[(10, 1), (11, 10), (12, 11)]));
        // On nobody else, and whoever was invited on nobody.
        assert!(!rests(10, 2, &[(10, 1)]));
        assert!(!rests(12, 2, &[(10, 1), (11, 10), (12, 11)]));
        assert!(!rests(2, 1, &[(2, 1)]));
        assert!(!rests(11, 1, &[(2, 1), (11, 2)]));
        // Whoever opened the case is their own.
        assert!(!rests(10, 1, &[(10, 10), (1, 10)]));
        assert!(!rests(11, 1, &[(10, 10), (11, 10)]));
        assert!(rests(11, 10, &[(10, 10), (11, 10)]));
    }

    #[test]
    fn where_nobody_stands_for_an_account_it_rests_on_everybody_who_was_invited() {
        // Those who recognised each other, and those whose recognition is lost on the way.
        for known in [&[(10, 11), (11, 10), (12, 11)][..], &[(11, 10), (12, 11)]] {
            assert!(rests(12, 1, known), "{known:?}");
            assert!(rests(12, 2, known), "{known:?}");
            assert!(!rests(12, 13, known), "{known:?}");
        }
    }
}
