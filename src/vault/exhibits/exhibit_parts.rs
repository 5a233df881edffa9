//! Seals and opens the parts of an exhibit, and the terms that it added to its case.
//!
//! This is the only file that pairs the three things a ciphertext depends on: its associated data, its key and its
//! position. A caller names a part, for example `parts.statistics(4)`, and can neither use the key of another field nor
//! bind the part to another place. `tests/architecture.rs` checks that no other file does this.
//! Sees plaintext of parts on its way through, and the keys of a case. Not promised: that a part is there, or that the
//! set of parts is complete; `admission` recomputes the digest that tells.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::domain::{ExhibitId, Field};
use crate::vault::columns::BLOCK_ROWS;
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{
    Aad, BlockSealer, KeyId, Nonce, Nonces, OpenError, Phone, SealError, Sealer, TermSealer,
    UserRun, open_json, seal_json,
};
use crate::vault::store::term_rows::{SealedRun, StoredRun};

/// The parts of one exhibit.
#[derive(Clone, Copy)]
pub(in crate::vault) struct ExhibitParts<'a> {
    keys: &'a CaseKeys,
    exhibit: &'a ExhibitId,
}

/// One part: what seals and opens it, and what its ciphertext is bound to.
pub(in crate::vault) struct Part<'a, S = BlockSealer> {
    sealer: &'a S,
    aad: Aad,
}

impl<'a> ExhibitParts<'a> {
    pub(in crate::vault) fn of(keys: &'a CaseKeys, exhibit: &'a ExhibitId) -> Self {
        Self { keys, exhibit }
    }

    /// Block `no` of the column of a field.
    pub(in crate::vault) fn block(&self, field: Field, no: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        let (no, rows) = (u64::from(no), BLOCK_ROWS as u32);
        let aad = Aad::block(keys.vault(), keys.case(), exhibit, field, no, rows);
        self.under_key_of(field, aad)
    }

    /// The column that takes the place of block `no` of the numbers until the admission ends.
    pub(in crate::vault) fn waiting_column(&self, no: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        let aad = Aad::waiting(keys.vault(), keys.case(), exhibit, u64::from(no));
        self.under_key_of(Field::Number, aad)
    }

    /// The statistics of the blocks with number `no`.
    pub(in crate::vault) fn statistics(&self, no: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        let aad = Aad::statistics(keys.vault(), keys.case(), exhibit, u64::from(no));
        self.under_key_of(Field::SentAt, aad)
    }

    /// The prints of the messages in the blocks with number `no`.
    pub(in crate::vault) fn seen(&self, no: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        let aad = Aad::seen(keys.vault(), keys.case(), exhibit, u64::from(no));
        self.under_key_of(Field::MessageRef, aad)
    }

    /// The values that the exhibit added to the dictionary of a field.
    pub(in crate::vault) fn dictionary(&self, field: Field) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        let aad = Aad::dictionary(keys.vault(), keys.case(), exhibit, field);
        self.under_key_of(field, aad)
    }

    /// One range of the subject index.
    pub(in crate::vault) fn subject_index(&self, range: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        let aad = Aad::subject_index(keys.vault(), keys.case(), exhibit, u64::from(range));
        self.under_key_of(Field::Number, aad)
    }

    /// Part `no` of the rows that could not be admitted.
    pub(in crate::vault) fn quarantine(&self, no: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        Part {
            sealer: keys.quarantine(),
            aad: Aad::quarantine(keys.vault(), keys.case(), exhibit, u64::from(no)),
        }
    }

    /// Part `no` of the lines that were left out as duplicates.
    pub(in crate::vault) fn duplicates(&self, no: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        Part {
            sealer: keys.quarantine(),
            aad: Aad::duplicates(keys.vault(), keys.case(), exhibit, u64::from(no)),
        }
    }

    /// The description of the exhibit.
    pub(in crate::vault) fn description(&self) -> Part<'a, TermSealer> {
        let Self { keys, exhibit } = *self;
        Part {
            sealer: keys.descriptions(),
            aad: Aad::exhibit_description(keys.vault(), keys.case(), exhibit),
        }
    }

    fn under_key_of(&self, field: Field, aad: Aad) -> Part<'a> {
        let sealer = self.keys.blocks(field);
        Part { sealer, aad }
    }
}

