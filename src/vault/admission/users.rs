//! The user names of the exhibit being admitted: name to temporary number.

use std::collections::HashMap;

use super::earlier::UNASKED;
use super::texts::Texts;
use crate::vault::columns::{CodecError, Fingerprinter};
use crate::vault::plaintext::{Tag, TagKey};

pub(super) struct Users {
    names: Texts,
    numbers: HashMap<u128, u32>,
    prints: Fingerprinter,
    /// For each name its term from earlier exhibits, once asked for; 0 if new.
    pub(super) known: Vec<u32>,
}

impl Users {
    pub(super) fn new(prints: Fingerprinter) -> Self {
        Self {
            names: Texts::default(),
            numbers: HashMap::new(),
            prints,
            known: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn user(&mut self, name: &str) -> Result<u32, CodecError> {
        let print = self.prints.of_reference(name);
        if let Some(known) = self.numbers.get(&print) {
            return Ok(*known);
        }
        let number = u32::try_from(self.names.len()).map_err(|_| CodecError::TooMany)?;
        self.names.push(name)?;
        self.numbers.insert(print, number);
        self.known.push(UNASKED);
        Ok(number)
    }

    pub(super) fn name(&self, user: u32) -> &str {
        self.names.get(user as usize)
    }

    pub(super) fn tag(&self, key: &TagKey, user: u32) -> Tag {
        key.tag_user(self.name(user))
    }
}
