//! Counts messages by group, in a dense array.

use zeroize::Zeroizing;

use super::{CodecError, Codes, Selection};

/// For each selected row, adds one to the count of its code.
pub fn count_by(
    codes: Codes<'_>,
    selection: &Selection,
    counts: &mut [u64],
) -> Result<(), CodecError> {
    check(codes, counts.len())?;
    if codes.as_slice().len() != selection.rows() {
        return Err(CodecError::Rows);
    }
    if let Some(code) = codes.constant() {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += selection.count() as u64;
        }
        return Ok(());
    }
    // With few counters, each addition would wait for the one before; so neighbouring rows use different counters.
    match counts.len() {
        0..=FEW => count_few(codes.as_slice(), selection, counts),
        _ => selection.for_each_of(codes.as_slice(), |code| {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }),
    }
}

fn count_few(codes: &[u32], selection: &Selection, counts: &mut [u64]) -> Result<(), CodecError> {
    let mut turns = [[0_u32; FEW]; TURNS];
    let mut turn = 0_usize;
    selection.for_each_of(codes, |code| {
        // A block has fewer rows than a `u32` counts.
        let count = &mut turns[turn % TURNS][code as usize % FEW];
        *count = count.wrapping_add(1);
        turn = turn.wrapping_add(1);
    })?;
    for (code, count) in counts.iter_mut().enumerate() {
        *count += turns
            .iter()
            .map(|turn| u64::from(turn[code % FEW]))
            .sum::<u64>();
    }
    Ok(())
}

const FEW: usize = 256;
const TURNS: usize = 4;

/// The largest number of groups: more would make the array too large.
const MOST_GROUPS: u32 = 1 << 24;

/// The codes of several fields, combined into one; the last field varies fastest.
#[derive(Default)]
pub struct GroupCodes {
    codes: Zeroizing<Vec<u32>>,
    size: u32,
}

impl GroupCodes {
    /// No rows and no groups. Call [`Self::reset`] before [`Self::split`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts again with a single group, for the rows of the next block.
    pub fn reset(&mut self, rows: usize) {
        self.codes.clear();
        self.codes.resize(rows, 0);
        self.size = 1;
    }

    /// Splits every group by the codes of one more field, all of them below `size`.
    pub fn split(&mut self, codes: Codes<'_>, size: u32) -> Result<(), CodecError> {
        if codes.as_slice().len() != self.codes.len() {
            return Err(CodecError::Rows);
        }
        check(codes, size as usize)?;
        let groups = self.size.checked_mul(size);
        let groups = groups.filter(|groups| *groups <= MOST_GROUPS);
        let first = self.size == 1;
        self.size = groups.ok_or(CodecError::TooMany)?;
        if first {
            self.codes.copy_from_slice(codes.as_slice());
            return Ok(());
        }
        match codes.constant() {
            Some(code) => self.codes.iter_mut().for_each(|group| {
                *group = group.wrapping_mul(size).wrapping_add(code);
            }),
            None => {
                for (group, code) in self.codes.iter_mut().zip(codes.as_slice()) {
                    *group = group.wrapping_mul(size).wrapping_add(*code);
                }
            }
        }
        Ok(())
    }

    /// The group code of each row, below [`Self::size`].
    pub fn codes(&self) -> Codes<'_> {
        Codes::below(&self.codes, self.size)
    }

    /// The number of possible groups; every group code is below it.
    pub fn size(&self) -> u32 {
        self.size
    }
}

/// All codes must be below `size`; otherwise one would be counted in another group.
fn check(codes: Codes<'_>, size: usize) -> Result<(), CodecError> {
    let most = u32::try_from(size).unwrap_or(u32::MAX).checked_sub(1);
    match most {
        Some(most) if codes.within(0, most) => Ok(()),
        None if codes.as_slice().is_empty() => Ok(()),
        _ => Err(CodecError::Code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn counts_by_two_fields_are_those_of_a_plain_loop(
            rows in prop::collection::vec((0_u32..7, 0_u32..5, 0_u32..3), 0..500),
        ) {
            let a: Vec<u32> = rows.iter().map(|row| row.0).collect();
            let b: Vec<u32> = rows.iter().map(|row| row.1).collect();
            let kind: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let mut selection = Selection::all(rows.len());
            selection.keep_code(&kind, 1).unwrap();
            let mut groups = GroupCodes::new();
            groups.reset(rows.len());
            groups.split(Codes::of(&a), 7).unwrap();
            groups.split(Codes::of(&b), 5).unwrap();
            prop_assert_eq!(groups.size(), 35);
            let mut counts = vec![0; 35];
            count_by(groups.codes(), &selection, &mut counts).unwrap();
            let mut plain = HashMap::new();
            for row in rows.iter().filter(|row| row.2 == 1) {
                *plain.entry((row.0, row.1)).or_insert(0_u64) += 1;
            }
            for a in 0..7 {
                for b in 0..5 {
                    let expected = plain.get(&(a, b)).copied().unwrap_or(0);
                    prop_assert_eq!(counts[(a * 5 + b) as usize], expected);
                }
            }
        }
    }

    #[test]
    fn a_code_outside_is_refused_not_counted_elsewhere() {
        let selection = Selection::all(2);
        let mut counts = [0; 3];
        assert_eq!(
            count_by(Codes::of(&[0, 3]), &selection, &mut counts),
            Err(CodecError::Code)
        );
        assert_eq!(counts, [0; 3]);
        let mut groups = GroupCodes::new();
        groups.reset(2);
        assert_eq!(groups.split(Codes::of(&[0, 3]), 3), Err(CodecError::Code));
        assert_eq!(groups.split(Codes::of(&[0]), 3), Err(CodecError::Rows));
        groups.split(Codes::of(&[0, 3]), MOST_GROUPS).unwrap();
        assert_eq!(
            groups.split(Codes::of(&[0, 1]), 2),
            Err(CodecError::TooMany)
        );
    }
}