impl<S: Sealer> Part<'_, S> {
    pub(in crate::vault) fn seal(
        &self,
        nonce: Nonce,
        plain: &[u8],
    ) -> Result<Vec<u8>, OperationError> {
        self.sealer
            .seal(nonce, &self.aad, plain)
            .map_err(not_sealed)
    }

    /// Opens in place, and seals the same under the newest key. After a failure the buffer is of no use.
    pub(in crate::vault) fn reseal(
        &self,
        nonce: Nonce,
        sealed: &mut [u8],
    ) -> Result<(), OpenError> {
        self.sealer.reseal(nonce, &self.aad, sealed)
    }

    /// Opens into a new buffer, which is wiped on drop.
    pub(in crate::vault) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.sealer.open(&self.aad, sealed)
    }

    /// Seals a value as JSON.
    pub(in crate::vault) fn seal_json(
        &self,
        nonce: Nonce,
        value: &impl Serialize,
    ) -> Result<Vec<u8>, OperationError> {
        seal_json(self.sealer, nonce, &self.aad, value)
    }

    /// Opens what [`Part::seal_json`] sealed. If that fails, the error names `place` as damaged.
    pub(in crate::vault) fn open_json<T: DeserializeOwned>(
        &self,
        sealed: &[u8],
        place: &str,
    ) -> Result<T, OperationError> {
        open_json(self.sealer, &self.aad, sealed, place)
    }
}

impl Part<'_> {
    /// Opens into the buffer that held the ciphertext, which is wiped on drop.
    pub(in crate::vault) fn open_taken(
        &self,
        sealed: Vec<u8>,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.sealer.open_taken(&self.aad, sealed)
    }

    /// Opens in the buffer itself; the answer is the plaintext in it. The caller wipes the buffer.
    pub(in crate::vault) fn open_in_place<'b>(
        &self,
        sealed: &'b mut [u8],
    ) -> Result<&'b mut [u8], OpenError> {
        self.sealer.open_in_place(&self.aad, sealed)
    }
}

/// The terms that the exhibit added to its case.
impl<'a> ExhibitParts<'a> {
    /// The tags of the run of terms that begins with term `first`.
    pub(in crate::vault) fn tag_run(&self, field: Field, first: u32) -> Part<'a> {
        let Self { keys, exhibit } = *self;
        let aad = Aad::tag_run(keys.vault(), keys.case(), exhibit, field, u64::from(first));
        self.under_key_of(field, aad)
    }

    /// Seals the number with term number `no` and appends it to a run.
    pub(in crate::vault) fn seal_number(
        &self,
        nonce: Nonce,
        no: u32,
        phone: &Phone,
        run: &mut Vec<u8>,
    ) -> Result<(), OperationError> {
        let sealed = self
            .terms(Field::Number)
            .seal_into_run(nonce, &self.number(no), phone, run);
        sealed.map_err(not_sealed)
    }

    /// Seals the terms of a run and its tags again under the newest key, if they are not. After a failure the run is of
    /// no use.
    pub(in crate::vault) fn reseal_run(
        &self,
        nonces: &mut Nonces<'_>,
        field: Field,
        run: &mut StoredRun,
    ) -> Result<(), OpenError> {
        let newest = Some(self.keys.key_id());
        if KeyId::of_sealed(&run.tags) != newest {
            let nonce = nonces.take().map_err(|_| OpenError)?;
            self.tag_run(field, run.first)
                .reseal(nonce, &mut run.tags)?;
        }
        if KeyId::of_sealed(&run.sealed) == newest {
            return Ok(());
        }
        if field == Field::User {
            let nonce = nonces.take().map_err(|_| OpenError)?;
            let terms = self.terms(Field::User);
            return terms.reseal(nonce, &self.users(run.first), &mut run.sealed);
        }
        let place = |at: usize| {
            let no = run.first.checked_add(u32::try_from(at).ok()?)?;
            Some(self.number(no))
        };
        self.terms(Field::Number)
            .reseal_run(nonces, place, &mut run.sealed)
    }

    /// Puts another number in the place of term `no`, in the run that begins with term `first`.
    pub(in crate::vault) fn replace_number(
        &self,
        nonce: Nonce,
        (first, no): (u32, u32),
        phone: &Phone,
        run: &mut [u8],
    ) -> Result<(), OperationError> {
        let place = no.checked_sub(first).map(|place| place as usize);
        let place = place.ok_or(OperationError::Internal("a term before its run"))?;
        let replaced =
            self.terms(Field::Number)
                .replace_in_run(nonce, &self.number(no), (run, place), phone);
        replaced.map_err(not_sealed)
    }

    /// Opens the number with term number `no`.
    pub(in crate::vault) fn open_number(
        &self,
        run: &SealedRun,
        no: u32,
    ) -> Result<Phone, OpenError> {
        let place = no.checked_sub(run.first).ok_or(OpenError)? as usize;
        self.terms(Field::Number)
            .open_in_run(&self.number(no), &run.sealed, place)
    }

    /// Whether the term with number `no` is this phone number.
    pub(in crate::vault) fn is_number(
        &self,
        run: &SealedRun,
        no: u32,
        phone: &Phone,
    ) -> Result<bool, OpenError> {
        let place = no.checked_sub(run.first).ok_or(OpenError)? as usize;
        self.terms(Field::Number)
            .run_holds(&self.number(no), &run.sealed, place, phone)
    }

    /// Seals a run of user names that begins with term `first`. A name has at most 255 bytes.
    pub(in crate::vault) fn seal_users<'n>(
        &self,
        nonce: Nonce,
        first: u32,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Result<Vec<u8>, OperationError> {
        let sealed = self
            .terms(Field::User)
            .seal_users(nonce, &self.users(first), names);
        sealed.map_err(not_sealed)
    }

    /// Opens a run of user names.
    pub(in crate::vault) fn open_users(&self, run: &SealedRun) -> Result<UserRun, OpenError> {
        self.terms(Field::User)
            .open_users(&self.users(run.first), &run.sealed, run.terms as usize)
    }

    fn terms(&self, field: Field) -> &'a TermSealer {
        self.keys.terms(field)
    }

    fn number(&self, no: u32) -> Aad {
        let Self { keys, exhibit } = *self;
        Aad::term(
            keys.vault(),
            keys.case(),
            exhibit,
            Field::Number,
            u64::from(no),
        )
    }

    fn users(&self, first: u32) -> Aad {
        let Self { keys, exhibit } = *self;
        Aad::user_run(keys.vault(), keys.case(), exhibit, u64::from(first))
    }
}

