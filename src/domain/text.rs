//! Free texts that people type: bounded, printable, trimmed.
//!
//! They are evidence and are kept sealed. An error names the rule that a text broke and never
//! repeats the text.

use super::invisible::{cleaned, is_disguise, trim};
use super::phone_like::{has_long_run, is_bare_number, reads_as_number};

/// The rule that a text broke, with the rule's limits in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Must have `min` to `max` characters.
    #[error("must have {min} to {max} characters")]
    Length {
        /// The least number of characters.
        min: usize,
        /// The greatest number of characters.
        max: usize,
    },
    /// Must have printable characters only.
    #[error("must have printable characters only")]
    NotPrintable,
    /// Must hold no phone number.
    #[error("must hold no phone number")]
    HoldsNumber,
    /// May hold only letters a-z, digits, '.', '_' and '-', and begin with a letter.
    #[error("may hold only letters a-z, digits, '.', '_' and '-', and begin with a letter")]
    NotAName,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $min:literal..=$max:literal, $about:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes off what nobody sees, then checks its length in characters, that it is printable, and that it
            /// holds no phone number where none belongs. What people type in words has nothing in it that breaks its
            /// line or turns its direction.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                if About::$about.is_disguised(text) {
                    return Err(TextError::NotPrintable);
                }
                let text = printable(text, $min, $max)?;
                match About::$about.refuses(&text) {
                    true => Err(TextError::HoldsNumber),
                    false => Ok(Self(text)),
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )*};
}

/// What a text is about, which says what may be in it.
enum About {
    /// People type it in words: it has no phone number, and nothing as long as one.
    Words,
    /// It names a thing of another system, perhaps by many digits: it has nothing that is written as a phone number.
    Thing,
    /// It is as the data have it.
    Data,
}

impl About {
    fn is_disguised(&self, text: &str) -> bool {
        match self {
            Self::Words | Self::Thing => trim(text).chars().any(is_disguise),
            Self::Data => false,
        }
    }

    fn refuses(&self, text: &str) -> bool {
        match self {
            Self::Words => reads_as_number(text) || has_long_run(text) || is_bare_number(text),
            Self::Thing => reads_as_number(text),
            Self::Data => false,
        }
    }
}

texts! {
    /// The reason for a request or decision: 10 to 500 characters.
    Reason 10..=500, Words;
    /// The title of a case: 1 to 200 characters.
    Title 1..=200, Words;
    /// The case's number in another system, or where a file came from: 1 to 200 characters.
    Reference 1..=200, Thing;
    /// A ticket number: 1 to 100 characters.
    Ticket 1..=100, Thing;
    /// The legal basis of an export: 3 to 500 characters.
    LegalBasis 3..=500, Words;
    /// What people call a slot of the keyring: 1 to 40 characters.
    SlotLabel 1..=40, Words;
    /// What people call a node of the vault: 1 to 40 characters.
    NodeName 1..=40, Words;
    /// The customer account a message was sent for: 1 to 128 characters.
    AccountName 1..=128, Data;
}

/// How many digits of a name may be a phone number.
const PHONE_DIGITS: usize = 9;

/// The name an operator signs in with: 2 to 64 of `a-z 0-9 . _ -`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorName(String);

impl OperatorName {
    /// What goes before the names of those who were not invited and come by an OpenID provider, so that nobody takes
    /// them for somebody who was invited.
    pub const OF_PROVIDER: &str = "ext.";

    /// Parses a name.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = cleaned(text);
        if !(2..=64).contains(&text.len()) {
            return Err(TextError::Length { min: 2, max: 64 });
        }
        let named = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        if !named || !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(TextError::NotAName);
        }
        // Whatever is between them: a name is shown to everybody.
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        match digits < PHONE_DIGITS {
            true => Ok(Self(text.into_owned())),
            false => Err(TextError::HoldsNumber),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn printable(text: &str, min: usize, max: usize) -> Result<String, TextError> {
    let text = cleaned(text);
    if !(min..=max).contains(&text.chars().count()) {
        return Err(TextError::Length { min, max });
    }
    if text.chars().any(char::is_control) {
        return Err(TextError::NotPrintable);
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_ten_to_five_hundred_printable_characters() {
        assert!(Reason::parse("a caller asks").is_ok());
        assert_eq!(
            Reason::parse("too short"),
            Err(TextError::Length { min: 10, max: 500 })
        );
        assert_eq!(
            Reason::parse(&"x".repeat(501)),
            Err(TextError::Length { min: 10, max: 500 })
        );
        assert_eq!(
            Reason::parse("a line\nand another"),
            Err(TextError::NotPrintable)
        );
    }

    #[test]
    fn no_phone_number_is_in_a_reason_a_title_or_a_note() {
        let number = Err(TextError::HoldsNumber);
        let text = "they called from +1 202 555 0101";
        assert_eq!(Reason::parse(text).map(drop), number);
        assert_eq!(Title::parse(text).map(drop), number);
        assert_eq!(LegalBasis::parse(text).map(drop), number);
        assert_eq!(Reference::parse(text).map(drop), number);
        assert_eq!(Ticket::parse(text).map(drop), number);
        let digits = "case 447700900123";
        assert_eq!(Reason::parse(digits).map(drop), number);
        assert!(Ticket::parse(digits).is_ok() && Reference::parse(digits).is_ok());
        assert!(AccountName::parse("+1 202 555 0101").is_ok());
    }

    #[test]
    fn no_text_has_another_line_or_turns_its_direction() {
        for disguise in ('\u{2028}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            let text = format!("a case{disguise}reference: FORGED");
            for refused in [
                Title::parse(&text).map(drop),
                Reference::parse(&text).map(drop),
                Reason::parse(&text).map(drop),
                Ticket::parse(&text).map(drop),
                LegalBasis::parse(&text).map(drop),
                SlotLabel::parse(&text).map(drop),
            ] {
                assert_eq!(refused, Err(TextError::NotPrintable), "{disguise:?}");
            }
            // What the data have is read as it looks.
            let account = AccountName::parse(&format!("AC{disguise}ME")).unwrap();
            assert!(["ACME", "AC ME"].contains(&account.as_str()));
        }
        // As messengers and browsers leave it around a text, and as people write.
        for (text, kept) in [
            ("\u{202a}a case\u{202c}", "a case"),
            ("قضية שם", "قضية שם"),
            ("नेपाल क\u{200d}", "नेपाल क"),
            ("zeppelin\u{a0}gmbh", "zeppelin gmbh"),
        ] {
            assert_eq!(Title::parse(text).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn an_operator_name_is_plain() {
        assert!(OperatorName::parse("lead.one").is_ok());
        for name in ["x", "Lead", "1lead", "le ad", "-lead"] {
            assert!(OperatorName::parse(name).is_err(), "{name}");
        }
        for name in [
            "tel12025550147",
            "tel.202-555-0147",
            "j_1_2_0_2_5_5_5_0_1_4_7",
        ] {
            assert_eq!(OperatorName::parse(name), Err(TextError::HoldsNumber));
        }
        assert!(OperatorName::parse("j.smith-1985.q4").is_ok());
    }
}
