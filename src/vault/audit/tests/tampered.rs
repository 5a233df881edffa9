//! Tests only: a log of our own leaves, tampered with in every way, and the offline verifier's
//! verdict on it.

use std::collections::BTreeMap;
use std::convert::Infallible;

use ring::signature::Ed25519KeyPair;

use super::super::*;
use super::least;

const ORIGIN: &str = "log.example/7f3a";
const SIZE: u64 = 900;

#[derive(Clone)]
struct Log {
    leaves: Vec<(u64, Vec<u8>)>,
    hashes: Vec<Hash>,
    notes: Vec<Vec<u8>>,
    key: VerifierKey,
}

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap()
}

fn leaf(seq: u64) -> Leaf {
    let outcome = [Outcome::Done, Outcome::Denied, Outcome::Failed][(seq % 3) as usize];
    Leaf {
        seq,
        time: format!("2024-04-02T09:{:02}:{:02}Z", seq / 60 % 60, seq % 60),
        origin: ORIGIN.to_owned(),
        operator: Some("o_0123456789abcdefghjk".to_owned()),
        role: Some("investigator".to_owned()),
        session: Some("s_0123456789abcdefghjk".to_owned()),
        case: Some("c_0123456789abcdefghjk".to_owned()),
        purpose: Some("scoping".to_owned()),
        outcome,
        rows: Some(seq * 7),
        subjects: Some("c3ViamVjdHM=".to_owned()),
        detail: Some("ZGV0YWls".to_owned()),
        ..least()
    }
}

/// The log over these leaves, with a note signed at every size of `at` (which must rise).
fn log_of(leaves: Vec<Vec<u8>>, at: &[u64]) -> Log {
    let name: KeyName = ORIGIN.parse().unwrap();
    let (mut hashes, mut notes, mut frontier) = (Vec::new(), Vec::new(), Frontier::new());
    for (n, bytes) in leaves.iter().enumerate() {
        frontier.append_storing(leaf_hash(bytes), &mut hashes);
        if at.contains(&(n as u64 + 1)) {
            let (size, root) = (frontier.size(), frontier.root());
            let checkpoint = Checkpoint {
                origin: name.clone(),
                size,
                root,
            };
            notes.push(checkpoint.sign(&pair()).unwrap().into_bytes());
        }
    }
    let key = VerifierKey::of(name, &pair()).unwrap();
    let leaves = (0..).zip(leaves).collect();
    Log {
        leaves,
        hashes,
        notes,
        key,
    }
}

fn good() -> Log {
    let leaves = (0..SIZE).map(|seq| leaf(seq).to_bytes().unwrap());
    log_of(leaves.collect(), &[100, 300, 512, 700, SIZE])
}

impl Log {
    fn leaves(&self) -> impl Iterator<Item = Result<(u64, Vec<u8>), Infallible>> {
        self.leaves.iter().cloned().map(Ok)
    }

    fn verify(&self, kept: bool, stored: bool) -> Result<Verdict, Failure> {
        let (newest, older) = self.notes.split_last().unwrap();
        let kept = if kept { older } else { &[] };
        let claim = Claim {
            checkpoint: newest,
            key: &self.key,
            kept,
        };
        verify_log(self.leaves(), &claim, stored.then_some(&self.hashes))
    }

    /// Kind and place of the failure: bare; with kept checkpoints; with stored hashes.
    fn failures(&self) -> [(FailureKind, Option<u64>); 3] {
        [(false, false), (true, false), (false, true)].map(|(kept, stored)| {
            let failure = self.verify(kept, stored).unwrap_err();
            assert!(failure.to_string().starts_with("verification FAILED"));
            (failure.kind, failure.first_bad)
        })
    }
}

#[test]
fn a_good_log_is_verified_and_counted() {
    let verdict = good().verify(true, true).unwrap();
    assert_eq!(
        (
            verdict.size,
            verdict.kept_checkpoints,
            verdict.stored_hashes
        ),
        (SIZE, 4, true)
    );
    assert_eq!(
        verdict.outcomes,
        Outcomes {
            done: 300,
            denied: 300,
            failed: 300
        }
    );
    assert_eq!(verdict.clock_steps_back, 0);
    assert!(
        verdict
            .to_string()
            .contains("900 leaves of log.example/7f3a")
    );
    assert!(good().verify(false, false).is_ok());
}

