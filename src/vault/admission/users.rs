//! The user names of the exhibit being admitted: each gets a temporary number, in order of arrival.

use super::open_table::OpenTable;
use crate::vault::columns::CodecError;
use crate::vault::plaintext::{Tag, TagKey, Texts};

pub(super) struct Users {
    names: Texts,
    slots: OpenTable,
    /// The fingerprints by which names are looked up.
    prints: Vec<u64>,
    /// For each name its term number from earlier exhibits, if it was looked up; 0 if new. Shorter than the list of
    /// names: it ends with the last one looked up.
    pub(super) known: Vec<u32>,
    /// Whether the name occurs in an admitted row.
    pub(super) used: Vec<bool>,
    /// Names to be looked up: place and fingerprint; the buffer is reused.
    others: Vec<(usize, u64)>,
}

impl Users {
    pub(super) fn new() -> Self {
        Self {
            names: Texts::default(),
            slots: OpenTable::new(),
            prints: Vec::new(),
            known: Vec::new(),
            used: Vec::new(),
            others: Vec::new(),
        }
    }

    /// The temporary number, plus one, of a name with this fingerprint; 0 if it is blank.
    pub(super) fn number(&mut self, print: u64, name: &str) -> Result<u32, CodecError> {
        match name {
            "" => Ok(0),
            _ => Ok(self.user(print, name)? + 1),
        }
    }

    /// The same for the names of several admitted rows. `users` holds the probable users, or
    /// [`SubjectIndexBuilder::NO_USER`]; 64 bits are enough to distinguish two names of one number, account and kind.
    pub(super) fn numbers<'n>(
        &mut self,
        prints: impl Iterator<Item = u64> + Clone,
        name: impl Fn(usize) -> &'n str,
        users: &mut [u32],
    ) -> Result<(), CodecError> {
        self.others.clear();
        let known = |user: &u32| match user.checked_sub(1) {
            None => Some(0),
            Some(at) => self.prints.get(at as usize).copied(),
        };
        for (place, (print, user)) in prints.clone().zip(&*users).enumerate() {
            if known(user) != Some(print) {
                self.others.push((place, print));
            }
        }
        let slots = self.others.iter();
        let slots = slots.map(|(_, print)| self.slots.home(*print));
        std::hint::black_box(slots.fold(0, |touched, slot| touched | slot));
        let others = std::mem::take(&mut self.others);
        for (place, print) in &others {
            users[*place] = self.number(*print, name(*place))?;
            if let Some(at) = users[*place].checked_sub(1) {
                self.used[at as usize] = true;
            }
        }
        self.others = others;
        Ok(())
    }

    pub(super) fn name(&self, user: u32) -> &str {
        self.names.get(user as usize)
    }

    pub(super) fn tag(&self, key: &TagKey, user: u32) -> Tag {
        key.tag_user(self.name(user))
    }

    fn user(&mut self, print: u64, name: &str) -> Result<u32, CodecError> {
        let mut at = match self.find(print, name) {
            Ok(known) => return Ok(known),
            Err(at) => at,
        };
        let user = u32::try_from(self.prints.len()).map_err(|_| CodecError::TooMany)?;
        if user >= OpenTable::EMPTY - 1 {
            return Err(CodecError::TooMany);
        }
        if self.slots.is_full(self.prints.len()) {
            self.slots.grow(self.prints.iter().copied());
            at = self.find(print, name).err().unwrap_or(at);
        }
        self.slots.put(at, user);
        self.prints.push(print);
        self.names.push(name);
        self.used.push(false);
        Ok(user)
    }

    /// The user, or the empty slot where it belongs.
    fn find(&self, print: u64, name: &str) -> Result<u32, usize> {
        let same = |user: u32| self.prints[user as usize] == print && self.name(user) == name;
        self.slots.find(print, same)
    }
}
