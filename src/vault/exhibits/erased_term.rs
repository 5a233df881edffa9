//! Overwrites terms of a case: the sealed value and the tag of a number or a user name.
//!
//! In the place of a number stands the sealed value 0, which no number has, and in the place of a user name an empty
//! one. In the place of the tag stands a random one between its neighbours. So a run stays what it was, whole and in
//! order, an absence is proved as before, and no lookup finds the term again. What is left tells whoever has the keys
//! between which other tags of the case the number was.
//!
//! Sees tags and the keys of the case; no number, and user names on their way to be sealed again.

use crate::domain::Field;
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::tag_runs;
use crate::vault::exhibits::terms::TermPlace;
use crate::vault::plaintext::{Nonces, Phone, Tag};
use crate::vault::store::Transaction;
use crate::vault::store::term_rows::{SealedRun, StoredRun};

/// What is drawn at random for one term.
pub(in crate::vault) type Draw<'d> = &'d mut dyn FnMut() -> Result<[u8; 16], OperationError>;

/// Overwrites one term, of a number or a user name, in this transaction.
pub(in crate::vault) fn overwrite(
    rows: &Transaction,
    place: TermPlace<'_>,
    (field, no): (Field, u32),
    nonces: &mut Nonces<'_>,
    draw: Draw<'_>,
) -> Result<(), OperationError> {
    let damaged = || OperationError::Damaged {
        place: format!("{} term {no}", field.label()),
    };
    let adder = place.added.adder(field, no).ok_or_else(damaged)?;
    let parts = ExhibitParts::of(place.keys, &adder.id);
    let terms = place.terms(field);
    let mut run = terms.stored_run(rows, no)?.ok_or_else(damaged)?;
    // While the key of the case is rotated: all of a run is under one key.
    parts
        .reseal_run(nonces, field, &mut run)
        .map_err(|_| damaged())?;
    let (mut next, mut tags) = opened(&parts, field, &run).ok_or_else(damaged)?;
    let at = (no.checked_sub(run.first)).ok_or_else(damaged)? as usize;
    run.sealed =
        without_value(&parts, field, &run, (no, tags.len()), nonces).ok_or_else(damaged)?;
    let (first, last) = adder.ends();
    // The run before it in the ring; of the first run the last one.
    let before = match run.first == first {
        true => last,
        false => run.first - 1,
    };
    let mut before = terms.stored_run(rows, before)?.ok_or_else(damaged)?;
    let lower = match at.checked_sub(1) {
        Some(left) => tags.get(left).copied(),
        None if run.first == first => None,
        None => opened(&parts, field, &before).and_then(|(_, tags)| tags.last().copied()),
    };
    let upper = match tags.get(at + 1) {
        Some(right) => Some(*right),
        None if run.first as usize + tags.len() > last as usize => None,
        None => Some(next),
    };
    let place = tags.get_mut(at).ok_or_else(damaged)?;
    *place = between(lower, upper, draw)?;
    let alone = before.first == run.first;
    if at == 0 {
        run.first_tag = *place.as_bytes();
        if alone {
            next = *place;
        } else {
            let (_, others) = opened(&parts, field, &before).ok_or_else(damaged)?;
            let plain = tag_runs::encode(place, others.iter());
            let part = parts.tag_run(field, before.first);
            before.tags = part.seal(nonces.take()?, &plain)?;
            terms.replace(rows, &before)?;
        }
    }
    let plain = tag_runs::encode(&next, tags.iter());
    run.tags = parts
        .tag_run(field, run.first)
        .seal(nonces.take()?, &plain)?;
    Ok(terms.replace(rows, &run)?)
}

/// The first tag of the next run, and the tags of this one.
fn opened(parts: &ExhibitParts<'_>, field: Field, run: &StoredRun) -> Option<(Tag, Vec<Tag>)> {
    let plain = parts.tag_run(field, run.first).open(&run.tags).ok()?;
    let (tags, rest) = plain.as_chunks::<16>();
    let mut tags = tags.iter().map(|tag| Tag::from_bytes(*tag));
    let next = tags.next().filter(|_| rest.is_empty())?;
    Some((next, tags.collect()))
}

/// The sealed values of a run without that of one term.
fn without_value(
    parts: &ExhibitParts<'_>,
    field: Field,
    run: &StoredRun,
    (no, terms): (u32, usize),
    nonces: &mut Nonces<'_>,
) -> Option<Vec<u8>> {
    let nonce = nonces.take().ok()?;
    if field != Field::User {
        let mut sealed = run.sealed.clone();
        parts
            .replace_number(nonce, (run.first, no), &Phone::erased(), &mut sealed)
            .ok()?;
        return Some(sealed);
    }
    let users = parts
        .open_users(&SealedRun {
            first: run.first,
            terms: u32::try_from(terms).ok()?,
            sealed: run.sealed.clone(),
        })
        .ok()?;
    let erased = no.checked_sub(run.first)? as usize;
    let names = (0..terms).map(|at| match at == erased {
        true => "",
        false => users.name(at).unwrap_or_default(),
    });
    parts.seal_users(nonce, run.first, names).ok()
}

/// A random tag strictly between two others; without one of them from the end of all tags.
fn between(lower: Option<Tag>, upper: Option<Tag>, draw: Draw<'_>) -> Result<Tag, OperationError> {
    let number = |tag: Tag| u128::from_be_bytes(*tag.as_bytes());
    let from = lower.map_or(0, |tag| number(tag).saturating_add(1));
    let below = upper.map_or(u128::MAX, number);
    let room = below.checked_sub(from).filter(|room| *room > 0);
    let room = room.ok_or(OperationError::Internal("two tags are neighbours"))?;
    let drawn = u128::from_be_bytes(draw()?) % room;
    Ok(Tag::from_bytes((from + drawn).to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tag(number: u128) -> Tag {
        Tag::from_bytes(number.to_be_bytes())
    }

    proptest! {
        #[test]
        fn a_drawn_tag_is_between_its_neighbours(
            one in any::<u128>(),
            other in any::<u128>(),
            drawn in any::<[u8; 16]>(),
        ) {
            let (low, high) = (one.min(other), one.max(other));
            let found = between(Some(tag(low)), Some(tag(high)), &mut || Ok(drawn));
            match high - low {
                0 | 1 => prop_assert!(found.is_err()),
                _ => {
                    let found = found.unwrap();
                    prop_assert!(tag(low) < found && found < tag(high));
                }
            }
            prop_assert!(low == 0 || between(None, Some(tag(low)), &mut || Ok(drawn)).unwrap() < tag(low));
            prop_assert!(high >= u128::MAX - 1
                || tag(high) < between(Some(tag(high)), None, &mut || Ok(drawn)).unwrap());
        }
    }
}