#[test]
fn an_empty_log_is_verified() {
    let name: KeyName = ORIGIN.parse().unwrap();
    let note = Checkpoint {
        origin: name,
        size: 0,
        root: EMPTY_ROOT,
    }
    .sign(&pair())
    .unwrap();
    let empty = Log {
        leaves: Vec::new(),
        hashes: Vec::new(),
        notes: vec![note.into()],
        ..good()
    };
    assert_eq!(empty.verify(true, true).unwrap().size, 0);
}

#[test]
fn an_edited_leaf_is_narrowed_by_kept_checkpoints_and_named_by_stored_hashes() {
    let mut log = good();
    log.leaves[403].1 = Leaf {
        rows: Some(1),
        ..leaf(403)
    }
    .to_bytes()
    .unwrap();
    let edited = FailureKind::Edited;
    assert_eq!(
        log.failures(),
        [(edited, None), (edited, None), (edited, Some(403))]
    );
    assert_eq!(log.verify(false, false).unwrap_err().between, Some(0..900));
    let failure = log.verify(true, false).unwrap_err();
    assert_eq!(failure.between, Some(300..512));
    assert!(
        failure
            .to_string()
            .contains("between leaf 300 and leaf 511")
    );
}

#[test]
fn a_flipped_bit_anywhere_in_any_leaf_fails() {
    let log = good();
    for at in (0..SIZE as usize).step_by(13) {
        let mut tampered = log.clone();
        let bytes = &mut tampered.leaves[at].1;
        let byte = (at * 7) % bytes.len();
        bytes[byte] ^= 1 << (at % 8);
        assert!(tampered.verify(false, false).is_err());
        assert_eq!(
            tampered.verify(false, true).unwrap_err().first_bad,
            Some(at as u64)
        );
    }
}

#[test]
fn a_missing_leaf_is_a_gap_and_renumbering_does_not_hide_it() {
    let mut log = good();
    log.leaves.remove(403);
    assert_eq!(log.failures(), [(FailureKind::Gap, Some(403)); 3]);
    for (number, leaf) in (0..).zip(&mut log.leaves) {
        leaf.0 = number;
    }
    assert_eq!(log.failures(), [(FailureKind::Reordered, Some(403)); 3]);
}

#[test]
fn a_leaf_that_stands_twice_or_elsewhere_is_named() {
    let mut log = good();
    let twice = log.leaves[403].clone();
    log.leaves.insert(404, twice);
    assert_eq!(log.failures(), [(FailureKind::Duplicate, Some(404)); 3]);
    let mut log = good();
    log.leaves.swap(403, 404);
    assert_eq!(log.failures(), [(FailureKind::Gap, Some(403)); 3]);
    (log.leaves[403].0, log.leaves[404].0) = (403, 404);
    assert_eq!(log.failures(), [(FailureKind::Reordered, Some(403)); 3]);
}

#[test]
fn a_cut_tail_fails_against_the_newest_and_against_a_kept_checkpoint() {
    let mut log = good();
    log.leaves.truncate(700);
    log.hashes.truncate(stored_hash_count(700) as usize);
    let cut = log.verify(false, false).unwrap_err();
    assert_eq!((cut.kind, cut.first_bad), (FailureKind::CutTail, Some(700)));
    // An older checkpoint, correctly signed, in place of the newest one:
    let newest = log.notes.pop().unwrap();
    assert!(log.verify(true, true).is_ok());
    log.notes.insert(0, newest);
    let failure = log.verify(true, true).unwrap_err();
    assert_eq!(
        (failure.kind, failure.first_bad),
        (FailureKind::CutTail, Some(700))
    );
}

#[test]
fn leaves_past_the_checkpoint_fail() {
    let mut log = good();
    log.leaves.push((SIZE, leaf(SIZE).to_bytes().unwrap()));
    assert_eq!(log.failures(), [(FailureKind::Uncovered, Some(SIZE)); 3]);
}

