//! The shares that came so far, who may still try, and the keyring once there are enough.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Notify;

use crate::http::throttle::Throttle;
use crate::vault::keyring::{Gathering, Keyring, KeyringError, LockedKeyring, Share, ShareFault};

/// How long a share waits for the next one.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How many shares that are refused one address may send at once, and then each minute.
const TRIES: u32 = 20;

/// What everybody may know of a sealed vault.
#[derive(Debug, Serialize)]
pub(super) struct Progress {
    /// `sealed`, or `opening` once there are enough shares.
    pub(super) state: &'static str,
    /// The fingerprint of the vault, which is on each share.
    pub(super) fingerprint: String,
    /// The fingerprint of the set of the share that came last, once one has come.
    pub(super) set: Option<String>,
    /// Which shares of it have come, by number.
    pub(super) given: Vec<u8>,
    /// How many are needed, once one has come.
    pub(super) needed: Option<u8>,
    /// In how many seconds they are forgotten unless another one comes.
    pub(super) forgotten_in_s: Option<u64>,
    /// How many other sets have shares that wait, each by itself.
    pub(super) other_sets: usize,
}

/// Why a share was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// Too many that were refused came from this address; it may try again in so many seconds.
    TooMany(u32),
    /// It is not one that is needed.
    Refused(ShareFault),
    /// There were enough already.
    Enough,
    /// The keyring cannot be read, or does not open with them.
    Keyring(KeyringError),
}

pub(super) struct Waiting {
    /// As it was when the server started. It is read again when a share comes.
    locked: LockedKeyring,
    shares: Mutex<Shares>,
    throttle: Throttle,
    enough: Notify,
}

#[derive(Default)]
struct Shares {
    /// Those of each set, the set of the newest share last. A share is taken only of a set that the keyring has, so
    /// there are no more than it has slots.
    sets: Vec<OfSet>,
    keyring: Option<Keyring>,
    is_open: bool,
}

struct OfSet {
    gathering: Gathering,
    /// When the last one came.
    last: Instant,
}

impl Waiting {
    pub(super) fn new(locked: LockedKeyring) -> Self {
        Self {
            locked,
            shares: Mutex::default(),
            throttle: Throttle::new(TRIES, TRIES),
            enough: Notify::new(),
        }
    }

