//! A phone number as it stands in a log, on its way to be parsed.

/// Borrowed text of a number. It can be carried anywhere and looked at only
/// inside the vault: no Debug, no Display, no accessor outside. Its owner, a
/// reader's buffer or a [`super::RowBatch`], wipes it.
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
