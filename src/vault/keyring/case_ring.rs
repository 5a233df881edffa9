//! The case keys, as they are in the keyring's body.
//!
//! Plaintext: `cases (4, BE)`, then for each case, in the order of their ids,
//! `length (1) || id || lasting key (32) || keys (2, BE)`, then for each key, newest first,
//! `key id (4, BE) || generation (8, BE) || key (32)`, the generation being that of the keyring in which it came in. A
//! case has one key, and two or more while its key is being rotated.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ring::digest::{Context, SHA256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::domain::{CaseId, VaultId};
use crate::vault::plaintext::KeyId;

use super::case_keys::CaseKeys;
use super::error::KeyringError;
use super::secret::Secret;

const KEY: usize = 32;
const DAMAGED: KeyringError = KeyringError::Damaged { what: "body" };

/// The keys of each case.
pub(super) struct CaseRing(BTreeMap<CaseId, KeysOfCase>);

/// The keys of one case, and what is derived from them.
pub(super) struct KeysOfCase {
    /// Stays as long as the case.
    lasting: Secret<KEY>,
    /// Newest first.
    keys: Vec<CaseKey>,
    derived: OnceLock<Arc<CaseKeys>>,
}

/// A key of a case.
pub(super) struct CaseKey {
    pub(super) id: KeyId,
    /// The generation of the keyring in which it came in.
    pub(super) since: u64,
    pub(super) key: Secret<KEY>,
}

impl KeysOfCase {
    pub(super) fn new(lasting: Secret<KEY>, first: CaseKey) -> Self {
        Self::of(lasting, vec![first])
    }

    fn of(lasting: Secret<KEY>, keys: Vec<CaseKey>) -> Self {
        let derived = OnceLock::new();
        Self {
            lasting,
            keys,
            derived,
        }
    }

    /// Whether nothing of `before` is lost: neither what stays as long as the case nor a key that came in up to this
    /// generation. One of them that is not here has to be older than the newest that is: it was retired.
    fn goes_on_from(&self, before: &Self, named: u64) -> bool {
        let same =
            |one: &Secret<KEY>, other: &Secret<KEY>| bool::from(one.bytes().ct_eq(other.bytes()));
        let newest = self.keys.first().map_or(0, |own| own.id.number());
        let mut named = before.keys.iter().filter(|one| one.since <= named);
        same(&self.lasting, &before.lasting)
            && named.all(|one| match self.keys.iter().find(|own| own.id == one.id) {
                Some(own) => same(&own.key, &one.key),
                None => one.id.number() < newest,
            })
    }

    fn derived(&self, vault: &VaultId, case: &CaseId) -> Result<Arc<CaseKeys>, KeyringError> {
        if let Some(keys) = self.derived.get() {
            return Ok(Arc::clone(keys));
        }
        let all: Vec<_> = self.keys.iter().map(|one| (one.id, &one.key)).collect();
        let keys = Arc::new(CaseKeys::derive(vault, case, &all, &self.lasting)?);
        Ok(Arc::clone(self.derived.get_or_init(|| keys)))
    }
}

impl CaseRing {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has(&self, case: &CaseId) -> bool {
        self.0.contains_key(case)
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = &CaseId> {
        self.0.keys()
    }

    pub(super) fn put(&mut self, case: CaseId, keys: KeysOfCase) {
        self.0.insert(case, keys);
    }

    pub(super) fn take(&mut self, case: &CaseId) -> Option<KeysOfCase> {
        self.0.remove(case)
    }

    /// The ids of the keys of a case, newest first; empty for a case without any.
    pub(super) fn ids(&self, case: &CaseId) -> Vec<KeyId> {
        let keys = self.0.get(case).map(|keys| keys.keys.as_slice());
        keys.unwrap_or_default().iter().map(|one| one.id).collect()
    }

