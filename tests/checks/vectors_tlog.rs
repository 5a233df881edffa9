//! The audit log's formats, checked with vectors made by others: every byte that we write equals
//! theirs, and everything that must be rejected is rejected for the given reason.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use breachvault::vault::audit::*;
use ring::signature::Ed25519KeyPair;

const ORIGIN: &str = "vault.example/audit/inc-0001";
const SIZE: u64 = 700;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name)
}

fn vector(name: &str) -> Vec<u8> {
    fs::read(folder("tlog").join(name)).unwrap()
}

fn text(name: &str) -> String {
    String::from_utf8(vector(name)).unwrap()
}

fn signing_key() -> Ed25519KeyPair {
    let seed: Vec<u8> = (0..32).collect();
    Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
}

fn log_key() -> VerifierKey {
    text("log.vkey").trim_end().parse().unwrap()
}

fn entry(index: u64) -> Vec<u8> {
    let actor = index % 7;
    format!(r#"{{"seq":{index},"action":"record.search","actor":"u-{actor}","outcome":"allow"}}"#)
        .into_bytes()
}

/// The stored hashes of the whole log, and the root at every size.
fn log() -> (Vec<Hash>, Vec<Hash>) {
    let (mut frontier, mut hashes, mut roots) = (Frontier::new(), Vec::new(), vec![EMPTY_ROOT]);
    for index in 0..SIZE {
        frontier.append_storing(leaf_hash(&entry(index)), &mut hashes);
        roots.push(frontier.root());
    }
    (hashes, roots)
}

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint {
        origin: ORIGIN.parse().unwrap(),
        size,
        root: log().1[size as usize],
    }
}

