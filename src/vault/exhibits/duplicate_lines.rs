//! The lines of a file that were left out of an exhibit, because another row is the same message, and the rule by
//! which each was.
//!
//! Those that came before in the file and those that only the case had are two lists. The first is the same whatever
//! the case holds, so who admitted the file may see it; the second compares the file with the case.
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

words! {
    /// Where the same message came before.
    pub enum DuplicateOf {
        /// In an earlier row of the file.
        File => "file",
        /// In an exhibit that was admitted earlier.
        Case => "case",
    }
}

impl DuplicateOf {
    /// Under which number a part of this list is stored.
    pub(in crate::vault) fn stored(self, part: u32) -> u32 {
        match self {
            Self::File => part * 2,
            Self::Case => part * 2 + 1,
        }
    }
}

/// Both lists of an exhibit during its admission.
#[derive(Default)]
pub(in crate::vault) struct Duplicates {
    pub(in crate::vault) in_file: DuplicateLines,
    pub(in crate::vault) in_case: DuplicateLines,
}

impl Duplicates {
    /// The parts that are full, with the numbers under which they are stored, and at the end of the file also the last
    /// ones.
    pub(in crate::vault) fn take_parts(&mut self, at_the_end: bool) -> Vec<(u32, Vec<u8>)> {
        let mut parts = Vec::new();
        for (of, lines) in [
            (DuplicateOf::File, &mut self.in_file),
            (DuplicateOf::Case, &mut self.in_case),
        ] {
            let taken = lines.take_parts(at_the_end).into_iter();
            parts.extend(taken.map(|(no, plain)| (of.stored(no), plain)));
        }
        parts
    }
}

/// One list of duplicates during an admission, in parts of 65,536 lines.
#[derive(Default)]
pub(in crate::vault) struct DuplicateLines {
    part: Vec<u8>,
    in_part: usize,
    last: u64,
    /// Parts that are full, with their numbers.
    full: Vec<(u32, Vec<u8>)>,
    /// How many parts there are.
    pub(in crate::vault) parts: u32,
    by_rule: BTreeMap<DuplicateRule, u64>,
}

/// How many lines a part has; the last may have fewer.
const LINES: usize = 1 << 16;
/// A part is filled up with zeros to a multiple of so many bytes.
const PADDED: usize = 4096;

impl DuplicateLines {
    /// Lines come in the order of the file; one record may be several rows.
    pub(in crate::vault) fn add(&mut self, line: u64, rule: DuplicateRule) {
        let step = line.saturating_sub(self.last);
        self.last = self.last.max(line);
        put(&mut self.part, step << 2 | code(rule));
        self.in_part += 1;
        *self.by_rule.entry(rule).or_default() += 1;
        if self.in_part >= LINES {
            self.end_part();
        }
    }

    /// The parts that are full, with their numbers, and at the end of the file also the last one.
    fn take_parts(&mut self, at_the_end: bool) -> Vec<(u32, Vec<u8>)> {
        if at_the_end && self.in_part > 0 {
            self.end_part();
        }
        std::mem::take(&mut self.full)
    }

    fn end_part(&mut self) {
        let mut part = std::mem::take(&mut self.part);
        // The length of the file's part tells little of how many there are.
        part.resize(part.len().next_multiple_of(PADDED), 0);
        self.full.push((self.parts, part));
        (self.in_part, self.last) = (0, 0);
        self.parts += 1;
    }

    /// How many there are.
    pub(in crate::vault) fn total(&self) -> u64 {
        self.by_rule.values().sum()
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
        if coded == 0 {
            // Only padding follows.
            return plain.iter().all(|byte| *byte == 0).then_some(lines);
        }
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
        assert!(lines.take_parts(false).is_empty());
        let parts = lines.take_parts(true);
        assert_eq!((parts.len(), parts[0].0), (1, 0));
        assert_eq!(read_part(&parts[0].1).unwrap(), all);
        assert_eq!(
            lines.by_rule(),
            [
                (DuplicateRule::Reference, 2),
                (DuplicateRule::ReferenceAndTime, 1),
                (DuplicateRule::WholeRow, 1)
            ]
        );
        for line in 0..LINES as u64 + 1 {
            lines.add(90_000 + line, DuplicateRule::WholeRow);
        }
        let parts = lines.take_parts(true);
        assert_eq!((parts.len(), parts[1].0, lines.parts), (2, 2, 3));
        let last = 90_000 + LINES as u64;
        let read = read_part(&parts[1].1).unwrap();
        assert_eq!(read, [(last, DuplicateRule::WholeRow)]);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for plain in [&[0_u8, 1][..], &[0x80], &[0xff; 11], &[7, 4]] {
            assert_eq!(read_part(plain), None, "{plain:?}");
        }
        assert_eq!(read_part(&[]), Some(Vec::new()));
    }
}
