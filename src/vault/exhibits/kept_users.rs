//! The users in the subject index of an exhibit: the column of users says `kept` for records whose user is there.
//!
//! Sees term numbers and the keys of the case, neither names nor digits.

use crate::domain::ExhibitId;
use crate::vault::columns::{SubjectBlock, UserBlock, UserOf};
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::known_parts::KnownParts;
use crate::vault::keyring::CaseKeys;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::{Snapshot, subject_index_rows};

pub(in crate::vault) struct KeptUsers {
    /// Account, kind and user; ordered by number, account and kind.
    entries: Vec<[u32; 3]>,
    /// For each number, the position of its first entry.
    starts: Vec<u32>,
}

impl KeptUsers {
    pub(in crate::vault) fn load(
        connection: &Snapshot,
        keys: &CaseKeys,
        (exhibit, id): (ExhibitNumber, &ExhibitId),
        known: Option<&KnownParts>,
    ) -> Result<Self, OperationError> {
        let (mut entries, mut starts) = (Vec::new(), Vec::new());
        let mut fault = None;
        let parts = ExhibitParts::of(keys, id);
        let mut add = |range, sealed: &[u8]| {
            let opened = parts.subject_index(range).open(sealed).ok();
            let Some(block) = opened.and_then(|plain| SubjectBlock::decode(range, &plain).ok())
            else {
                fault.get_or_insert(range);
                return;
            };
            for entry in block.iter() {
                if starts.len() <= entry.number as usize {
                    starts.resize(entry.number as usize + 1, entries.len() as u32);
                }
                entries.push([entry.account, entry.kind, entry.user]);
            }
        };
        match known {
            None => subject_index_rows::TABLE.for_each(connection, exhibit, add)?,
            Some(known) => known.each_subjects(connection, |range, sealed| match sealed {
                Some(sealed) => add(range, &sealed),
                None => add(range, &[]),
            })?,
        }
        match fault {
            None => Ok(Self { entries, starts }),
            Some(range) => Err(OperationError::Damaged {
                place: format!("exhibit {id}, subject index, range {range}"),
            }),
        }
    }

    /// The user of a record, 0 for nobody; `None` if the index has no such entry.
    pub(in crate::vault) fn find(&self, number: u32, account: u32, kind: u32) -> Option<u32> {
        let from = *self.starts.get(number as usize)? as usize;
        let to = self.starts.get(number as usize + 1);
        let to = to.map_or(self.entries.len(), |to| *to as usize);
        let entries = self.entries.get(from..to)?;
        let known = entries.iter().find(|entry| entry[..2] == [account, kind]);
        known.map(|entry| entry[2])
    }

    /// Fills `users` with the term numbers of a block's users, 0 for nobody. Answers false if the columns contradict
    /// each other.
    pub(in crate::vault) fn resolve(
        &self,
        block: &UserBlock,
        numbers: &[u32],
        accounts: &[u32],
        kinds: &[u32],
        users: &mut Vec<u32>,
    ) -> bool {
        users.clear();
        let places = numbers.iter().zip(accounts).zip(kinds);
        for (user, ((number, account), kind)) in block.iter().zip(places) {
            users.push(match user {
                UserOf::Other(user) => user,
                UserOf::Kept => match self.find(*number, *account, *kind) {
                    Some(user) => user,
                    None => return false,
                },
            });
        }
        users.len() == block.rows()
    }
}
