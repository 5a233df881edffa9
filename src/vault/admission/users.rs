//! The user names of the exhibit being admitted: name to temporary number.

use super::earlier::UNASKED;
use crate::vault::columns::{CodecError, Fingerprinter};
use crate::vault::plaintext::{Tag, TagKey, Texts};

pub(super) struct Users {
    names: Texts,
    /// Temporary numbers, open addressing; [`UNASKED`] marks an empty slot.
    slots: Vec<u32>,
    /// 128 bits tell names apart: at 50 million the odds of a collision are 2^-77.
    prints: Vec<u128>,
    fingerprinter: Fingerprinter,
    /// For each name its term from earlier exhibits, once asked for; 0 if new.
    pub(super) known: Vec<u32>,
    /// Whether the name stands in an admitted row.
    pub(super) used: Vec<bool>,
}

const FIRST_SLOTS: usize = 1024;
/// How many slots are touched before they are needed.
const BATCH: usize = 64;

impl Users {
    pub(super) fn new(fingerprinter: Fingerprinter) -> Self {
        Self {
            names: Texts::default(),
            slots: vec![UNASKED; FIRST_SLOTS],
            prints: Vec::new(),
            fingerprinter,
            known: Vec::new(),
            used: Vec::new(),
        }
    }

    /// Replaces `users` by one more than the temporary number of each name of `rows`; 0
    /// where the name is blank.
    pub(super) fn number(
        &mut self,
        names: &Texts,
        rows: &[u32],
        users: &mut Vec<u32>,
    ) -> Result<(), CodecError> {
        users.clear();
        let mut prints = [0; BATCH];
        for rows in rows.chunks(BATCH) {
            let last = self.slots.len() - 1;
            let mut touched = 0;
            for (print, row) in prints.iter_mut().zip(rows) {
                *print = self.fingerprinter.of_text(names.get(*row as usize));
                let no = self.slots[*print as usize & last];
                touched ^= self.prints.get(no as usize).copied().unwrap_or_default();
            }
            std::hint::black_box(touched);
            for (print, row) in prints.iter().zip(rows) {
                let name = names.get(*row as usize);
                users.push(match name {
                    "" => 0,
                    _ => self.user(*print, name)? + 1,
                });
            }
        }
        Ok(())
    }

    pub(super) fn name(&self, user: u32) -> &str {
        self.names.get(user as usize)
    }

    pub(super) fn tag(&self, key: &TagKey, user: u32) -> Tag {
        key.tag_user(self.name(user))
    }

    fn user(&mut self, print: u128, name: &str) -> Result<u32, CodecError> {
        let mut at = match self.find(print) {
            Ok(known) => return Ok(known),
            Err(at) => at,
        };
        let user = u32::try_from(self.prints.len()).map_err(|_| CodecError::TooMany)?;
        if user >= UNASKED - 1 {
            return Err(CodecError::TooMany);
        }
        if self.prints.len() >= self.slots.len() / 4 * 3 {
            self.grow();
            at = self.find(print).err().unwrap_or(at);
        }
        self.slots[at] = user;
        self.prints.push(print);
        self.names.push(name);
        self.known.push(UNASKED);
        self.used.push(false);
        Ok(user)
    }

    /// The user, or the empty slot where it belongs.
    fn find(&self, print: u128) -> Result<u32, usize> {
        let last = self.slots.len() - 1;
        let mut at = print as usize & last;
        loop {
            let user = self.slots[at];
            if user == UNASKED {
                return Err(at);
            }
            if self.prints[user as usize] == print {
                return Ok(user);
            }
            at = (at + 1) & last;
        }
    }

    #[cold]
    fn grow(&mut self) {
        self.slots = vec![UNASKED; self.slots.len() * 2];
        let last = self.slots.len() - 1;
        for (user, print) in (0..).zip(&self.prints) {
            let mut at = *print as usize & last;
            while self.slots[at] != UNASKED {
                at = (at + 1) & last;
            }
            self.slots[at] = user;
        }
    }
}
