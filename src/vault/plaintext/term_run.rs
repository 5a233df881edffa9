//! Runs of terms: how numbers and user names of a case are sealed together.
//!
//! A run of numbers is `version (1) || key id (4, BE)`, then for each term `nonce (12) || ciphertext (8) || tag (16)`.
//! Each number is sealed and opened on its own, and bound to the exhibit that added it and to its own term number. A
//! run of user names is one ciphertext, bound to the exhibit and its first term, because a version, key id and tag for
//! each name would take three times the space of the names. Its plaintext is, for each name, a length (`u8`) and the
//! bytes; then zeros to a multiple of 256.

use zeroize::Zeroizing;

use super::aad::Aad;
use super::nonce::{Nonce, Nonces};
use super::phone::Phone;
use super::seal::{OVERHEAD, OpenError, SealError, TermSealer};

/// The length of version and key id. A run has them once; elsewhere every ciphertext has them.
const FRONT: usize = 1 + 4;
const NUMBER: usize = 8;
/// A number in a run.
const SEALED: usize = NUMBER + OVERHEAD - FRONT;
const STEP: usize = 256;

impl TermSealer {
    /// Appends a number to a run. Before the first number, version and key id are written.
    pub fn seal_into_run(
        &self,
        nonce: Nonce,
        aad: &Aad,
        phone: &Phone,
        run: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let mut whole = Vec::with_capacity(FRONT + SEALED);
        self.seal_phone(nonce, aad, phone, &mut whole)?;
        let from = if run.is_empty() { 0 } else { FRONT };
        run.extend_from_slice(whole.get(from..).ok_or(SealError)?);
        Ok(())
    }

    /// Puts another number in the place of the one at a position of a run.
    pub fn replace_in_run(
        &self,
        nonce: Nonce,
        aad: &Aad,
        (run, place): (&mut [u8], usize),
        phone: &Phone,
    ) -> Result<(), SealError> {
        let mut whole = Vec::with_capacity(FRONT + SEALED);
        self.seal_phone(nonce, aad, phone, &mut whole)?;
        let (front, body) = whole.split_at_checked(FRONT).ok_or(SealError)?;
        // A run under another key keeps no number under this one.
        if run.get(..FRONT) != Some(front) {
            return Err(SealError);
        }
        let from = FRONT + place * SEALED;
        let there = run.get_mut(from..from + SEALED).ok_or(SealError)?;
        there.copy_from_slice(body);
        Ok(())
    }

    /// Seals every number of a run again under its own key, each bound to its own place, which `aad` gives by its
    /// position. After a failure the run is of no use.
    pub fn reseal_run(
        &self,
        nonces: &mut Nonces<'_>,
        aad: impl Fn(usize) -> Option<Aad>,
        run: &mut [u8],
    ) -> Result<(), OpenError> {
        let terms = run.len().checked_sub(FRONT).ok_or(OpenError)? / SEALED;
        let mut front = [0; FRONT];
        for place in 0..terms {
            let mut whole = cut(run, place)?;
            let nonce = nonces.take().map_err(|_| OpenError)?;
            self.reseal(nonce, &aad(place).ok_or(OpenError)?, &mut whole)?;
            let (made, body) = whole.split_first_chunk().ok_or(OpenError)?;
            front = *made;
            let from = FRONT + place * SEALED;
            run[from..from + SEALED].copy_from_slice(body);
        }
        // The numbers name their key once, so it is written when all of them are under it.
        if terms > 0 {
            run[..FRONT].copy_from_slice(&front);
        }
        Ok(())
    }

    /// Opens the number at a position of a run.
    pub fn open_in_run(&self, aad: &Aad, run: &[u8], place: usize) -> Result<Phone, OpenError> {
        self.open_phone(aad, &cut(run, place)?)
    }

    /// Whether the number at a position of a run is this one.
    pub fn run_holds(
        &self,
        aad: &Aad,
        run: &[u8],
        place: usize,
        phone: &Phone,
    ) -> Result<bool, OpenError> {
        self.holds_phone(aad, &cut(run, place)?, phone)
    }