    /// Makes a key the newest of a case that has one, in a keyring of this generation. Answers its id.
    pub(super) fn add_newest(
        &mut self,
        case: &CaseId,
        key: Secret<KEY>,
        since: u64,
    ) -> Result<KeyId, KeyringError> {
        let keys = self.0.get_mut(case).ok_or(KeyringError::UnknownCase)?;
        let newest = keys.keys.first().map_or(0, |one| one.id.number());
        let id = KeyId::new(newest.checked_add(1).ok_or(KeyringError::NoKey)?);
        keys.keys.insert(0, CaseKey { id, since, key });
        keys.derived = OnceLock::new();
        Ok(id)
    }

    /// Takes the newest key of a case away again: it could not be written down, so nothing was sealed under it.
    pub(super) fn drop_newest(&mut self, case: &CaseId) {
        if let Some(keys) = self.0.get_mut(case).filter(|keys| keys.keys.len() > 1) {
            keys.keys.remove(0);
            keys.derived = OnceLock::new();
        }
    }

    /// Takes all keys of a case but the newest; they can be put back.
    pub(super) fn take_older(&mut self, case: &CaseId) -> Vec<CaseKey> {
        let Some(keys) = self.0.get_mut(case) else {
            return Vec::new();
        };
        let older = keys.keys.split_off(keys.keys.len().min(1));
        keys.derived = OnceLock::new();
        older
    }

    pub(super) fn put_older(&mut self, case: &CaseId, older: Vec<CaseKey>) {
        if let Some(keys) = self.0.get_mut(case) {
            keys.keys.extend(older);
            keys.derived = OnceLock::new();
        }
    }

    /// The keys of a case: they seal under its newest key, and open under each.
    pub(super) fn keys(
        &self,
        vault: &VaultId,
        case: &CaseId,
    ) -> Result<Arc<CaseKeys>, KeyringError> {
        let keys = self.0.get(case).ok_or(KeyringError::UnknownCase)?;
        keys.derived(vault, case)
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Allocated at its full size, because a growing buffer would leave copies behind.
        let size = self.0.iter().fold(4, |size, (case, keys)| {
            size + 1 + case.as_str().len() + KEY + 2 + keys.keys.len() * (4 + 8 + KEY)
        });
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(&(self.0.len() as u32).to_be_bytes());
        for (case, keys) in &self.0 {
            bytes.push(case.as_str().len() as u8);
            bytes.extend_from_slice(case.as_str().as_bytes());
            bytes.extend_from_slice(keys.lasting.bytes());
            bytes.extend_from_slice(&(keys.keys.len() as u16).to_be_bytes());
            for one in &keys.keys {
                bytes.extend_from_slice(&one.id.number().to_be_bytes());
                bytes.extend_from_slice(&one.since.to_be_bytes());
                bytes.extend_from_slice(one.key.bytes());
            }
        }
        bytes
    }

    /// Says which cases and keys there are. Two keyrings that have the same one have the same keys; nobody finds a key
    /// by it, because each is 32 random bytes.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = Context::new(&SHA256);
        digest.update(&self.to_bytes());
        let mut out = [0; 32];
        out.copy_from_slice(digest.finish().as_ref());
        out
    }

