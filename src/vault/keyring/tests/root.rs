//! A root gets a successor: every holder opens it, and nobody who only had the one before.

use std::fs;
use std::path::Path;

use age::secrecy::ExposeSecret as _;
use ring::signature::KeyPair as _;

use super::bench::{Bench, MADE, NEW, OLD, case, new};
use crate::domain::SlotLabel;
use crate::vault::keyring::body::body_sealer;
use crate::vault::keyring::file::{KeyringFile, body_aad};
use crate::vault::keyring::passphrase::Passphrase;
use crate::vault::keyring::root_keys::ROOT_KEY;
use crate::vault::keyring::secret::Secret;
use crate::vault::keyring::slot::Way;
use crate::vault::keyring::slot_key::open_root;
use crate::vault::keyring::{
    Handed, Keyring, KeyringError, LockedKeyring, PreparedSlot, Program, Programs, Share,
    SlotWanted,
};
use crate::vault::plaintext::{Aad, KeyId, TermSealer};

/// `cat` wraps a key as it is, and gives it back.
fn programs() -> Programs {
    let cat = Program::new(&["/bin/cat".to_owned()]).unwrap();
    Programs {
        age: None,
        wrap: Some(cat.clone()),
        open: Some(cat),
    }
}

/// What the holders of four slots have, one of each kind.
struct Holders {
    identity: age::x25519::Identity,
    shares: Vec<String>,
}

fn add(keyring: &mut Keyring, bench: &Bench, wanted: &SlotWanted) -> Handed {
    let label = SlotLabel::parse("another").unwrap();
    let (vault, params) = (keyring.vault().clone(), keyring.argon2id());
    let made = PreparedSlot::make(&vault, label, wanted, params, &programs(), &bench.entropy);
    let made = made.unwrap();
    keyring.add_slot(&made, MADE, &bench.entropy).unwrap();
    made.handed
}

fn with_four_slots(bench: &Bench) -> (Keyring, Holders) {
    let mut keyring = bench.create().unwrap();
    keyring.add_case(&case(1), &bench.entropy).unwrap();
    let Handed::Shares(shares) = add(&mut keyring, bench, &SlotWanted::Shares { k: 2, n: 3 })
    else {
        panic!("no shares");
    };
    let identity = age::x25519::Identity::generate();
    let recipients = vec![identity.to_public().to_string()];
    add(&mut keyring, bench, &SlotWanted::Age { recipients });
    add(&mut keyring, bench, &SlotWanted::Command);
    let shares = shares.iter().map(|share| share.to_string()).collect();
    (keyring, Holders { identity, shares })
}

impl Holders {
    /// Opens the file with what each holder has, and answers the keyrings by slot.
    fn open(&self, bench: &Bench) -> Vec<Keyring> {
        let locked = LockedKeyring::read(&bench.path()).unwrap();
        let mut gathering = locked.gathering();
        for share in &self.shares[1..] {
            gathering.add(Share::parse(share).unwrap()).unwrap();
        }
        let identity = self.identity.to_string();
        let all = [
            bench.unlock(OLD),
            locked.unlock_with_shares(&gathering),
            locked.unlock_with_identity(identity.expose_secret(), Path::new("/none"), None),
            locked.unlock_with_program(programs().open.as_ref()),
        ];
        all.into_iter().map(Result::unwrap).collect()
    }
}

fn file(bench: &Bench) -> KeyringFile {
    KeyringFile::parse(&fs::read(bench.path()).unwrap()).unwrap()
}

fn rotate(keyring: &mut Keyring, bench: &Bench, signing: u32, change: &str) {
    keyring
        .rotate_root(signing, change, MADE, &bench.entropy)
        .unwrap();
}

#[test]
fn every_kind_of_slot_opens_the_new_root_without_its_holder_having_been_there() {
    let bench = Bench::new();
    let (mut keyring, holders) = with_four_slots(&bench);
    let before = keyring.status();
    let key = |keyring: &Keyring, number| {
        let pair = keyring.log_signing(number).unwrap();
        pair.public_key().as_ref().to_vec()
    };
    let signed = [0, 1].map(|number| key(&keyring, number));
    let old_root = *keyring.stolen().0.bytes();
    rotate(&mut keyring, &bench, 1, "one change");
    assert!(keyring.root_rotates());
    let again = holders.open(&bench);
    for (no, opened) in (0..).zip(&again) {
        assert_eq!(opened.opened().slot, no);
        assert_eq!(opened.stolen().0.bytes(), keyring.stolen().0.bytes());
        assert_ne!(opened.stolen().0.bytes(), &old_root);
        assert_eq!(opened.root_keys().key_id(), KeyId::of_vault(2));
        assert!(opened.root_keys().control(KeyId::of_vault(1)).is_some());
        assert!(opened.has_case(&case(1)));
        // Signing keys that were in force stay what they were, so that what they signed verifies.
        assert_eq!(key(opened, 0), signed[0]);
        assert_ne!(key(opened, 1), signed[1]);
    }
    let after = again[0].status();
    assert_eq!(after.generation, before.generation + 1);
    assert_eq!((before.root_since, after.root_since), (1, after.generation));
    // The slots are the same to whoever compares fingerprints.
    assert_eq!(after.slots, before.slots);

    // The same change once more changes nothing, and another one has to wait.
    rotate(&mut keyring, &bench, 1, "one change");
    assert_eq!(keyring.generation(), after.generation);
    let twice = keyring.rotate_root(2, "another change", MADE, &bench.entropy);
    assert_eq!(twice, Err(KeyringError::RootRotates));
    keyring.retire_vault_keys(&bench.entropy).unwrap();
    for opened in holders.open(&bench) {
        assert!(!opened.root_rotates());
        assert!(opened.root_keys().control(KeyId::of_vault(1)).is_none());
    }
    rotate(&mut keyring, &bench, 2, "another change");
    assert_eq!(
        holders.open(&bench)[1].root_keys().key_id(),
        KeyId::of_vault(3)
    );
}

