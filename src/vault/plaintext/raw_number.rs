//! The text of a phone number in a log, before it is parsed.

/// The borrowed text of a number. Any code may pass it on, but only the vault can read it: it has no Debug, no Display
/// and no public accessor. Its owner (a reader's buffer or a [`super::RowBatch`]) wipes it.
#[derive(Clone, Copy)]
pub struct RawNumber<'a> {
    text: &'a str,
    international: bool,
}

impl<'a> RawNumber<'a> {
    /// Borrows the text; nothing is checked yet.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            international: false,
        }
    }

    /// The text of a log whose format is documented to have international digits, with or without a plus.
    pub fn of_international(text: &'a str, international: bool) -> Self {
        Self {
            text,
            international,
        }
    }

    pub(in crate::vault) fn text(&self) -> &'a str {
        self.text
    }

    pub(in crate::vault) fn is_international(&self) -> bool {
        self.international
    }

    #[cfg(test)]
    pub(crate) fn text_in_tests(&self) -> &'a str {
        self.text
    }
}
