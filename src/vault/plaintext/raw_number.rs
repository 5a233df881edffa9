//! A number's text as a format reader found it, unread.

/// The text of a cell that should hold a phone number. Carried, not looked at.
#[derive(Clone, Copy)]
pub struct RawNumber<'a>(&'a str);

impl<'a> RawNumber<'a> {
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    pub(in crate::vault) fn text(&self) -> &'a str {
        self.0
    }
}
