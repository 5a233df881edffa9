//! The user names of the exhibit being admitted: name to temporary number.

use super::earlier::UNASKED;
use crate::vault::columns::CodecError;
use crate::vault::plaintext::{Tag, TagKey, Texts};

pub(super) struct Users {
    names: Texts,
    /// Temporary numbers, open addressing; [`UNASKED`] marks an empty slot.
    slots: Vec<u32>,
    /// What names are looked up by.
    prints: Vec<u64>,
    /// For each name its term from earlier exhibits, once asked for; 0 if new. Shorter
    /// than the names: it ends with the last that was asked for.
    pub(super) known: Vec<u32>,
    /// Whether the name stands in an admitted row.
    pub(super) used: Vec<bool>,
    /// Names to be looked up: place and print; used again.
    others: Vec<(usize, u64)>,
}

const FIRST_SLOTS: usize = 1024;

impl Users {
    pub(super) fn new() -> Self {
        Self {
            names: Texts::default(),
            slots: vec![UNASKED; FIRST_SLOTS],
            prints: Vec::new(),
            known: Vec::new(),
            used: Vec::new(),
            others: Vec::new(),
        }
    }

    /// One more than the temporary number of a name with this print; 0 if it is blank.
    pub(super) fn number(&mut self, print: u64, name: &str) -> Result<u32, CodecError> {
        match name {
            "" => Ok(0),
            _ => Ok(self.user(print, name)? + 1),
        }
    }

    /// The same for the names in some rows that are admitted. `users` are those that they
    /// probably are, or [`SubjectIndexBuilder::NO_USER`]; 64 bits tell two names of one
    /// number, account and kind apart.
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
        let slots = slots.map(|(_, print)| self.slots[place(*print, self.slots.len())]);
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
        if user >= UNASKED - 1 {
            return Err(CodecError::TooMany);
        }
        if self.prints.len() >= self.slots.len() / 4 * 3 {
            self.grow();
            at = self.find(print, name).err().unwrap_or(at);
        }
        self.slots[at] = user;
        self.prints.push(print);
        self.names.push(name);
        self.used.push(false);
        Ok(user)
    }

    /// The user, or the empty slot where it belongs.
    fn find(&self, print: u64, name: &str) -> Result<u32, usize> {
        let mut at = place(print, self.slots.len());
        loop {
            let user = self.slots[at];
            if user == UNASKED {
                return Err(at);
            }
            if self.prints[user as usize] == print && self.name(user) == name {
                return Ok(user);
            }
            at += 1;
            if at == self.slots.len() {
                at = 0;
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        // The old one goes first.
        let longer = self.slots.len() / 2 * 3;
        self.slots = Vec::new();
        self.slots.resize(longer, UNASKED);
        for (user, print) in (0..).zip(&self.prints) {
            let mut at = place(*print, longer);
            while self.slots[at] != UNASKED {
                at += 1;
                if at == longer {
                    at = 0;
                }
            }
            self.slots[at] = user;
        }
    }
}

/// Where a print stands among so many slots: its share of the whole range.
fn place(print: u64, slots: usize) -> usize {
    ((u128::from(print) * slots as u128) >> 64) as usize
}
