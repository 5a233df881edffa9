//! A list of texts in one wiped arena.

use super::wiped_text::WipedText;

#[derive(Default)]
pub(in crate::vault) struct Texts {
    arena: WipedText,
    ends: Vec<usize>,
}

impl Texts {
    pub(in crate::vault) fn push(&mut self, text: &str) {
        self.arena.push_str(text);
        self.ends.push(self.arena.len());
    }

    pub(in crate::vault) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes all texts have.
    pub(in crate::vault) fn bytes(&self) -> usize {
        self.arena.len()
    }

    /// The text at a position, blank past the last.
    pub(in crate::vault) fn get(&self, at: usize) -> &str {
        let from = match at {
            0 => 0,
            _ => self.ends.get(at - 1).copied().unwrap_or(usize::MAX),
        };
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.arena.as_str().get(from..to).unwrap_or_default()
    }

    pub(in crate::vault) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    pub(in crate::vault) fn clear(&mut self) {
        self.arena.clear();
        self.ends.clear();
    }
}