#[test]
fn history_rewritten_and_signed_anew_fails_against_a_kept_checkpoint() {
    let rows = |seq| Leaf {
        rows: Some(seq + u64::from(seq == 403)),
        ..leaf(seq)
    };
    let rewritten = log_of(
        (0..SIZE).map(|seq| rows(seq).to_bytes().unwrap()).collect(),
        &[SIZE],
    );
    assert!(rewritten.verify(true, true).is_ok());
    let kept = log_of(
        (0..SIZE)
            .map(|seq| {
                Leaf {
                    rows: Some(seq),
                    ..leaf(seq)
                }
                .to_bytes()
                .unwrap()
            })
            .collect(),
        &[300, 512, 700],
    );
    let mut log = rewritten;
    log.notes = [kept.notes, log.notes].concat();
    let failure = log.verify(true, true).unwrap_err();
    assert_eq!(
        (failure.kind, failure.between),
        (FailureKind::Rewritten, Some(300..512))
    );
}

#[test]
fn two_signed_roots_of_one_size_fail() {
    let other = log_of(
        (0..SIZE)
            .map(|seq| {
                Leaf {
                    rows: None,
                    ..leaf(seq)
                }
                .to_bytes()
                .unwrap()
            })
            .collect(),
        &[SIZE],
    );
    let mut log = good();
    log.notes = [other.notes, log.notes].concat();
    assert_eq!(
        log.verify(true, true).unwrap_err().kind,
        FailureKind::Rewritten
    );
    log.notes.rotate_left(1);
    assert_eq!(
        log.verify(true, true).unwrap_err().kind,
        FailureKind::Rewritten
    );
}

#[test]
fn a_changed_stored_hash_is_found_at_every_level() {
    let log = good();
    for position in (0..log.hashes.len()).step_by(11) {
        let mut tampered = log.clone();
        tampered.hashes[position] = EMPTY_ROOT;
        let (level, n) = stored_hash_place(position as u64);
        let failure = tampered.verify(true, true).unwrap_err();
        if level == 0 {
            assert_eq!(
                (failure.kind, failure.first_bad),
                (FailureKind::Edited, Some(n))
            );
        } else {
            let leaves = n << level..(n + 1) << level;
            assert_eq!(
                (failure.kind, failure.between),
                (FailureKind::StoredHash, Some(leaves))
            );
        }
    }
    let mut short = log;
    short.hashes.pop();
    assert_eq!(
        short.verify(true, true).unwrap_err().kind,
        FailureKind::Unreadable
    );
}

#[test]
fn a_leaf_edited_together_with_its_hash_is_found_in_the_node_above() {
    let mut log = good();
    log.leaves[403].1 = Leaf {
        rows: Some(1),
        ..leaf(403)
    }
    .to_bytes()
    .unwrap();
    log.hashes[stored_hash_index(0, 403) as usize] = *leaf_hash(&log.leaves[403].1).as_hash();
    let failure = log.verify(true, true).unwrap_err();
    assert_eq!(
        (failure.kind, failure.between),
        (FailureKind::StoredHash, Some(402..404))
    );
}

#[test]
fn checkpoints_by_another_key_or_of_another_log_fail() {
    let mut log = good();
    let other = Ed25519KeyPair::from_seed_unchecked(&[4; 32]).unwrap();
    log.key = VerifierKey::of(ORIGIN.parse().unwrap(), &other).unwrap();
    assert_eq!(
        log.verify(true, true).unwrap_err().kind,
        FailureKind::Checkpoint
    );
    log.key = VerifierKey::of("log.example/other".parse().unwrap(), &pair()).unwrap();
    assert_eq!(
        log.verify(true, true).unwrap_err().kind,
        FailureKind::Checkpoint
    );
    let mut log = good();
    log.notes[1][20] ^= 1;
    assert_eq!(
        log.verify(true, true).unwrap_err().kind,
        FailureKind::KeptCheckpoint
    );
}