fn hashes_of(lines: &str) -> Result<Vec<Hash>, HashError> {
    lines.lines().map(str::parse).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_key_its_id_and_its_text_are_the_vectors() {
    let key = VerifierKey::of(ORIGIN.parse().unwrap(), &signing_key()).unwrap();
    assert_eq!(hex(&key.id()), "75c72901");
    assert_eq!(
        hex(key.public()),
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    );
    assert_eq!(key.to_string(), text("log.vkey").trim_end());
    assert_eq!(log_key(), key);
}

#[test]
fn leaves_and_roots_are_the_vectors() {
    assert_eq!(
        hex(leaf_hash(&entry(0)).as_hash().as_bytes()),
        "ae117004ae1b316ac252bddd216a5526f58474ec0e659e415f1520774652c9dc"
    );
    assert_eq!(entry(523), vector("entry-523.bin"));
    let (hashes, roots) = log();
    for (size, expected) in [
        (0_u64, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        (1, "rhFwBK4bMWrCUr3dIWpVJvWEdOwOZZ5BXxUgd0ZSydw="),
        (2, "n0RxkbApj9HQ4cmbOYQ+XUzTxocP5fcT6vJKtjkTnjg="),
        (3, "fb1NBQUwFV/+Ufc8QbojDHPygSoyg7xO/ISPpw+hyK0="),
        (300, "M4V7HDMd94Q8ANOEJ2b5a4sRC7WKX57L8CfWVxrZg8c="),
        (700, "XxiqDN9Q6sUC8HCxtmLDEXGe/c1FxQaYCAqCz6AMTfk="),
    ] {
        assert_eq!(roots[size as usize].to_string(), expected);
        assert_eq!(root(size, &hashes).unwrap().to_string(), expected);
        assert_eq!(
            Frontier::read(size, &hashes).unwrap().root().to_string(),
            expected
        );
    }
}

#[test]
fn checkpoints_are_signed_byte_for_byte() {
    for (size, name) in [(300, "checkpoint-old"), (700, "checkpoint")] {
        let note = checkpoint(size).sign(&signing_key()).unwrap();
        assert_eq!(note, text(name));
        assert_eq!(
            Checkpoint::open(note.as_bytes(), &log_key()),
            Ok(checkpoint(size))
        );
    }
}

#[test]
fn cosigned_and_post_quantum_checkpoints_open_with_the_logs_key() {
    for (name, unknown) in [("checkpoint.cosigned", 1), ("checkpoint.hybrid-3sigs", 2)] {
        let (note, known) = (vector(name), [log_key()]);
        let opened = open(&note, &known).unwrap();
        assert_eq!((opened.signed_by.len(), opened.unknown), (1, unknown));
        assert_eq!(Checkpoint::open(&note, &log_key()), Ok(checkpoint(700)));
    }
}

#[test]
fn a_fork_opens_and_is_not_the_same_tree() {
    for name in ["add-checkpoint-300", "add-checkpoint-700"] {
        let body = text(name);
        let (_, note) = body.split_once("\n\n").unwrap();
        assert!(Checkpoint::open(note.as_bytes(), &log_key()).is_ok());
    }
    let fork = text("add-checkpoint-700-fork");
    let (_, note) = fork.split_once("\n\n").unwrap();
    let fork = Checkpoint::open(note.as_bytes(), &log_key()).unwrap();
    assert_ne!(fork.root, checkpoint(700).root);
    assert!(verify_consistency(700, 700, &checkpoint(700).root, &fork.root, &[]).is_err());
}

#[test]
fn the_specifications_own_note_opens() {
    let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let known: [VerifierKey; 1] = [key.parse().unwrap()];
    let note = "This is an example message.\n\n\u{2014} example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let opened = open(note.as_bytes(), &known).unwrap();
    assert_eq!(opened.text, "This is an example message.\n");
    assert_eq!(known[0].to_string(), key);
}

#[test]
fn inclusion_proofs_are_written_and_verified_byte_for_byte() {
    let path = inclusion_proof(523, 700, &log().0).unwrap();
    assert_eq!(path, hashes_of(&text("proof-523.b64")).unwrap());
    for (checkpoint, name) in [
        ("checkpoint", "entry-523.tlog-proof"),
        ("checkpoint.cosigned", "entry-523.cosigned.tlog-proof"),
    ] {
        let proof = InclusionProof::new(523, path.clone(), text(checkpoint));
        assert_eq!(proof.to_string(), text(name));
        let read: InclusionProof = text(name).parse().unwrap();
        assert_eq!(read, proof);
        let proven = read.verify(&vector("entry-523.bin"), &log_key()).unwrap();
        assert_eq!(
            (proven.index, proven.size, proven.origin.as_str()),
            (523, 700, ORIGIN)
        );
        assert!(read.verify(&entry(522), &log_key()).is_err());
    }
}

#[test]
fn consistency_proofs_are_written_and_verified_byte_for_byte() {
    let (hashes, roots) = log();
    let path = consistency_proof(300, 700, &hashes).unwrap();
    let lines: String = path.iter().map(|hash| format!("{hash}\n")).collect();
    assert_eq!(lines, text("consistency-300-700.b64"));
    assert_eq!(
        verify_consistency(300, 700, &roots[300], &roots[700], &path),
        Ok(())
    );
}

#[test]
fn the_exported_log_is_the_same_files_byte_for_byte() {
    let directory = tempfile::tempdir().unwrap();
    let leaves = (0..SIZE).map(|index| Ok::<_, Infallible>(entry(index)));
    write_log_to(directory.path(), leaves, &text("checkpoint")).unwrap();
    let ours = files(directory.path());
    assert_eq!(ours, files(&folder("tlog/tiles")));
    assert_eq!(ours.len(), 8);
}

#[test]
fn the_vectors_tiles_are_read_back() {
    let exported = ExportedLog::open(&folder("tlog/tiles")).unwrap();
    assert_eq!(exported.checkpoint(), vector("checkpoint"));
    let leaves: Vec<_> = exported.leaves().map(Result::unwrap).collect();
    assert!(
        leaves
            .iter()
            .zip(0..)
            .all(|((seq, leaf), index)| *seq == index && *leaf == entry(index))
    );
    assert_eq!(leaves.len() as u64, SIZE);
    assert_eq!(root(SIZE, &exported).unwrap(), checkpoint(SIZE).root);
    assert_eq!(
        inclusion_proof(523, 700, &exported).unwrap(),
        hashes_of(&text("proof-523.b64")).unwrap()
    );
    assert_eq!(
        consistency_proof(300, 700, &exported).unwrap(),
        hashes_of(&text("consistency-300-700.b64")).unwrap()
    );
}

#[test]
fn the_vectors_entries_are_no_leaves_of_ours_and_the_verifier_says_so() {
    let exported = ExportedLog::open(&folder("tlog/tiles")).unwrap();
    let key = log_key();
    let claim = Claim {
        checkpoint: exported.checkpoint(),
        key: &key,
        kept: &[],
    };
    let failure = verify_log(exported.leaves(), &claim, Some(&exported)).unwrap_err();
    assert_eq!(
        (failure.kind, failure.first_bad),
        (FailureKind::NotALeaf, Some(0))
    );
}

/// Every file under `tlog-negative/<what>/` is one case that must be rejected, for
/// the reason `tlog-negative/reasons` gives.
#[test]
fn every_negative_vector_is_rejected_for_its_reason() {
    let cases = files(&folder("tlog-negative"));
    let mut found = BTreeSet::new();
    for (name, bytes) in cases.iter().filter(|(name, _)| *name != "reasons") {
        let reason = rejection(name, bytes);
        found.insert(format!(
            "{name}: {}",
            reason.unwrap_or_else(|| "ACCEPTED".to_owned())
        ));
    }
    let found: String = found.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(found, String::from_utf8_lossy(&cases["reasons"]));
}

fn rejection(name: &str, bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let (kind, _) = name.split_once('/').unwrap();
    match kind {
        "checkpoint" => Checkpoint::open(bytes, &log_key()).err().map(|e| chain(&e)),
        "proof" => {
            let proof = text.parse::<InclusionProof>();
            let leaf = vector("entry-523.bin");
            proof
                .and_then(|proof| proof.verify(&leaf, &log_key()))
                .err()
                .map(|e| chain(&e))
        }
        "consistency" => match hashes_of(&text) {
            Err(error) => Some(chain(&error)),
            Ok(path) => {
                let (old, new) = (checkpoint(300).root, checkpoint(700).root);
                verify_consistency(300, 700, &old, &new, &path)
                    .err()
                    .map(|e| chain(&e))
            }
        },
        "vkey" => text.parse::<VerifierKey>().err().map(|e| chain(&e)),
        "leaf" => Leaf::parse(bytes).err().map(|e| chain(&e)),
        other => panic!("no such kind of vector: {other}"),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        None => error.to_string(),
        Some(source) => format!("{error}: {}", chain(source)),
    }
}

/// Every file under `root` by its path.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}
