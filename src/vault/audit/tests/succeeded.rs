//! Logs whose key has successors: who follows them, from where, and who must not.

use std::convert::Infallible;

use ring::signature::Ed25519KeyPair;

use super::least;
use crate::vault::audit::{
    Checkpoint, Claim, Failure, FailureKind, Frontier, KeyName, Leaf, NoHashes, Outcome, Successor,
    Verdict, VerifierKey, leaf_hash, verify_log,
};

const ORIGIN: &str = "log.example/keys";

fn name() -> KeyName {
    ORIGIN.parse().unwrap()
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn key(seed: u8) -> VerifierKey {
    VerifierKey::of(name(), &pair(seed)).unwrap()
}

fn leaf(seq: u64, successor: Option<String>) -> Vec<u8> {
    let leaf = Leaf {
        seq,
        time: format!("2024-04-02T09:00:{seq:02}Z"),
        origin: ORIGIN.to_owned(),
        action: "slot.carry-out".to_owned(),
        outcome: Outcome::Done,
        successor,
        ..least()
    };
    leaf.to_bytes().unwrap()
}

/// Leaf `seq`, in which the first key signs the second.
fn succession(seq: u64, from: u8, to: u8) -> Vec<u8> {
    let text = Successor::sign(&name(), seq, &pair(from), &key(to), [to; 32]).unwrap();
    leaf(seq, Some(text))
}

/// Twelve leaves: key 1 up to leaf 3, which names key 2; leaf 7 names key 3.
fn log() -> Vec<Vec<u8>> {
    let each = (0..12).map(|seq| match seq {
        3 => succession(3, 1, 2),
        7 => succession(7, 2, 3),
        _ => leaf(seq, None),
    });
    each.collect()
}

/// A checkpoint over the first `size` leaves, by a key.
fn note(leaves: &[Vec<u8>], size: usize, by: u8) -> Vec<u8> {
    let (mut frontier, mut hashes) = (Frontier::new(), Vec::new());
    for leaf in &leaves[..size] {
        frontier.append_storing(leaf_hash(leaf), &mut hashes);
    }
    let checkpoint = Checkpoint {
        origin: name(),
        size: size as u64,
        root: frontier.root(),
    };
    checkpoint.sign(&pair(by)).unwrap().into_bytes()
}

fn verify(
    leaves: &[Vec<u8>],
    newest: (usize, u8),
    given: u8,
    kept: &[Vec<u8>],
) -> Result<Verdict, Failure> {
    let (size, by) = newest;
    let checkpoint = note(leaves, size, by);
    let claim = Claim {
        checkpoint: &checkpoint,
        key: &key(given),
        kept,
    };
    let stored = (0..)
        .zip(leaves[..size].iter().cloned())
        .map(Ok::<_, Infallible>);
    verify_log(stored, &claim, None::<&NoHashes>)
}

fn kind(found: Result<Verdict, Failure>) -> FailureKind {
    found.unwrap_err().kind
}

#[test]
fn whoever_has_an_old_key_follows_from_a_kept_checkpoint_and_from_nowhere_else() {
    let log = log();
    let told = verify(&log, (12, 3), 3, &[]).unwrap();
    let named: Vec<_> = told
        .successors
        .iter()
        .map(|one| (one.leaf, one.key.clone()))
        .collect();
    assert_eq!(named, [(3, key(2)), (7, key(3))]);
    for (given, size) in [(1, 1), (1, 3), (2, 4), (2, 7)] {
        // Without a kept checkpoint nobody follows, and the failure says what to do.
        let refused = verify(&log, (12, 3), given, &[]).unwrap_err();
        assert_eq!(refused.kind, FailureKind::Checkpoint);
        assert!(refused.explanation.contains("--checkpoint"), "{refused}");
        let kept = [note(&log, size, given)];
        let told = verify(&log, (12, 3), given, &kept).unwrap();
        assert_eq!((told.size, told.kept_checkpoints), (12, 1));
        // A kept checkpoint of another history.
        let mut other = log.clone();
        other[0] = leaf(0, Some("x".to_owned()));
        let kept = [note(&other, size, given)];
        assert!(verify(&log, (12, 3), given, &kept).is_err());
    }
    // Whoever has the key of today may have kept checkpoints of the earlier ones.
    let kept = [note(&log, 2, 1), note(&log, 5, 2), note(&log, 9, 3)];
    assert_eq!(verify(&log, (12, 3), 3, &kept).unwrap().kept_checkpoints, 3);
    assert!(verify(&log, (12, 3), 1, &kept).is_ok());
}

#[test]
fn a_key_that_has_a_successor_signs_nothing_any_more() {
    let log = log();
    // The newest checkpoint by a key that was replaced, though it is the one that is trusted.
    for (given, at) in [(1, 3), (2, 7)] {
        let failure = verify(&log, (12, given), given, &[]).unwrap_err();
        assert_eq!(
            (failure.kind, failure.first_bad),
            (FailureKind::Successor, Some(at))
        );
    }
    // A kept checkpoint that the old key signed over its own succession.
    let kept = [note(&log, 4, 1)];
    assert_eq!(
        kind(verify(&log, (12, 3), 1, &kept)),
        FailureKind::Successor
    );
    // A key that is not the log's yet.
    let kept = [note(&log, 2, 3)];
    assert_eq!(
        kind(verify(&log, (12, 3), 3, &kept)),
        FailureKind::Successor
    );
    // A checkpoint that none of the keys signed, kept or newest.
    let kept = [note(&log, 2, 9)];
    assert_eq!(
        kind(verify(&log, (12, 3), 3, &kept)),
        FailureKind::KeptCheckpoint
    );
    let kept = [note(&log, 2, 1)];
    assert_eq!(
        kind(verify(&log, (12, 9), 1, &kept)),
        FailureKind::Checkpoint
    );
    assert_eq!(
        kind(verify(&log, (12, 2), 1, &kept)),
        FailureKind::Checkpoint
    );
}

#[test]
fn a_succession_that_the_key_before_did_not_sign_is_named() {
    let kept = |log: &[Vec<u8>]| [note(log, 2, 1)];
    // Signed by a key that is not the log's: whoever has the database cannot make a successor.
    let mut forged = log();
    forged[7] = succession(7, 9, 3);
    for given in [1, 3] {
        let failure = verify(&forged, (12, 3), given, &kept(&forged)).unwrap_err();
        assert_eq!(
            (failure.kind, failure.first_bad),
            (FailureKind::Successor, Some(7))
        );
    }
    // Of another leaf, and no succession at all.
    let other = Successor::sign(&name(), 6, &pair(2), &key(3), [3; 32]).unwrap();
    for text in [other, "successor".to_owned()] {
        let mut forged = log();
        forged[7] = leaf(7, Some(text));
        let failure = verify(&forged, (12, 3), 1, &kept(&forged)).unwrap_err();
        assert_eq!(
            (failure.kind, failure.first_bad),
            (FailureKind::Successor, Some(7))
        );
    }
    // A log whose newest leaves were cut, with the succession in them, is not taken for whole.
    let log = log();
    let kept = [note(&log, 9, 3)];
    assert!(verify(&log, (6, 2), 2, &kept).is_err());
    assert!(verify(&log, (6, 2), 3, &kept).is_err());
}
