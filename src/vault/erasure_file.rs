//! The copy of the erasure lists beside the keyring.
//!
//! An older database knows nothing of the erasures that came after it. So their lists are in a file of their own too,
//! which is backed up with the keyring: a list of keyed tags for each case, sealed under a key of the case that never
//! changes and ends with the case, and the whole sealed under the lasting key of the vault, which no new root changes.
//! The file has a generation; the leaf of each erasure that is finished says which one, so an older file is found.
//!
//! Not promised: that an older database and an older file put back together are found by this; the high-water mark and
//! kept checkpoints find that.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};

use serde::{Deserialize, Serialize};

use crate::domain::CaseId;
use crate::vault::entropy::Entropy;
use crate::vault::error::OperationError;
use crate::vault::exhibits::erasures::{Erasure, Erasures};
use crate::vault::keyring::{CaseKeys, Keyring, replace_file};
use crate::vault::paths::Paths;
use crate::vault::plaintext::{Aad, Nonce, open_json, seal_json};

/// Why the file could not be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ErasureFileFault {
    /// It cannot be read.
    #[error("the file of the erasure lists could not be read: {0}")]
    Unreadable(io::ErrorKind),
    /// It was sealed by another vault, or changed.
    #[error("the file of the erasure lists is not this vault's")]
    Foreign,
    /// It cannot be written.
    #[error("the file of the erasure lists could not be written")]
    Unwritten,
}

/// The lists of all cases, each sealed for its case.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct ErasureFile {
    /// How often it was written.
    pub(in crate::vault) generation: u64,
    lists: BTreeMap<String, Vec<u8>>,
}

/// One number of a list: what is needed to find it again, and nothing of what was found before.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    tag: [u8; 16],
    region: Option<String>,
}

impl ErasureFile {
    /// Reads the file; `None` if there is none.
    pub(in crate::vault) fn read(
        paths: &Paths,
        keyring: &Keyring,
    ) -> Result<Option<Self>, ErasureFileFault> {
        let sealed = match fs::read(paths.erasures()) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ErasureFileFault::Unreadable(error.kind())),
        };
        let sealer = keyring.root_keys().erasure_file();
        let aad = Aad::erasure_file(keyring.vault());
        let opened = open_json(sealer, &aad, &sealed, "erasures");
        opened.map(Some).map_err(|_| ErasureFileFault::Foreign)
    }

    /// Writes the file, durably.
    pub(in crate::vault) fn write(
        &self,
        paths: &Paths,
        keyring: &Keyring,
        entropy: &dyn Entropy,
    ) -> Result<(), ErasureFileFault> {
        let failed = || ErasureFileFault::Unwritten;
        let nonce = Nonce::draw(entropy).map_err(|_| failed())?;
        let sealer = keyring.root_keys().erasure_file();
        let aad = Aad::erasure_file(keyring.vault());
        let sealed = seal_json(sealer, nonce, &aad, self).map_err(|_| failed())?;
        replace_file(&paths.erasures(), &sealed).map_err(|_| failed())
    }

    /// The erasures of a case, none of which was done yet. Fails for a list that is not of this case's keys.
    pub(in crate::vault) fn list(&self, keys: &CaseKeys) -> Result<Vec<Erasure>, OperationError> {
        let Some(sealed) = self.lists.get(keys.case().as_str()) else {
            return Ok(Vec::new());
        };
        let aad = Aad::erasure_list(keys.vault(), keys.case());
        let kept: Vec<Kept> = open_json(keys.erased_list(), &aad, sealed, "erasures")?;
        let erasures = kept.into_iter().map(|one| Erasure {
            tag: one.tag,
            region: one.region,
            term: None,
            users: Vec::new(),
            overwritten: false,
            done: false,
        });
        Ok(erasures.collect())
    }

    /// Puts the list of a case in the place of the one that is there. Says whether that has another number.
    pub(in crate::vault) fn put(
        &mut self,
        keys: &CaseKeys,
        list: &Erasures,
        nonce: Nonce,
    ) -> Result<bool, OperationError> {
        let kept: Vec<Kept> = list
            .each()
            .map(|(_, one)| Kept {
                tag: one.tag,
                region: one.region.clone(),
            })
            .collect();
        let there = self.list(keys)?;
        if there.len() == kept.len()
            && kept
                .iter()
                .all(|one| there.iter().any(|it| it.tag == one.tag))
        {
            return Ok(false);
        }
        let aad = Aad::erasure_list(keys.vault(), keys.case());
        let sealed = seal_json(keys.erased_list(), nonce, &aad, &kept)?;
        self.lists.insert(keys.case().to_string(), sealed);
        Ok(true)
    }

    /// Takes the lists of all other cases out. Says whether there was one.
    pub(in crate::vault) fn retain(&mut self, has: impl Fn(&CaseId) -> bool) -> bool {
        let before = self.lists.len();
        self.lists
            .retain(|case, _| case.parse::<CaseId>().is_ok_and(|case| has(&case)));
        self.lists.len() != before
    }
}