#[test]
fn signed_leaves_that_are_no_leaves_of_this_log_fail_all_the_same() {
    let of = |bad: Vec<u8>| {
        let leaves = (0..10).map(|seq| {
            if seq == 4 {
                bad.clone()
            } else {
                leaf(seq).to_bytes().unwrap()
            }
        });
        log_of(leaves.collect(), &[2, 10]).failures()
    };
    assert_eq!(of(b"{}".to_vec()), [(FailureKind::NotALeaf, Some(4)); 3]);
    let other = Leaf {
        origin: "log.example/other".to_owned(),
        ..leaf(4)
    };
    assert_eq!(
        of(other.to_bytes().unwrap()),
        [(FailureKind::OtherOrigin, Some(4)); 3]
    );
    assert_eq!(
        of(leaf(5).to_bytes().unwrap()),
        [(FailureKind::Reordered, Some(4)); 3]
    );
}

#[test]
fn a_restored_log_has_the_leaves_of_the_log_before_it_and_no_checkpoint_of_what_is_lost() {
    let first: KeyName = ORIGIN.parse().unwrap();
    let second = first.renewed([1; 8]).unwrap();
    let named = |seq: u64, origin: &KeyName| Leaf {
        origin: origin.to_string(),
        ..leaf(seq)
    };
    let bytes = |origins: &dyn Fn(u64) -> KeyName| {
        let leaves = (0..10).map(|seq| named(seq, &origins(seq)).to_bytes().unwrap());
        leaves.collect::<Vec<_>>()
    };
    let (before, after) = (first.clone(), second.clone());
    let restored = bytes(&move |seq| match seq < 6 {
        true => before.clone(),
        false => after.clone(),
    });
    let key = |name: &KeyName| VerifierKey::of(name.clone(), &pair()).unwrap();
    let root = |leaves: &[Vec<u8>]| {
        let (mut frontier, mut hashes) = (Frontier::new(), Vec::new());
        for leaf in leaves {
            frontier.append_storing(leaf_hash(leaf), &mut hashes);
        }
        frontier.root()
    };
    let note = |name: &KeyName, leaves: &[Vec<u8>]| {
        let checkpoint = Checkpoint {
            origin: name.clone(),
            size: leaves.len() as u64,
            root: root(leaves),
        };
        checkpoint.sign(&pair()).unwrap().into_bytes()
    };
    let verify = |leaves: &[Vec<u8>], name: &KeyName, kept: Vec<Vec<u8>>| {
        let newest = note(name, leaves);
        let claim = Claim {
            checkpoint: &newest,
            key: &key(name),
            kept: &kept,
        };
        let stored = (0..).zip(leaves.iter().cloned()).map(Ok::<_, Infallible>);
        verify_log(stored, &claim, None::<&NoHashes>).map_err(|failure| failure.kind)
    };
    // Checkpoints of the log before hold up to the restored leaf.
    let kept = vec![note(&first, &restored[..4]), note(&first, &restored[..6])];
    assert_eq!(
        verify(&restored, &second, kept).unwrap().kept_checkpoints,
        2
    );
    // One beyond it, whatever it was signed over, is of leaves that are lost.
    let lost = bytes(&|_| first.clone());
    for size in [7, 10] {
        let kept = vec![note(&first, &lost[..size])];
        assert_eq!(
            verify(&restored, &second, kept),
            Err(FailureKind::CutTail),
            "{size}"
        );
    }
    let longer: Vec<_> = (0..12).map(|seq| leaf(seq).to_bytes().unwrap()).collect();
    let kept = vec![note(&first, &longer)];
    assert_eq!(verify(&restored, &second, kept), Err(FailureKind::CutTail));
    // The first log goes on from none, and after a leaf of the new log there is none of an earlier one.
    assert_eq!(
        verify(&restored, &first, vec![]),
        Err(FailureKind::OtherOrigin)
    );
    let mixed = bytes(&|seq| match seq == 5 {
        true => second.clone(),
        false => first.clone(),
    });
    assert_eq!(
        verify(&mixed, &second, vec![]),
        Err(FailureKind::OtherOrigin)
    );
}