    /// Whether nothing is lost by going on with this one in the place of `before`: it has every case of it that is
    /// `needed`, the keys that both have are the same, and none of them is older.
    ///
    /// A key that came in after the generation `named`, the newest of `before` that the head of the log named, is not
    /// looked at. Whatever was committed names the keyring that it was written with, so nothing is sealed under it.
    pub(super) fn goes_on_from(
        &self,
        before: &Self,
        named: u64,
        needed: impl Fn(&CaseId) -> bool,
    ) -> bool {
        let mut before = before.0.iter().filter(|(case, _)| needed(case));
        before.all(|(case, keys)| {
            let own = self.0.get(case);
            own.is_some_and(|own| own.goes_on_from(keys, named))
        })
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, KeyringError> {
        let mut rest = bytes;
        let mut ring = Self::new();
        for _ in 0..u32::from_be_bytes(chunk(&mut rest)?) {
            let [length] = chunk(&mut rest)?;
            let (id, after) = rest.split_at_checked(length.into()).ok_or(DAMAGED)?;
            rest = after;
            let case = std::str::from_utf8(id)
                .ok()
                .and_then(|id| id.parse().ok())
                .ok_or(DAMAGED)?;
            let (lasting, after) = rest.split_at_checked(KEY).ok_or(DAMAGED)?;
            rest = after;
            let lasting = Secret::copied(lasting).ok_or(DAMAGED)?;
            let mut keys = Vec::new();
            for _ in 0..u16::from_be_bytes(chunk(&mut rest)?) {
                let id = KeyId::new(u32::from_be_bytes(chunk(&mut rest)?));
                let since = u64::from_be_bytes(chunk(&mut rest)?);
                let (key, after) = rest.split_at_checked(KEY).ok_or(DAMAGED)?;
                rest = after;
                let key = Secret::copied(key).ok_or(DAMAGED)?;
                keys.push(CaseKey { id, since, key });
            }
            if keys.is_empty() {
                return Err(DAMAGED);
            }
            ring.put(case, KeysOfCase::of(lasting, keys));
        }
        if rest.is_empty() {
            Ok(ring)
        } else {
            Err(DAMAGED)
        }
    }
}

pub(super) fn chunk<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], KeyringError> {
    let (chunk, after) = rest.split_first_chunk().ok_or(DAMAGED)?;
    *rest = after;
    Ok(*chunk)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::digest::digest;

    use super::*;

    fn first(key: Secret<KEY>, since: u64) -> CaseKey {
        let id = KeyId::new(1);
        CaseKey { id, since, key }
    }

    fn ring() -> CaseRing {
        let mut ring = CaseRing::new();
        for no in 1..=3 {
            let secret = |byte| Secret::copied(&[byte; 32]).unwrap();
            let case = CaseId::from_random([no; 13]);
            let keys = KeysOfCase::new(secret(no + 100), first(secret(no), 2));
            ring.put(case.clone(), keys);
            let id = ring.add_newest(&case, secret(no + 50), 3);
            assert_eq!(id, Ok(KeyId::new(2)));
        }
        ring
    }

    #[test]
    fn the_body_reads_back() {
        let bytes = ring().to_bytes();
        let back = CaseRing::parse(&bytes).unwrap();
        assert_eq!(back.len(), 3);
        assert_eq!(*back.to_bytes(), *bytes);
        assert_eq!(bytes.len(), bytes.capacity());
    }

    #[test]
    fn a_ring_that_lacks_a_case_or_has_another_key_of_it_does_not_go_on_from_another() {
        let (before, mut after) = (ring(), ring());
        let secret = |byte| Secret::copied(&[byte; 32]).unwrap();
        let case = |no| CaseId::from_random([no; 13]);
        assert_eq!(before.digest(), after.digest());
        let all = |_: &CaseId| true;
        assert!(after.goes_on_from(&before, 3, all));
        // A key more, an older one less, a case more.
        after.add_newest(&case(1), secret(9), 4).unwrap();
        after.take_older(&case(1));
        after.put(case(4), KeysOfCase::new(secret(1), first(secret(2), 6)));
        assert!(after.goes_on_from(&before, 3, all));
        assert_ne!(before.digest(), after.digest());
        // The other way round the newest key is older, and a case is missing.
        assert!(!before.goes_on_from(&after, 6, all));
        assert!(!before.goes_on_from(&after, 6, |one| *one != case(4)));
        assert!(before.goes_on_from(&after, 3, |one| *one != case(4)));
        assert!(!before.goes_on_from(&after, 3, all));
        // As two nodes would have made them at once: one of the keys was named, and the other one was not.
        let mut other = ring();
        other.add_newest(&case(1), secret(8), 4).unwrap();
        assert!(!other.goes_on_from(&after, 4, |one| *one == case(1)));
        assert!(other.goes_on_from(&after, 3, |one| *one == case(1)));
        assert!(other.goes_on_from(&after, 4, |one| *one == case(2)));
        // What stays as long as the case is not another one, however new its key.
        other.put(case(2), KeysOfCase::new(secret(7), first(secret(2), 9)));
        assert!(!other.goes_on_from(&after, 1, |one| *one == case(2)));
    }

    /// What a node does to its keyring.
    #[derive(Debug, Clone, Copy)]
    enum Change {
        AddCase,
        AddKey(u8),
        Retire(u8),
        Destroy(u8),
        /// Of slots.
        Other,
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            Just(Change::AddCase),
            (0..4_u8).prop_map(Change::AddKey),
            (0..4_u8).prop_map(Change::Retire),
            (0..4_u8).prop_map(Change::Destroy),
            Just(Change::Other),
        ]
    }

    /// A keyring of a generation, whose keys are drawn by `drawn`.
    struct Held {
        ring: CaseRing,
        generation: u64,
    }

    impl Held {
        fn copied(&self) -> Self {
            Self {
                ring: CaseRing::parse(&self.ring.to_bytes()).unwrap(),
                generation: self.generation,
            }
        }

        /// Which case is destroyed by it, if one is.
        fn change(&mut self, change: Change, drawn: &mut u64) -> Option<CaseId> {
            let mut secret = || {
                *drawn += 1;
                Secret::copied(digest(&SHA256, &drawn.to_be_bytes()).as_ref()).unwrap()
            };
            self.generation += 1;
            let nth = |no: u8| self.ring.cases().nth(no.into()).cloned();
            match change {
                Change::AddCase => {
                    let (lasting, key) = (secret(), secret());
                    let mut id = [0; 13];
                    id.copy_from_slice(&lasting.bytes()[..13]);
                    let keys = KeysOfCase::new(lasting, first(key, self.generation));
                    self.ring.put(CaseId::from_random(id), keys);
                }
                Change::AddKey(no) => {
                    if let Some(case) = nth(no) {
                        let made = self.ring.add_newest(&case, secret(), self.generation);
                        made.unwrap();
                    }
                }
                Change::Retire(no) => {
                    if let Some(case) = nth(no) {
                        self.ring.take_older(&case);
                    }
                }
                Change::Destroy(no) => {
                    let case = nth(no)?;
                    self.ring.take(&case);
                    return Some(case);
                }
                Change::Other => {}
            }
            None
        }
    }

    proptest! {
        /// A node has made a change that no commit named, while others went on. It takes what they have, and refuses
        /// that if any key is missing or another one that it had when it was named last, and that they still have.
        #[test]
        fn a_change_that_was_not_named_keeps_nobody_out_and_no_key_that_was_named_is_lost(
            before in proptest::collection::vec(change(), 0..12),
            own in change(),
            theirs in proptest::collection::vec(change(), 1..6),
        ) {
            let mut drawn = 0;
            let mut named = Held { ring: CaseRing::new(), generation: 1 };
            for change in before {
                named.change(change, &mut drawn);
            }
            let (mut own_file, mut newest) = (named.copied(), named.copied());
            own_file.change(own, &mut drawn);
            let mut destroyed = Vec::new();
            for change in theirs {
                destroyed.extend(newest.change(change, &mut drawn));
            }
            // A case that only the change of this node made is not in the log.
            let in_the_log = |case: &CaseId| {
                !destroyed.contains(case) && (named.ring.has(case) || newest.ring.has(case))
            };
            let goes_on =
                |ring: &CaseRing| ring.goes_on_from(&own_file.ring, named.generation, in_the_log);
            prop_assert!(goes_on(&newest.ring));
            for case in newest.ring.cases().filter(|case| own_file.ring.has(case)) {
                let mut lacks = newest.copied().ring;
                lacks.take(case);
                prop_assert!(!goes_on(&lacks));
                for no in 0..newest.ring.0[case].keys.len() {
                    let one = &newest.ring.0[case].keys[no];
                    let was_named = own_file.ring.0[case].keys.iter().any(|own| {
                        own.id == one.id && own.since <= named.generation
                    });
                    let mut other = newest.copied().ring;
                    let keys = &mut other.0.get_mut(case).unwrap().keys;
                    keys[no].key = Secret::copied(&[7; 32]).unwrap();
                    prop_assert_eq!(!goes_on(&other), was_named);
                }
            }
        }
    }

    #[test]
    fn a_cut_or_lengthened_body_is_damaged() {
        let bytes = ring().to_bytes();
        for length in 0..bytes.len() {
            assert!(CaseRing::parse(&bytes[..length]).is_err(), "{length}");
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert!(CaseRing::parse(&longer).is_err());
    }

    #[test]
    fn derived_keys_seal_under_the_newest_key_and_open_under_each_until_the_older_ones_go() {
        use crate::domain::Field;
        use crate::vault::entropy::SystemEntropy;
        use crate::vault::plaintext::{Aad, Nonces, Phone, RawText};

        let mut ring = ring();
        let (vault, case) = (VaultId::from_random([1; 16]), CaseId::from_random([1; 13]));
        let entropy = SystemEntropy::new();
        let mut nonces = Nonces::new(&entropy);
        let place = Aad::case_description(&vault, &case);
        let taken = |ring: &mut CaseRing| ring.take_older(&case);

        ring.drop_newest(&case);
        let old = ring.keys(&vault, &case).unwrap();
        assert_eq!(old.key_id(), KeyId::new(1));
        let under_old = old
            .descriptions()
            .seal(nonces.take().unwrap(), &place, b"x")
            .unwrap();

        let second = Secret::copied(&[51; 32]).unwrap();
        ring.add_newest(&case, second, 4).unwrap();
        let both = ring.keys(&vault, &case).unwrap();
        assert_eq!(both.key_id(), KeyId::new(2));
        assert_eq!(ring.ids(&case), [KeyId::new(2), KeyId::new(1)]);
        let under_new = both
            .descriptions()
            .seal(nonces.take().unwrap(), &place, b"x")
            .unwrap();
        assert_eq!(KeyId::of_sealed(&under_new), Some(KeyId::new(2)));
        assert!(both.descriptions().open(&place, &under_old).is_ok());
        assert!(both.descriptions().open(&place, &under_new).is_ok());
        assert!(old.descriptions().open(&place, &under_new).is_err());

        let older = taken(&mut ring);
        let new = ring.keys(&vault, &case).unwrap();
        assert!(new.descriptions().open(&place, &under_old).is_err());
        assert!(new.descriptions().open(&place, &under_new).is_ok());
        ring.put_older(&case, older);
        let again = ring.keys(&vault, &case).unwrap();
        assert!(again.descriptions().open(&place, &under_old).is_ok());

        // What names things stays: tokens, and the tags of numbers, erased or not.
        let text = RawText::new("+12025550100".to_owned());
        let phone = Phone::parse(&text, None).unwrap().phone;
        for (one, other) in [(&old, &new), (&old, &both)] {
            let same = one.tokens().token(7).to_string() == other.tokens().token(7).to_string();
            assert!(same);
            let tag = |keys: &CaseKeys| *keys.tags(Field::Number).tag_phone(&phone).as_bytes();
            assert_eq!(tag(one), tag(other));
            let erased = |keys: &CaseKeys| *keys.erased_tags().tag_phone(&phone).as_bytes();
            assert_eq!(erased(one), erased(other));
            let digest = |keys: &CaseKeys| keys.digests().begin().finish();
            assert_eq!(digest(one), digest(other));
        }
    }
}
