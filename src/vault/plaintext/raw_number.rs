//! The text of a phone number in a log, before it is parsed.

/// The borrowed text of a number. Any code may pass it on, but only the vault can read it: it has no Debug, no Display
/// and no public accessor. Its owner (a reader's buffer or a [`super::RowBatch`]) wipes it.
#[derive(Clone, Copy)]
pub struct RawNumber<'a>(&'a str);

impl<'a> RawNumber<'a> {
    /// Borrows the text; nothing is checked yet.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    pub(in crate::vault) fn text(&self) -> &'a str {
        self.0
    }

    #[cfg(test)]
    pub(crate) fn text_in_tests(&self) -> &'a str {
        self.0
    }
}
