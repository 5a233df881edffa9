//! Texts people type: bounded, printable, trimmed.
//!
//! They are evidence and are kept sealed; an error about one says which rule it
//! broke and never repeats it.

/// Which rule a text broke, and the rule's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("must have {min} to {max} characters")]
    Length { min: usize, max: usize },
    #[error("must have printable characters only")]
    NotPrintable,
    #[error("may hold only letters a-z, digits, '.', '_' and '-', and begin with a letter")]
    NotAName,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $min:literal..=$max:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Trims, then checks length in characters and printability.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                printable(text, $min, $max).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )*};
}

texts! {
    /// Why somebody asks or decides: 10 to 500 characters.
    Reason 10..=500;
    /// What a case is called: 1 to 200 characters.
    Title 1..=200;
    /// The case's number in somebody else's books, or where a file came from: 1 to 200 characters.
    Reference 1..=200;
    /// A ticket number: 1 to 100 characters.
    Ticket 1..=100;
    /// The law an export rests on: 3 to 500 characters.
    LegalBasis 3..=500;
    /// The customer account a message was sent for: 1 to 128 characters.
    AccountName 1..=128;
}

/// The name an operator signs in with: 2 to 64 of `a-z 0-9 . _ -`, a letter first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorName(String);

impl OperatorName {
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if !(2..=64).contains(&text.len()) {
            return Err(TextError::Length { min: 2, max: 64 });
        }
        let named = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        if !named || !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(TextError::NotAName);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn printable(text: &str, min: usize, max: usize) -> Result<String, TextError> {
    let text = text.trim();
    if !(min..=max).contains(&text.chars().count()) {
        return Err(TextError::Length { min, max });
    }
    if text.chars().any(char::is_control) {
        return Err(TextError::NotPrintable);
    }
    Ok(text.to_owned())
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
    fn an_operator_name_is_plain() {
        assert!(OperatorName::parse("lead.one").is_ok());
        for name in ["x", "Lead", "1lead", "le ad", "-lead"] {
            assert!(OperatorName::parse(name).is_err(), "{name}");
        }
    }
}
