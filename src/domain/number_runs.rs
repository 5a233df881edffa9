//! The pieces of a text that may be a phone number, whatever is around them.
//!
//! Somebody compares them with numbers that are known. Whether a piece is a number of a plan is not asked here.

use zeroize::Zeroizing;

use super::invisible::cleaned;
use super::phone_like::{digit, is_plus, without_uuids};

/// Whether so many digits are in a text that they may be those of a number, in whatever script. Quick.
pub fn has_digits_of_number(text: &str) -> bool {
    let digits = match text.is_ascii() {
        true => text.bytes().filter(u8::is_ascii_digit).count(),
        false => text.chars().filter(|letter| letter.is_numeric()).count(),
    };
    digits >= LEAST
}

/// Every piece of a text that may be a number, whatever is around it: each run of digits, and runs that no letter parts
/// from each other together, of seven to seventeen digits. Universal identifiers are left out.
pub fn number_runs(text: &str) -> Vec<Zeroizing<String>> {
    if !has_digits_of_number(text) {
        return Vec::new();
    }
    let text = Zeroizing::new(without_uuids(&cleaned(text)));
    let mut runs: Vec<Run> = Vec::new();
    let mut between = Between::start();
    for letter in text.chars() {
        match digit(letter) {
            Some(digit) => {
                if between.size > 0 || runs.is_empty() {
                    runs.push(Run {
                        plus: between.plus,
                        apart: between.apart(),
                        digits: Zeroizing::new(String::new()),
                    });
                }
                if let Some(run) = runs.last_mut() {
                    run.digits.push(digit);
                }
                between = Between::default();
            }
            None => between.add(letter),
        }
    }
    let mut all = Vec::new();
    for (at, first) in runs.iter().enumerate() {
        let plus = if first.plus { "+" } else { "" };
        let mut whole = Zeroizing::new(plus.to_owned());
        for (behind, run) in runs[at..].iter().enumerate() {
            if (behind > 0 && run.apart) || whole.len() + run.digits.len() > MOST {
                break;
            }
            whole.push_str(&run.digits);
            if whole.len() >= LEAST {
                all.push(whole.clone());
            }
        }
    }
    all
}

/// A run of digits for [`number_runs`].
struct Run {
    plus: bool,
    /// What is before it parts it from the run before.
    apart: bool,
    digits: Zeroizing<String>,
}

/// What is between two runs of digits.
#[derive(Default)]
struct Between {
    size: usize,
    letters: bool,
    plus: bool,
}

impl Between {
    fn start() -> Self {
        Self {
            letters: true,
            ..Self::default()
        }
    }

    fn add(&mut self, letter: char) {
        self.size += 1;
        self.letters |= letter.is_alphabetic();
        self.plus = is_plus(letter) || (self.plus && matches!(letter, ' ' | '('));
    }

    fn apart(&self) -> bool {
        self.letters || self.plus || self.size > 5
    }
}

/// A number has no fewer digits, and no more, with what is dialled before it.
const LEAST: usize = 7;
const MOST: usize = 17;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_among_the_runs_of_a_text_whatever_is_around_it() {
        for (text, run) in [
            ("2025550147", "2025550147"),
            ("tel 2025550147 home", "2025550147"),
            ("u2025550147x", "2025550147"),
            ("202.555.0147", "2025550147"),
            ("on 2024 202 555 0147", "2025550147"),
            ("call +1 (202) 555-0147 now", "+12025550147"),
            ("20240331 2025550147", "2025550147"),
            ("a@2025550147.example", "2025550147"),
        ] {
            let runs = number_runs(text);
            assert!(runs.iter().any(|one| one.as_str() == run), "{text}");
        }
        for text in [
            "",
            "ann.b",
            "u123456",
            "12 a 34 b 567",
            "123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert!(number_runs(text).is_empty(), "{text}");
        }
    }
}