    fn shares(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what was refused; `Err` if too much of it came from this address.
    pub(super) fn may_fail(&self, from: Option<IpAddr>, now: Instant) -> Result<(), NotTaken> {
        self.throttle.take(from, now).map_err(NotTaken::TooMany)
    }

    /// Takes a share. With the last one that is needed of its set the keyring opens, as its file is by then; if it does
    /// not, the shares of that set are forgotten.
    pub(super) fn give(&self, text: &str, now: Instant) -> Result<Progress, NotTaken> {
        let share = Share::parse(text).map_err(NotTaken::Refused)?;
        let mut shares = self.shares();
        if shares.is_open {
            return Err(NotTaken::Enough);
        }
        shares.forget_late(now);
        // Slots come and go while a vault is sealed: on its host, or by a keyring that is put in place.
        let locked = self.locked.read_again().map_err(NotTaken::Keyring)?;
        let set = share.set();
        let place = shares
            .sets
            .iter()
            .position(|one| one.gathering.gathered().set == Some(set));
        let mut of_set = match place {
            Some(place) => shares.sets.remove(place),
            None => OfSet {
                gathering: locked.gathering(),
                last: now,
            },
        };
        let gathered = match of_set.gathering.add(share) {
            Ok(gathered) => gathered,
            Err(fault) => {
                // What was there stays as it was.
                if place.is_some() {
                    shares.sets.push(of_set);
                }
                return Err(NotTaken::Refused(fault));
            }
        };
        of_set.last = now;
        if gathered.is_enough() {
            let keyring = locked.unlock_with_shares(&of_set.gathering);
            shares.keyring = Some(keyring.map_err(NotTaken::Keyring)?);
            shares.is_open = true;
            shares.sets.push(of_set);
            let told = self.told(&shares, now);
            // The shares have done their work.
            shares.sets.clear();
            self.enough.notify_one();
            return Ok(told);
        }
        shares.sets.push(of_set);
        Ok(self.told(&shares, now))
    }

    /// How far it is.
    pub(super) fn progress(&self, now: Instant) -> Progress {
        let mut shares = self.shares();
        shares.forget_late(now);
        self.told(&shares, now)
    }

    fn told(&self, shares: &Shares, now: Instant) -> Progress {
        let newest = shares.sets.last();
        let gathered = newest.map(|one| one.gathering.gathered());
        let left = |last: Instant| PATIENCE.saturating_sub(now.saturating_duration_since(last));
        Progress {
            state: match shares.is_open {
                true => "opening",
                false => "sealed",
            },
            fingerprint: self.locked.fingerprint().to_string(),
            set: gathered
                .as_ref()
                .and_then(|gathered| Some(gathered.set?.to_string())),
            needed: gathered.as_ref().and_then(|gathered| gathered.needed),
            given: gathered.map_or_else(Vec::new, |gathered| gathered.given),
            forgotten_in_s: newest.map(|one| left(one.last).as_secs()),
            other_sets: shares.sets.len().saturating_sub(1),
        }
    }

    pub(super) fn forget_if_late(&self) {
        self.shares().forget_late(Instant::now());
    }

    /// Until there are enough shares.
    pub(super) async fn unsealed(&self) {
        self.enough.notified().await;
    }

    pub(super) fn take_keyring(&self) -> Option<Keyring> {
        let mut shares = self.shares();
        shares.sets.clear();
        shares.keyring.take()
    }
}

impl Shares {
    /// Each set has an end of its own.
    fn forget_late(&mut self, now: Instant) {
        self.sets
            .retain(|one| now.saturating_duration_since(one.last) < PATIENCE);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{Moment, SlotLabel};
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::keyring::{
        Argon2Params, Handed, NewPassphrase, Passphrase, PreparedSlot, Programs, SlotWanted,
    };

    /// A sealed vault with a set of two of three shares.
    pub(crate) fn sealed() -> (Waiting, Vec<String>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        let (entropy, made) = (SystemEntropy::new(), Moment::from_seconds(0));
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let passphrase = NewPassphrase::parse("a passphrase of the tests".to_owned()).unwrap();
        let mut keyring = Keyring::create(&path, &passphrase, params, made, &entropy).unwrap();
        let label = SlotLabel::parse("board").unwrap();
        let wanted = SlotWanted::Shares { k: 2, n: 3 };
        let programs = Programs::default();
        let slot = PreparedSlot::make(keyring.vault(), label, &wanted, params, &programs, &entropy);
        let slot = slot.unwrap();
        keyring.add_slot(&slot, made, &entropy).unwrap();
        let Handed::Shares(texts) = slot.handed else {
            panic!("no shares");
        };
        let texts = texts.iter().map(|text| text.to_string()).collect();
        (
            Waiting::new(LockedKeyring::read(&path).unwrap()),
            texts,
            folder,
        )
    }

    #[test]
    fn enough_shares_open_it_and_nothing_of_them_stays() {
        let (waiting, texts, _folder) = sealed();
        let now = Instant::now();
        assert_eq!(waiting.give(&texts[2], now).unwrap().given, [3]);
        assert_eq!(waiting.progress(now).needed, Some(2));
        assert!(waiting.take_keyring().is_none());
        let (waiting, texts, _folder) = sealed();
        waiting.give(&texts[2], now).unwrap();
        let told = waiting.give(&texts[0], now).unwrap();
        assert_eq!((told.state, told.given), ("opening", vec![3, 1]));
        assert_eq!(waiting.progress(now).given, Vec::<u8>::new());
        assert_eq!(waiting.give(&texts[1], now).err(), Some(NotTaken::Enough));
        let keyring = waiting.take_keyring().unwrap();
        assert_eq!(keyring.opened().shares, [3, 1]);
        assert_eq!(keyring.opened().kind, "shares");
    }

    #[test]
    fn a_share_that_waits_too_long_is_forgotten() {
        let (waiting, texts, _folder) = sealed();
        let now = Instant::now();
        waiting.give(&texts[0], now).unwrap();
        let late = now + PATIENCE - Duration::from_secs(1);
        assert_eq!(waiting.progress(late).forgotten_in_s, Some(1));
        let late = now + PATIENCE;
        assert_eq!(waiting.progress(late).given, Vec::<u8>::new());
        assert_eq!(waiting.give(&texts[1], late).unwrap().state, "sealed");
        assert_eq!(waiting.give(&texts[0], late).unwrap().state, "opening");
    }

    #[test]
    fn a_wrong_share_is_named_and_the_others_stay() {
        let (waiting, texts, _folder) = sealed();
        let (_, foreign, _other) = sealed();
        let now = Instant::now();
        waiting.give(&texts[0], now).unwrap();
        let refused = |text: &str| match waiting.give(text, now) {
            Err(NotTaken::Refused(fault)) => fault.name(),
            _ => "taken",
        };
        assert_eq!(refused(&texts[0]), "doubled");
        assert_eq!(refused(&foreign[1]), "other-vault");
        assert_eq!(refused("a passphrase of the tests"), "not-a-share");
        let last = texts[1].chars().last().unwrap();
        let other = if last == 'A' { "B" } else { "A" };
        let mistyped = format!("{}{other}", &texts[1][..texts[1].len() - 1]);
        assert_eq!(refused(&mistyped), "mistyped");
        assert_eq!(waiting.progress(now).given, [1]);
    }

    #[test]
    fn shares_of_two_sets_do_not_block_each_other_and_each_set_has_its_own_end() {
        let (_, board, folder) = sealed();
        let owners = add_set(&folder, "owners");
        let path = folder.path().join("keyring");
        let waiting = Waiting::new(LockedKeyring::read(&path).unwrap());
        let now = Instant::now();
        waiting.give(&board[0], now).unwrap();
        let later = now + Duration::from_secs(60);
        let told = waiting.give(&owners[0], later).unwrap();
        assert_eq!((told.given, told.other_sets), (vec![1], 1));
        // The first set's quarter of an hour is over, that of the other is not.
        let told = waiting.progress(now + PATIENCE);
        assert_eq!((told.given, told.other_sets), (vec![1], 0));
        let told = waiting.give(&owners[2], now + PATIENCE).unwrap();
        assert_eq!(told.state, "opening");
        let keyring = waiting.take_keyring().unwrap();
        assert_eq!(keyring.opened().shares, [1, 3]);
    }

    #[test]
    fn the_keyring_that_is_opened_is_the_one_of_that_moment() {
        let (waiting, board, folder) = sealed();
        let now = Instant::now();
        waiting.give(&board[0], now).unwrap();
        // A set that came after the start is known.
        let owners = add_set(&folder, "owners");
        waiting.give(&owners[1], now).unwrap();
        let told = waiting.give(&owners[0], now).unwrap();
        assert_eq!(told.state, "opening");
        let keyring = waiting.take_keyring().unwrap();
        assert_eq!(keyring.status().slots.len(), 3);
        assert_eq!(keyring.generation(), keyring_in(&folder).generation());
        // One that went opens nothing.
        let (waiting, board, folder) = sealed();
        waiting.give(&board[0], now).unwrap();
        let mut keyring = keyring_in(&folder);
        let no = keyring.status().slots[1].no;
        keyring.remove_slot(no, &SystemEntropy::new()).unwrap();
        assert!(matches!(
            waiting.give(&board[1], now),
            Err(NotTaken::Keyring(_))
        ));
        assert!(waiting.take_keyring().is_none());
        // Nor does a keyring of another vault in its place.
        let (waiting, board, folder) = sealed();
        let (_, _, other) = sealed();
        std::fs::copy(other.path().join("keyring"), folder.path().join("keyring")).unwrap();
        assert!(matches!(
            waiting.give(&board[0], now),
            Err(NotTaken::Keyring(_))
        ));
    }

    fn keyring_in(folder: &tempfile::TempDir) -> Keyring {
        let locked = LockedKeyring::read(&folder.path().join("keyring")).unwrap();
        let passphrase = Passphrase::new("a passphrase of the tests".to_owned());
        locked.unlock(&passphrase).ok().unwrap()
    }

    /// One more set of two of three shares.
    fn add_set(folder: &tempfile::TempDir, label: &str) -> Vec<String> {
        let mut keyring = keyring_in(folder);
        let (entropy, made) = (SystemEntropy::new(), Moment::from_seconds(0));
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let label = SlotLabel::parse(label).unwrap();
        let wanted = SlotWanted::Shares { k: 2, n: 3 };
        let programs = Programs::default();
        let slot = PreparedSlot::make(keyring.vault(), label, &wanted, params, &programs, &entropy);
        let slot = slot.unwrap();
        keyring.add_slot(&slot, made, &entropy).unwrap();
        let Handed::Shares(texts) = slot.handed else {
            panic!("no shares");
        };
        texts.iter().map(|text| text.to_string()).collect()
    }

    #[test]
    fn an_address_that_tries_too_often_has_to_wait() {
        let (waiting, _, _folder) = sealed();
        let now = Instant::now();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..TRIES {
            waiting.may_fail(Some(one), now).unwrap();
        }
        assert!(matches!(
            waiting.may_fail(Some(one), now),
            Err(NotTaken::TooMany(1..))
        ));
        waiting.may_fail(Some(other), now).unwrap();
    }
}