fn not_sealed(_: SealError) -> OperationError {
    OperationError::Internal("a part could not be sealed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CaseId;
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::keyring::{Argon2Params, Keyring, NewPassphrase};
    use crate::vault::plaintext::RawText;

    #[test]
    fn a_part_opens_as_itself_and_as_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SystemEntropy::new();
        let keyring = keyring(&folder.path().join("keyring"), &entropy);
        let keys = keyring.case_keys(&case()).unwrap();
        let exhibits = [1, 2].map(|no| ExhibitId::from_random([no; 13]));
        let [parts, other] = exhibits.each_ref().map(|id| ExhibitParts::of(&keys, id));
        let all = [
            parts.block(Field::Number, 7),
            parts.block(Field::Number, 8),
            parts.block(Field::SentAt, 7),
            parts.block(Field::MessageRef, 7),
            parts.seen(7),
            parts.seen(8),
            other.seen(7),
            parts.waiting_column(7),
            parts.statistics(7),
            parts.dictionary(Field::Number),
            parts.subject_index(7),
            parts.quarantine(7),
            parts.tag_run(Field::Number, 7),
            parts.tag_run(Field::Number, 8),
            parts.tag_run(Field::User, 7),
            other.tag_run(Field::Number, 7),
            parts.duplicates(7),
            other.block(Field::Number, 7),
            other.quarantine(7),
        ];
        let mut nonces = Nonces::new(&entropy);
        for (at, part) in all.iter().enumerate() {
            let sealed = part.seal(nonces.take().unwrap(), b"plain").unwrap();
            for (other_at, other) in all.iter().enumerate() {
                assert_eq!(
                    other.open(&sealed).is_ok(),
                    at == other_at,
                    "{at}, {other_at}"
                );
            }
            assert_eq!(part.open(&sealed).unwrap().as_slice(), b"plain");
            assert_eq!(part.open_in_place(&mut sealed.clone()).unwrap(), b"plain");
            assert_eq!(part.open_taken(sealed).unwrap().as_slice(), b"plain");
        }
    }
    #[test]
    fn a_term_opens_for_the_exhibit_that_added_it_and_for_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SystemEntropy::new();
        let keyring = keyring(&folder.path().join("keyring"), &entropy);
        let keys = keyring.case_keys(&case()).unwrap();
        let exhibits = [1, 2].map(|no| ExhibitId::from_random([no; 13]));
        let [parts, other] = exhibits.each_ref().map(|id| ExhibitParts::of(&keys, id));
        let mut nonces = Nonces::new(&entropy);
        let text = RawText::new("+12025550100".to_owned());
        let phone = Phone::parse(&text, None).unwrap().phone;
        let mut sealed = Vec::new();
        let nonce = nonces.take().unwrap();
        parts.seal_number(nonce, 7, &phone, &mut sealed).unwrap();
        let run = |sealed: &[u8]| SealedRun {
            first: 7,
            terms: 1,
            sealed: sealed.to_vec(),
        };
        assert!(parts.is_number(&run(&sealed), 7, &phone).unwrap());
        assert!(other.is_number(&run(&sealed), 7, &phone).is_err());
        let names = ["a.user"].into_iter();
        let sealed = parts.seal_users(nonces.take().unwrap(), 7, names).unwrap();
        assert!(parts.open_users(&run(&sealed)).is_ok());
        assert!(other.open_users(&run(&sealed)).is_err());
    }

    fn case() -> CaseId {
        CaseId::from_random([1; 13])
    }

    fn keyring(path: &std::path::Path, entropy: &SystemEntropy) -> Keyring {
        let passphrase = NewPassphrase::parse("correct horse battery staple".to_owned()).unwrap();
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let mut keyring = Keyring::create(
            path,
            &passphrase,
            params,
            crate::domain::Moment::from_seconds(0),
            entropy,
        )
        .unwrap();
        keyring.add_case(&case(), entropy).unwrap();
        keyring
    }
}
