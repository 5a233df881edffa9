//! The successor of a log's key: a leaf names it, and the key before signs it.
//!
//! The leaf's member `successor` has four texts with a space between them: the verifier key before, the verifier key
//! after, the key that signs packages from then on (base64 of 32 bytes), and the base64 of the key id and the
//! signature of the key before, as they stand in a signed note (c2sp.org/signed-note). The note's text is
//!
//! ```text
//! breachvault signing keys
//! <the log's name>
//! <the number of the leaf>
//! <the verifier key after>
//! <the key of packages>
//! ```
//!
//! Its first line has spaces, which no log's name has, so it can never be read as a checkpoint. Every checkpoint over
//! this leaf is signed by the key after.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::Ed25519KeyPair;

use super::key::{KeyName, VerifierKey};
use super::leaf::{Leaf, Outcome};
use super::note::{NoteError, open, sign};

/// A successor that the key before it signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// The key before.
    pub before: VerifierKey,
    /// The key after.
    pub after: VerifierKey,
    /// The key that signs packages from then on (Ed25519, RFC 8032).
    pub packages: [u8; 32],
}

impl Successor {
    /// What leaf `seq` of the log `origin` says of it; `pair` is the one before.
    pub fn sign(
        origin: &KeyName,
        seq: u64,
        pair: &Ed25519KeyPair,
        after: &VerifierKey,
        packages: [u8; 32],
    ) -> Result<String, NoteError> {
        let before = VerifierKey::of(origin.clone(), pair).map_err(NoteError::SigningKey)?;
        let packages = STANDARD.encode(packages);
        let note = sign(
            &statement(origin.as_str(), seq, after, &packages),
            origin,
            pair,
        )?;
        let signature = note.trim_end().rsplit(' ').next().unwrap_or_default();
        Ok(format!("{before} {after} {packages} {signature}"))
    }

    /// The successor that a leaf names, if the key before signed it for this leaf and log.
    pub fn of_leaf(leaf: &[u8]) -> Option<Self> {
        let leaf = Leaf::parse(leaf).ok()?;
        let text = leaf.successor.as_deref()?;
        let mut parts = text.split(' ');
        let (before, after) = (parts.next()?, parts.next()?);
        let (packages, signature) = (parts.next()?, parts.next()?);
        let before: VerifierKey = before.parse().ok()?;
        let after: VerifierKey = after.parse().ok()?;
        let named = [&before, &after]
            .iter()
            .all(|key| key.name().as_str() == leaf.origin);
        if !named || parts.next().is_some() || leaf.outcome != Outcome::Done || before == after {
            return None;
        }
        let text = statement(&leaf.origin, leaf.seq, &after, packages);
        let note = format!("{text}\n\u{2014} {} {signature}\n", leaf.origin);
        open(note.as_bytes(), std::slice::from_ref(&before)).ok()?;
        let key = STANDARD.decode(packages).ok()?;
        Some(Self {
            before,
            after,
            packages: key.try_into().ok()?,
        })
    }
}

fn statement(origin: &str, seq: u64, after: &VerifierKey, packages: &str) -> String {
    format!("{FIRST_LINE}\n{origin}\n{seq}\n{after}\n{packages}\n")
}

const FIRST_LINE: &str = "breachvault signing keys";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::audit::Checkpoint;
    use crate::vault::audit::tests::least;
    use proptest::prelude::*;

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn key(name: &str, seed: u8) -> VerifierKey {
        VerifierKey::of(name.parse().unwrap(), &pair(seed)).unwrap()
    }

    fn leaf(seq: u64, origin: &str, successor: &str) -> Vec<u8> {
        let leaf = Leaf {
            seq,
            origin: origin.to_owned(),
            action: "slot.carry-out".to_owned(),
            outcome: Outcome::Done,
            successor: Some(successor.to_owned()),
            ..least()
        };
        leaf.to_bytes().unwrap()
    }

    fn signed(seq: u64) -> String {
        let name: KeyName = "log.example/a".parse().unwrap();
        Successor::sign(&name, seq, &pair(1), &key("log.example/a", 2), [7; 32]).unwrap()
    }

    #[test]
    fn a_successor_counts_in_its_own_leaf_and_log_only() {
        let text = signed(5);
        let found = Successor::of_leaf(&leaf(5, "log.example/a", &text)).unwrap();
        assert_eq!(found.before, key("log.example/a", 1));
        assert_eq!(found.after, key("log.example/a", 2));
        assert_eq!(found.packages, [7; 32]);
        assert_eq!(Successor::of_leaf(&leaf(6, "log.example/a", &text)), None);
        assert_eq!(Successor::of_leaf(&leaf(5, "log.example/b", &text)), None);
        // A key that named itself would say that it has a successor and go on.
        let name: KeyName = "log.example/a".parse().unwrap();
        let own = Successor::sign(&name, 5, &pair(1), &key("log.example/a", 1), [7; 32]).unwrap();
        assert_eq!(Successor::of_leaf(&leaf(5, "log.example/a", &own)), None);
        // Somebody else's signature, and no signature at all.
        let other = Successor::sign(&name, 5, &pair(3), &key("log.example/a", 2), [7; 32]).unwrap();
        let (_, rest) = other.split_once(' ').unwrap();
        let forged = format!("{} {rest}", key("log.example/a", 1));
        assert_eq!(Successor::of_leaf(&leaf(5, "log.example/a", &forged)), None);
        let cut = text.rsplit_once(' ').unwrap().0;
        assert_eq!(Successor::of_leaf(&leaf(5, "log.example/a", cut)), None);
    }

    #[test]
    fn what_is_signed_is_no_checkpoint() {
        let text = statement("log.example/a", 5, &key("log.example/a", 2), "AAAA");
        assert!(text.parse::<Checkpoint>().is_err());
    }

    proptest! {
        #[test]
        fn a_successor_with_any_letter_changed_is_refused(at: prop::sample::Index, to in "[A-Za-z0-9+/= ]") {
            let text = signed(5);
            let at = at.index(text.len());
            prop_assume!(text.is_char_boundary(at) && !text[at..].starts_with(&to));
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            let found = Successor::of_leaf(&leaf(5, "log.example/a", &changed));
            prop_assert_eq!(found, None);
        }

        #[test]
        fn any_text_is_read_or_refused_without_panic(text in "\\PC{0,200}") {
            prop_assert_eq!(Successor::of_leaf(&leaf(5, "log.example/a", &text)), None);
        }
    }
}