/// All secrets of 32 bytes that somebody has who read the memory of a vault, and so has all that its file had.
fn known(stolen: &Keyring) -> Vec<Secret<32>> {
    let (root, file, own) = stolen.stolen();
    let copy = |secret: &Secret<32>| Secret::copied(secret.bytes()).unwrap();
    let mut all = vec![
        copy(root),
        copy(&own.lasting),
        copy(own.signing(0).unwrap()),
    ];
    all.extend(own.keys().iter().map(|(_, key)| copy(key)));
    let slots = file.slots.iter();
    all.extend(slots.map(|slot| slot.sealed_key(&file.vault, root).unwrap()));
    all
}

#[test]
fn whoever_has_the_old_root_and_both_files_does_not_open_the_new_one() {
    let bench = Bench::new();
    let (mut keyring, holders) = with_four_slots(&bench);
    let thief = bench.unlock(OLD).unwrap();
    let old = file(&bench);
    let stolen = known(&thief);
    // So far they open everything: the control of this test.
    let opens = |file: &KeyringFile, root: &Secret<32>| {
        let aad = body_aad(&file.vault, file.generation, &file.root, &file.slots).unwrap();
        let sealer = body_sealer(&file.vault, root).unwrap();
        sealer.open(&aad, &file.body.0).is_ok()
    };
    assert!(opens(&old, &stolen[0]));

    rotate(&mut keyring, &bench, 1, "one change");
    let next = file(&bench);
    assert_eq!(next.slots.len(), 4);
    for secret in &stolen {
        assert!(!opens(&next, secret));
        for slot in &next.slots {
            let unwrapped = slot.unwrap(&next.vault, secret, next.root.since);
            assert_eq!(unwrapped.err(), Some(KeyringError::WrongPassphrase));
            assert!(slot.sealed_key(&next.vault, secret).is_err());
            // Each slot's own key is among what was stolen; the private part of its pair is not.
            let (held, sealed) = slot.parts();
            let place = Aad::keyring_root(&next.vault, next.root.since, slot.no);
            for beside in [held, &[0; 74][..]] {
                let made_up = [&secret.bytes()[..], beside].concat();
                assert!(open_root(sealed, &place, &made_up).is_none());
            }
        }
    }
    // Old slots in the new file give the old root, which opens nothing there.
    let mut mixed = next.clone();
    mixed.slots.clone_from(&old.slots);
    fs::write(bench.path(), mixed.to_bytes().unwrap()).unwrap();
    assert!(bench.unlock(OLD).is_err());
    fs::write(bench.path(), next.to_bytes().unwrap()).unwrap();
    assert_eq!(holders.open(&bench).len(), 4);
}

/// What the passphrase opens in a slot: its own key and the private part.
fn held_by(file: &KeyringFile, no: usize, passphrase: &str) -> Option<Vec<u8>> {
    let slot = &file.slots[no];
    let Way::Passphrase { argon2id, salt } = &slot.way else {
        panic!("another kind");
    };
    let passphrase = Passphrase::new(passphrase.to_owned());
    let kek = passphrase.kek(*argon2id, &salt.0).unwrap();
    let aad = Aad::keyring_slot(&file.vault, slot.since, slot.no, "passphrase");
    let opened = TermSealer::new(ROOT_KEY, kek.bytes()).open(&aad, slot.parts().0);
    opened.ok().map(|held| held.to_vec())
}