#[test]
fn a_clock_that_steps_back_is_counted_and_does_not_fail() {
    let leaves = (0..10).map(|seq| Leaf {
        time: leaf(20 - seq % 4).time,
        ..leaf(seq)
    });
    let log = log_of(leaves.map(|leaf| leaf.to_bytes().unwrap()).collect(), &[10]);
    assert_eq!(log.verify(false, false).unwrap().clock_steps_back, 7);
}

#[test]
fn a_leaf_that_cannot_be_read_fails_where_it_stands() {
    let log = good();
    let leaves = log.leaves.iter().cloned().map(|leaf| {
        if leaf.0 == 403 {
            Err(NotStored { position: 0 })
        } else {
            Ok(leaf)
        }
    });
    let claim = Claim {
        checkpoint: log.notes.last().unwrap(),
        key: &log.key,
        kept: &[],
    };
    let failure = verify_log(leaves, &claim, None::<&NoHashes>).unwrap_err();
    assert_eq!(
        (failure.kind, failure.first_bad),
        (FailureKind::Unreadable, Some(403))
    );
}

fn exported(log: &Log) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let note = std::str::from_utf8(log.notes.last().unwrap()).unwrap();
    let leaves = log.leaves().map(|leaf| leaf.map(|(_, bytes)| bytes));
    write_log(leaves, note, |name, bytes| {
        assert!(
            files.insert(name.to_owned(), bytes.to_vec()).is_none(),
            "{name} twice"
        );
        Ok(())
    })
    .unwrap();
    files
}

fn written(files: &BTreeMap<String, Vec<u8>>) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    directory
}

fn verify_files(files: &BTreeMap<String, Vec<u8>>, log: &Log) -> Result<Verdict, Failure> {
    let directory = written(files);
    let read = ExportedLog::open(directory.path()).unwrap();
    let claim = Claim {
        checkpoint: read.checkpoint(),
        key: &log.key,
        kept: &log.notes,
    };
    verify_log(read.leaves(), &claim, Some(&read))
}

#[test]
fn an_exported_log_is_verified_and_a_change_in_any_file_is_found() {
    let log = good();
    let files = exported(&log);
    assert_eq!(verify_files(&files, &log).unwrap().size, SIZE);
    for name in files.keys().filter(|name| *name != "checkpoint") {
        for at in [0, files[name].len() / 3, files[name].len() - 1] {
            let mut changed = files.clone();
            changed.get_mut(name).unwrap()[at] ^= 1;
            assert!(verify_files(&changed, &log).is_err(), "{name} {at}");
        }
        let (mut short, mut long, mut without) = (files.clone(), files.clone(), files.clone());
        short.get_mut(name).unwrap().pop();
        long.get_mut(name).unwrap().push(0);
        without.remove(name);
        for changed in [short, long, without] {
            assert_eq!(
                verify_files(&changed, &log).unwrap_err().kind,
                FailureKind::Unreadable,
                "{name}"
            );
        }
    }
}

#[test]
fn an_exported_log_gives_every_stored_hash() {
    let log = good();
    let directory = written(&exported(&log));
    let read = ExportedLog::open(directory.path()).unwrap();
    let positions: Vec<u64> = (0..log.hashes.len() as u64).collect();
    assert_eq!(read.read(&positions).unwrap(), log.hashes);
    let past = log.hashes.len() as u64;
    for position in [past, past + 1, u64::MAX / 2] {
        assert!(
            matches!(read.read(&[position]), Err(ExportError::NoHash { .. })),
            "{position}"
        );
    }
}

#[test]
fn an_export_is_not_written_over_another_nor_with_another_size() {
    let log = good();
    let note = std::str::from_utf8(log.notes.last().unwrap()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let leaves = || log.leaves().map(|leaf| leaf.map(|(_, bytes)| bytes));
    let short = write_log_to(directory.path(), leaves().take(899), note);
    assert!(matches!(
        short,
        Err(ExportError::Size {
            leaves: 899,
            size: 900
        })
    ));
    let again = write_log_to(directory.path(), leaves(), note);
    assert!(matches!(again, Err(ExportError::Write { .. })));
}
