//! Messages by group: codes counted into a dense array.

use super::{CodecError, Selection};

/// Adds, for each row kept, one to the count at its code.
pub fn count_by(
    codes: &[u32],
    selection: &Selection,
    counts: &mut [u64],
) -> Result<(), CodecError> {
    check(codes, counts.len())?;
    selection.for_each_of(codes, |code| {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    })
}

/// More groups than this are refused: a dense array of counts would be too large.
const MOST_GROUPS: u32 = 1 << 24;

/// The codes of several fields combined into one, the last field running fastest.
#[derive(Default)]
pub struct GroupCodes {
    codes: Vec<u32>,
    size: u32,
}

impl GroupCodes {
    pub fn new() -> Self {
        Self::default()
    }

    /// One group only, for the rows of the next block.
    pub fn reset(&mut self, rows: usize) {
        self.codes.clear();
        self.codes.resize(rows, 0);
        self.size = 1;
    }

    /// Splits every group by the codes of one more field, all of them below `size`.
    pub fn split(&mut self, codes: &[u32], size: u32) -> Result<(), CodecError> {
        if codes.len() != self.codes.len() {
            return Err(CodecError::Rows);
        }
        check(codes, size as usize)?;
        let groups = self.size.checked_mul(size);
        let groups = groups.filter(|groups| *groups <= MOST_GROUPS);
        self.size = groups.ok_or(CodecError::TooMany)?;
        for (group, code) in self.codes.iter_mut().zip(codes) {
            *group = group.wrapping_mul(size).wrapping_add(*code);
        }
        Ok(())
    }

    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// How many groups there can be: every code is below it.
    pub fn size(&self) -> u32 {
        self.size
    }
}

/// All codes must be below `size`; one outside would be counted as another's.
fn check(codes: &[u32], size: usize) -> Result<(), CodecError> {
    let greatest = codes.iter().fold(0, |greatest, code| (*code).max(greatest));
    if codes.is_empty() || (greatest as usize) < size {
        return Ok(());
    }
    Err(CodecError::Code)
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
            groups.split(&a, 7).unwrap();
            groups.split(&b, 5).unwrap();
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
            count_by(&[0, 3], &selection, &mut counts),
            Err(CodecError::Code)
        );
        assert_eq!(counts, [0; 3]);
        let mut groups = GroupCodes::new();
        groups.reset(2);
        assert_eq!(groups.split(&[0, 3], 3), Err(CodecError::Code));
        assert_eq!(groups.split(&[0], 3), Err(CodecError::Rows));
        groups.split(&[0, 3], MOST_GROUPS).unwrap();
        assert_eq!(groups.split(&[0, 1], 2), Err(CodecError::TooMany));
    }
}
