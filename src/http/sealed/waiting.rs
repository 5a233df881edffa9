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
/// How many shares one address may send at once, and then each minute.
const TRIES: u32 = 20;

/// What everybody may know of a sealed vault.
#[derive(Debug, Serialize)]
pub(super) struct Progress {
    /// `sealed`, or `opening` once there are enough shares.
    pub(super) state: &'static str,
    /// The fingerprint of the vault, which is on each share.
    pub(super) fingerprint: String,
    /// The fingerprint of the set, once a share has come.
    pub(super) set: Option<String>,
    /// Which shares have come, by number.
    pub(super) given: Vec<u8>,
    /// How many are needed, once one has come.
    pub(super) needed: Option<u8>,
    /// In how many seconds they are forgotten unless another one comes.
    pub(super) forgotten_in_s: Option<u64>,
}

/// Why a share was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// Too many came from this address; it may try again in so many seconds.
    TooMany(u32),
    /// It is not one that is needed.
    Refused(ShareFault),
    /// There were enough already.
    Enough,
    /// The keyring does not open with them.
    Keyring(KeyringError),
}

pub(super) struct Waiting {
    locked: LockedKeyring,
    shares: Mutex<Shares>,
    throttle: Throttle,
    enough: Notify,
}

struct Shares {
    gathering: Gathering,
    /// When the last one came.
    last: Option<Instant>,
    keyring: Option<Keyring>,
    is_open: bool,
}

impl Waiting {
    pub(super) fn new(locked: LockedKeyring) -> Self {
        let gathering = locked.gathering();
        Self {
            locked,
            shares: Mutex::new(Shares {
                gathering,
                last: None,
                keyring: None,
                is_open: false,
            }),
            throttle: Throttle::new(TRIES, TRIES),
            enough: Notify::new(),
        }
    }

    fn shares(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this address may send another share.
    pub(super) fn may_try(&self, from: IpAddr, now: Instant) -> Result<(), NotTaken> {
        self.throttle
            .take(Some(from), now)
            .map_err(NotTaken::TooMany)
    }

    /// Takes a share. With the last one that is needed the keyring opens; if it does not, all are forgotten.
    pub(super) fn give(&self, text: &str, now: Instant) -> Result<Progress, NotTaken> {
        let share = Share::parse(text).map_err(NotTaken::Refused)?;
        let mut shares = self.shares();
        if shares.is_open {
            return Err(NotTaken::Enough);
        }
        shares.forget_if_late(now);
        let gathered = shares.gathering.add(share).map_err(NotTaken::Refused)?;
        shares.last = Some(now);
        if gathered.is_enough() {
            let opened = self.locked.unlock_with_shares(&shares.gathering);
            if opened.is_err() {
                shares.forget();
            }
            shares.keyring = Some(opened.map_err(NotTaken::Keyring)?);
            shares.is_open = true;
            let told = self.told(&shares, now);
            // The shares have done their work.
            shares.forget();
            self.enough.notify_one();
            return Ok(told);
        }
        Ok(self.told(&shares, now))
    }

    /// How far it is.
    pub(super) fn progress(&self, now: Instant) -> Progress {
        let mut shares = self.shares();
        shares.forget_if_late(now);
        self.told(&shares, now)
    }

    fn told(&self, shares: &Shares, now: Instant) -> Progress {
        let gathered = shares.gathering.gathered();
        let left = |last: Instant| PATIENCE.saturating_sub(now.saturating_duration_since(last));
        Progress {
            state: match shares.is_open {
                true => "opening",
                false => "sealed",
            },
            fingerprint: self.locked.fingerprint().to_string(),
            set: gathered.set.map(|set| set.to_string()),
            given: gathered.given,
            needed: gathered.needed,
            forgotten_in_s: shares.last.map(|last| left(last).as_secs()),
        }
    }

    pub(super) fn forget_if_late(&self) {
        self.shares().forget_if_late(Instant::now());
    }

    /// Until there are enough shares.
    pub(super) async fn unsealed(&self) {
        self.enough.notified().await;
    }

    pub(super) fn take_keyring(&self) -> Option<Keyring> {
        let mut shares = self.shares();
        shares.forget();
        shares.keyring.take()
    }
}

impl Shares {
    fn forget(&mut self) {
        self.gathering.forget();
        self.last = None;
    }

    fn forget_if_late(&mut self, now: Instant) {
        let late = |last: Instant| now.saturating_duration_since(last) >= PATIENCE;
        if self.last.is_some_and(late) {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Moment, SlotLabel};
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::keyring::{
        Argon2Params, Handed, NewPassphrase, PreparedSlot, Programs, SlotWanted,
    };

    /// A sealed vault with a set of two of three shares.
    fn sealed() -> (Waiting, Vec<String>, tempfile::TempDir) {
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
    fn an_address_that_tries_too_often_has_to_wait() {
        let (waiting, _, _folder) = sealed();
        let now = Instant::now();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..TRIES {
            waiting.may_try(one, now).unwrap();
        }
        assert!(matches!(
            waiting.may_try(one, now),
            Err(NotTaken::TooMany(1..))
        ));
        waiting.may_try(other, now).unwrap();
    }
}