#[test]
fn whoever_had_an_old_passphrase_and_an_old_file_is_out_once_both_are_new() {
    let bench = Bench::new();
    let mut keyring = bench.create().unwrap();
    let held = held_by(&file(&bench), 0, OLD).unwrap();
    let opens = |held: &[u8]| {
        let file = file(&bench);
        let place = Aad::keyring_root(&file.vault, file.root.since, 0);
        open_root(file.slots[0].parts().1, &place, held).is_some()
    };
    assert!(opens(&held));
    // A new root alone does not help against somebody who has what opens a slot of today.
    rotate(&mut keyring, &bench, 1, "one change");
    assert!(opens(&held));
    keyring.retire_vault_keys(&bench.entropy).unwrap();
    keyring
        .change_passphrase(&new(NEW), MADE, &bench.entropy)
        .unwrap();
    assert!(!opens(&held), "the slot has another pair");
    // Of the old file they still have the root, which is the same one until it gets a successor.
    rotate(&mut keyring, &bench, 2, "another change");
    assert!(!opens(&held) && bench.unlock(OLD).is_err());
    bench.unlock(NEW).unwrap();
}

#[test]
fn a_recipient_that_somebody_swapped_or_added_is_refused_and_its_slot_is_named() {
    let bench = Bench::new();
    let (mut keyring, holders) = with_four_slots(&bench);
    let whole = fs::read_to_string(bench.path()).unwrap();
    let theirs = age::x25519::Identity::generate().to_public().to_string();
    let marker = r#""recipient":""#;
    let of_slot = |no: usize| {
        let (at, _) = whole.match_indices(marker).nth(no).unwrap();
        &whole[at + marker.len()..][..theirs.len()]
    };
    for no in 0..4 {
        let swapped = whole.replacen(of_slot(no), &theirs, 1);
        assert_ne!(swapped, whole);
        fs::write(bench.path(), &swapped).unwrap();
        let named = Some(KeyringError::ForeignSlot(no as u32));
        assert_eq!(bench.unlock(OLD).err(), named);
    }
    // A slot of another vault's making, whose holder waits for the next root.
    let stranger = Bench::new();
    let (strange, _) = with_four_slots(&stranger);
    let mut added = file_of(&whole);
    let mut slot = strange.stolen().1.slots[3].clone();
    slot.no = 4;
    added.slots.push(slot);
    fs::write(bench.path(), added.to_bytes().unwrap()).unwrap();
    let named = Some(KeyringError::ForeignSlot(4));
    assert_eq!(bench.unlock(OLD).err(), named);
    // And one that is taken out.
    let mut fewer = file_of(&whole);
    fewer.slots.remove(1);
    fs::write(bench.path(), fewer.to_bytes().unwrap()).unwrap();
    let body = Some(KeyringError::Damaged { what: "body" });
    assert_eq!(bench.unlock(OLD).err(), body);

    // What is in the file while the vault is open does not count: its own slots get the new root.
    fs::write(bench.path(), added.to_bytes().unwrap()).unwrap();
    rotate(&mut keyring, &bench, 1, "one change");
    assert_eq!(file(&bench).slots.len(), 4);
    holders.open(&bench);
}

#[test]
fn a_root_that_nobody_of_the_vault_made_opens_to_no_holder() {
    let (bench, stranger) = (Bench::new(), Bench::new());
    let (keyring, _) = with_four_slots(&bench);
    let (strange, _) = with_four_slots(&stranger);
    // The strangers know everything of their own vault, and the recipients of this one.
    let theirs = strange.stolen();
    let ours = fs::read_to_string(bench.path()).unwrap();
    for (slot, strange) in keyring.stolen().1.slots.iter().zip(&theirs.1.slots) {
        let part = |bytes: &[u8]| {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.encode(bytes)
        };
        let forged = ours.replacen(&part(slot.parts().1), &part(strange.parts().1), 1);
        assert_ne!(forged, ours);
        fs::write(bench.path(), forged).unwrap();
        let refused = bench.unlock(OLD).err();
        assert_eq!(refused, Some(KeyringError::ForeignSlot(slot.no)));
    }
}

#[test]
fn a_new_root_that_cannot_be_written_does_not_come() {
    let bench = Bench::new();
    let (mut keyring, holders) = with_four_slots(&bench);
    let (before, root) = (keyring.status(), *keyring.stolen().0.bytes());
    let moved = bench.folder.path().with_extension("moved");
    fs::rename(bench.folder.path(), &moved).unwrap();
    let gone = Err(KeyringError::Io(std::io::ErrorKind::NotFound));
    let refused = keyring.rotate_root(1, "one change", MADE, &bench.entropy);
    assert_eq!(refused, gone);
    assert_eq!(keyring.status(), before);
    assert_eq!(keyring.stolen().0.bytes(), &root);
    assert!(!keyring.root_rotates());
    fs::rename(&moved, bench.folder.path()).unwrap();
    assert_eq!(holders.open(&bench)[2].stolen().0.bytes(), &root);
    rotate(&mut keyring, &bench, 1, "one change");
    holders.open(&bench);
}

fn file_of(text: &str) -> KeyringFile {
    KeyringFile::parse(text.as_bytes()).unwrap()
}