    /// Seals the user names of a run. A name is at most 255 bytes.
    pub fn seal_users<'n>(
        &self,
        nonce: Nonce,
        aad: &Aad,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Result<Vec<u8>, SealError> {
        let bytes: usize = names.clone().map(|name| 1 + name.len()).sum();
        let mut plain = Zeroizing::new(Vec::with_capacity(bytes.next_multiple_of(STEP)));
        for name in names {
            plain.push(u8::try_from(name.len()).map_err(|_| SealError)?);
            plain.extend_from_slice(name.as_bytes());
        }
        plain.resize(bytes.next_multiple_of(STEP), 0);
        self.seal(nonce, aad, &plain)
    }

    /// Opens the user names of a run.
    pub fn open_users(&self, aad: &Aad, run: &[u8], terms: usize) -> Result<UserRun, OpenError> {
        let plain = self.open(aad, run)?;
        let mut starts = Vec::with_capacity(terms);
        let mut at = 0;
        for _ in 0..terms {
            let len = usize::from(*plain.get(at).ok_or(OpenError)?);
            starts.push(at);
            at += 1 + len;
        }
        let rest = plain.get(at..).ok_or(OpenError)?;
        match rest.len() < STEP && rest.iter().all(|byte| *byte == 0) {
            true => Ok(UserRun { plain, starts }),
            false => Err(OpenError),
        }
    }
}

/// The user names of a run, wiped on drop.
pub struct UserRun {
    plain: Zeroizing<Vec<u8>>,
    starts: Vec<usize>,
}

impl UserRun {
    /// The name at a position of the run, from 0; `None` beyond its end.
    pub fn name(&self, place: usize) -> Option<&str> {
        let at = *self.starts.get(place)?;
        let len = usize::from(*self.plain.get(at)?);
        std::str::from_utf8(self.plain.get(at + 1..at + 1 + len)?).ok()
    }
}

