//! Whether bytes may hold a phone number, found byte by byte and without reading them.

/// What was seen of the digits in the bytes so far.
#[derive(Default)]
pub(super) struct DigitRun {
    digits: u32,
    /// How many marks there are behind the last digit.
    marks: u32,
    found: bool,
}

impl DigitRun {
    /// Goes over some bytes.
    pub(super) fn over(&mut self, bytes: &[u8]) {
        if self.found {
            return;
        }
        for byte in bytes {
            match byte {
                b'0'..=b'9' => {
                    self.digits = if self.marks > MARKS {
                        1
                    } else {
                        self.digits + 1
                    };
                    self.marks = 0;
                }
                b' ' | b'-' | b'.' | b'(' | b')' | b'/' => self.marks += 1,
                // Digits of other scripts, and such as are written with escapes.
                b'\\' | 0x80.. => {
                    self.found = true;
                    return;
                }
                _ => self.digits = 0,
            }
            if self.digits >= FEWEST {
                self.found = true;
                return;
            }
        }
    }

    /// Whether there may be a number in them.
    pub(super) fn may_be_number(&self) -> bool {
        self.found
    }
}

/// The same of bytes that are all at hand.
pub(super) fn may_hold_number(bytes: &[u8]) -> bool {
    let mut run = DigitRun::default();
    run.over(bytes);
    run.may_be_number()
}

/// No number has fewer digits, or more marks between two of them.
const FEWEST: u32 = 7;
const MARKS: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_written_and_wherever_the_bytes_are_cut() {
        for text in [
            "+13035550101",
            "x (303) 555-0101 y",
            "303.555.0101",
            "[1,5550101]",
            "\u{ff13}",
            "\\u0033",
        ] {
            assert!(may_hold_number(text.as_bytes()), "{text}");
            for at in 0..text.len() {
                let (before, behind) = text.as_bytes().split_at(at);
                let mut run = DigitRun::default();
                run.over(before);
                run.over(behind);
                assert!(run.may_be_number(), "{text}");
            }
        }
        for text in [
            "",
            "[1,2,3,199999]",
            "123 456",
            "1:2:3:4:5:6:7",
            "12345 -- - 67",
        ] {
            assert!(!may_hold_number(text.as_bytes()), "{text}");
        }
    }
}
