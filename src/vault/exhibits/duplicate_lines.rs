//! The lines of a file that were left out of an exhibit, because another row is the same message, and the rule by
//! which each was.
//!
//! Holds lines and rules, no cell.

use std::collections::BTreeMap;

use crate::domain::words;

words! {
    /// Why two rows are one message.
    pub enum DuplicateRule {
        /// They have one reference, which the format documents as the id of a message, and one number.
        Reference => "reference",
        /// They have one reference, one number and one time.
        ReferenceAndTime => "reference-and-time",
        /// They have no reference, and everything that is kept of them is the same.
        WholeRow => "whole-row",
    }
}

/// The duplicates of an exhibit during its admission, in parts of [`LINES`].
#[derive(Default)]
pub(in crate::vault) struct DuplicateLines {
    part: Vec<u8>,
    in_part: usize,
    last: u64,
    /// How many parts are full.
    pub(in crate::vault) parts: u32,
    by_rule: BTreeMap<DuplicateRule, u64>,
}

/// How many lines a part has; the last may have fewer.
pub(in crate::vault) const LINES: usize = 1 << 16;

impl DuplicateLines {
    /// Lines come in the order of the file; one record may be several rows.
    pub(in crate::vault) fn add(&mut self, line: u64, rule: DuplicateRule) {
        let step = line.saturating_sub(self.last);
        self.last = self.last.max(line);
        put(&mut self.part, step << 2 | code(rule));
        self.in_part += 1;
        *self.by_rule.entry(rule).or_default() += 1;
    }

    pub(in crate::vault) fn is_part_full(&self) -> bool {
        self.in_part >= LINES
    }

    /// The number and the plaintext of the current part; `None` if it has no line.
    pub(in crate::vault) fn part(&self) -> Option<(u32, &[u8])> {
        (self.in_part > 0).then_some((self.parts, self.part.as_slice()))
    }

    pub(in crate::vault) fn next_part(&mut self) {
        self.part.clear();
        self.in_part = 0;
        self.last = 0;
        self.parts += 1;
    }

    /// How many there are by each rule that left one out.
    pub(in crate::vault) fn by_rule(&self) -> Vec<(DuplicateRule, u64)> {
        self.by_rule
            .iter()
            .map(|(rule, count)| (*rule, *count))
            .collect()
    }
}

/// The lines of a part; `None` if it is not one.
pub(in crate::vault) fn read_part(mut plain: &[u8]) -> Option<Vec<(u64, DuplicateRule)>> {
    let mut lines = Vec::new();
    let mut line = 0_u64;
    while !plain.is_empty() {
        let coded = take(&mut plain)?;
        let rule = DuplicateRule::ALL
            .into_iter()
            .find(|rule| code(*rule) == coded & 3)?;
        line = line.checked_add(coded >> 2)?;
        lines.push((line, rule));
    }
    Some(lines)
}

fn code(rule: DuplicateRule) -> u64 {
    match rule {
        DuplicateRule::Reference => 1,
        DuplicateRule::ReferenceAndTime => 2,
        DuplicateRule::WholeRow => 3,
    }
}

/// Seven bits in each byte, the lowest first; the high bit says that another byte follows.
fn put(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take(plain: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = plain.split_first()?;
        *plain = rest;
        let bits = u64::from(byte & 0x7f);
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return (bits << shift >> shift == bits).then_some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_rules_come_out_as_they_went_in() {
        let mut lines = DuplicateLines::default();
        let all = [
            (2, DuplicateRule::Reference),
            (2, DuplicateRule::Reference),
            (70_000, DuplicateRule::WholeRow),
            (u64::from(u32::MAX) * 9, DuplicateRule::ReferenceAndTime),
        ];
        for (line, rule) in all {
            lines.add(line, rule);
        }
        let (no, plain) = lines.part().unwrap();
        assert_eq!((no, read_part(plain).unwrap()), (0, all.to_vec()));
        assert_eq!(
            lines.by_rule(),
            [
                (DuplicateRule::Reference, 2),
                (DuplicateRule::ReferenceAndTime, 1),
                (DuplicateRule::WholeRow, 1)
            ]
        );
        lines.next_part();
        assert!(lines.part().is_none());
        lines.add(90_000, DuplicateRule::WholeRow);
        let (no, plain) = lines.part().unwrap();
        let read = read_part(plain).unwrap();
        assert_eq!((no, read), (1, vec![(90_000, DuplicateRule::WholeRow)]));
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for plain in [&[0_u8][..], &[0x80], &[0xff; 11], &[7, 4]] {
            assert_eq!(read_part(plain), None, "{plain:?}");
        }
        assert_eq!(read_part(&[]), Some(Vec::new()));
    }
}