/// The ciphertext of one number of a run, with version and key id, as the sealer opens it.
fn cut(run: &[u8], place: usize) -> Result<[u8; FRONT + SEALED], OpenError> {
    let mut whole = [0; FRONT + SEALED];
    let from = FRONT + place * SEALED;
    let body = run.get(from..from + SEALED).ok_or(OpenError)?;
    if !(run.len() - FRONT).is_multiple_of(SEALED) {
        return Err(OpenError);
    }
    let (front, rest) = whole.split_at_mut(FRONT);
    front.copy_from_slice(run.get(..FRONT).ok_or(OpenError)?);
    rest.copy_from_slice(body);
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::VaultId;
    use crate::domain::{CaseId, ExhibitId, Field};
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::plaintext::{KeyId, Nonces};

    fn aad(no: u64) -> Aad {
        let (vault, case) = (VaultId::from_random([1; 16]), CaseId::from_random([1; 13]));
        let exhibit = ExhibitId::from_random([1; 13]);
        Aad::term(&vault, &case, &exhibit, Field::Number, no)
    }

    #[test]
    fn each_number_of_a_run_opens_in_its_own_place_only() {
        let sealer = TermSealer::new(KeyId::new(3), &[7; 32]);
        let entropy = SystemEntropy::new();
        let mut nonces = Nonces::new(&entropy);
        let digits = |no: u64| 447_700_900_000 + no;
        let mut run = Vec::new();
        for no in 0..10 {
            let phone = Phone::from_digits(digits(no));
            sealer
                .seal_into_run(nonces.take().unwrap(), &aad(no), &phone, &mut run)
                .unwrap();
        }
        assert_eq!(run.len(), 5 + 36 * 10);
        for no in 0..10 {
            let opened = sealer.open_in_run(&aad(no), &run, no as usize).unwrap();
            assert!(opened.digits() == digits(no));
            let phone = Phone::from_digits(digits(4));
            let held = sealer.run_holds(&aad(no), &run, no as usize, &phone);
            assert_eq!(held.unwrap(), no == 4);
            assert!(sealer.open_in_run(&aad(no + 1), &run, no as usize).is_err());
        }
        assert!(sealer.open_in_run(&aad(10), &run, 10).is_err());
        run.pop();
        assert!(sealer.open_in_run(&aad(1), &run, 1).is_err());
        assert!(sealer.open_in_run(&aad(0), &[], 0).is_err());
    }

    #[test]
    fn a_number_that_was_replaced_is_gone_and_the_others_stay() {
        let sealer = TermSealer::new(KeyId::new(3), &[7; 32]);
        let entropy = SystemEntropy::new();
        let mut nonces = Nonces::new(&entropy);
        let mut run = Vec::new();
        for no in 0..3 {
            let phone = Phone::from_digits(447_700_900_000 + no);
            let nonce = nonces.take().unwrap();
            sealer
                .seal_into_run(nonce, &aad(no), &phone, &mut run)
                .unwrap();
        }
        let before = run.clone();
        let nonce = nonces.take().unwrap();
        sealer
            .replace_in_run(nonce, &aad(1), (&mut run, 1), &Phone::erased())
            .unwrap();
        assert!(sealer.open_in_run(&aad(1), &run, 1).unwrap().is_erased());
        assert!(run[..41] == before[..41] && run[77..] == before[77..]);
        assert!(
            before[41..77]
                .windows(8)
                .all(|part| !run.windows(8).any(|there| there == part))
        );
        let nonce = nonces.take().unwrap();
        let beyond = sealer.replace_in_run(nonce, &aad(3), (&mut run, 3), &Phone::erased());
        assert!(beyond.is_err());
        let other = TermSealer::new(KeyId::new(4), &[8; 32]);
        let nonce = nonces.take().unwrap();
        let foreign = other.replace_in_run(nonce, &aad(1), (&mut run, 1), &Phone::erased());
        assert!(foreign.is_err());
    }

    #[test]
    fn a_run_that_is_sealed_again_has_its_numbers_under_the_new_key_in_their_places() {
        let old = TermSealer::new(KeyId::new(3), &[7; 32]);
        let entropy = SystemEntropy::new();
        let mut nonces = Nonces::new(&entropy);
        let mut run = Vec::new();
        for no in 0..5 {
            let phone = Phone::from_digits(447_700_900_000 + no);
            old.seal_into_run(nonces.take().unwrap(), &aad(no), &phone, &mut run)
                .unwrap();
        }
        let mut new = TermSealer::new(KeyId::new(4), &[8; 32]);
        new.also_opens(KeyId::new(3), &[7; 32]);
        let mut again = run.clone();
        new.reseal_run(&mut nonces, |place| Some(aad(place as u64)), &mut again)
            .unwrap();
        assert_eq!(again.len(), run.len());
        let alone = TermSealer::new(KeyId::new(4), &[8; 32]);
        for no in 0..5 {
            let opened = alone.open_in_run(&aad(no), &again, no as usize).unwrap();
            assert!(opened.digits() == 447_700_900_000 + no);
            assert!(old.open_in_run(&aad(no), &again, no as usize).is_err());
        }
        let moved = new.reseal_run(&mut nonces, |place| Some(aad(place as u64 + 1)), &mut run);
        assert!(moved.is_err());
    }

    #[test]
    fn the_names_of_a_run_come_out_as_they_went_in() {
        let sealer = TermSealer::new(KeyId::new(3), &[7; 32]);
        let entropy = SystemEntropy::new();
        let mut nonces = Nonces::new(&entropy);
        let longest = "x".repeat(255);
        let names = ["a.user", "", "\u{e9}", &longest];
        let sealed = sealer
            .seal_users(nonces.take().unwrap(), &aad(1), names.into_iter())
            .unwrap();
        assert_eq!(sealed.len() - OVERHEAD, 512);
        let run = sealer.open_users(&aad(1), &sealed, 4).unwrap();
        assert!((0..4).all(|place| run.name(place) == Some(names[place])));
        assert!(run.name(4).is_none());
        assert!(sealer.open_users(&aad(2), &sealed, 4).is_err());
        assert!(sealer.open_users(&aad(1), &sealed, 3).is_err());
        let long = "x".repeat(256);
        let nonce = nonces.take().unwrap();
        assert!(
            sealer
                .seal_users(nonce, &aad(1), [long.as_str()].into_iter())
                .is_err()
        );
    }
}
