//! How old each kind of key may be, and which are due.
//!
//! Sees dates and names, and no key. `scope/key_dues.rs` finds the dates; what was found last is kept in memory for
//! metrics.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{CaseId, Moment, words};

words! {
    /// What is to be made anew.
    pub enum KeyKind {
        /// A slot of the keyring for a passphrase.
        Passphrase => "passphrase",
        /// A slot of the keyring for shares.
        Shares => "shares",
        /// A slot of the keyring for age recipients.
        Age => "age",
        /// A slot of the keyring for a program.
        Command => "command",
        /// The root key, of which all others are derived or which seals them.
        Root => "root",
        /// The keys that sign the log and packages.
        SigningKeys => "signing-keys",
        /// The key of a case.
        Case => "case",
        /// The certificate of the server.
        Certificate => "certificate",
    }
}

/// How many days a key of each kind may be used; 0 is for ever: then there is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyAges {
    /// A slot for a passphrase.
    pub passphrase_days: u32,
    /// A slot for shares.
    pub shares_days: u32,
    /// A slot for age recipients.
    pub age_days: u32,
    /// A slot for a program.
    pub command_days: u32,
    /// The root key.
    pub root_days: u32,
    /// The signing keys.
    pub signing_days: u32,
    /// The key of a case.
    pub case_days: u32,
    /// How many days before its end a certificate is due.
    pub certificate_days: u32,
}

impl Default for KeyAges {
    fn default() -> Self {
        Self {
            passphrase_days: 365,
            shares_days: 730,
            age_days: 730,
            command_days: 730,
            root_days: 0,
            signing_days: 730,
            case_days: 730,
            certificate_days: 14,
        }
    }
}

/// A key and when it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyDue {
    /// What it is.
    pub kind: KeyKind,
    /// Of a slot: its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub slot: Option<u32>,
    /// Of the key of a case: the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub case: Option<CaseId>,
    /// When it was made; of a certificate, when it ends.
    pub since: Moment,
    /// When it is to be made anew.
    pub due_at: Moment,
    /// Whether that is now.
    pub due: bool,
}

impl KeyAges {
    /// How many days a key of this kind may be used; of a certificate, how many before its end it is due.
    pub fn days(&self, kind: KeyKind) -> u32 {
        match kind {
            KeyKind::Passphrase => self.passphrase_days,
            KeyKind::Shares => self.shares_days,
            KeyKind::Age => self.age_days,
            KeyKind::Command => self.command_days,
            KeyKind::Root => self.root_days,
            KeyKind::SigningKeys => self.signing_days,
            KeyKind::Case => self.case_days,
            KeyKind::Certificate => self.certificate_days,
        }
    }

    /// A key of this kind that was made then; nothing if it may be used for ever. Of a certificate `since` is its end.
    pub fn due(&self, kind: KeyKind, since: Moment, now: Moment) -> Option<KeyDue> {
        let days = self.days(kind);
        if days == 0 {
            return None;
        }
        let seconds = i64::from(days) * 86_400;
        let due_at = match kind {
            KeyKind::Certificate => since.plus_seconds(-seconds),
            _ => since.plus_seconds(seconds),
        };
        Some(KeyDue {
            kind,
            slot: None,
            case: None,
            since,
            due_at,
            due: due_at <= now,
        })
    }

    /// A slot of the keyring, by its kind's word.
    pub fn due_slot(&self, kind: &str, no: u32, made: Moment, now: Moment) -> Option<KeyDue> {
        let due = self.due(kind.parse().ok()?, made, now)?;
        Some(KeyDue {
            slot: Some(no),
            ..due
        })
    }
}

/// What was found last, and the end of the server's certificate.
#[derive(Default)]
pub(in crate::vault) struct KnownDues {
    found: Mutex<Vec<KeyDue>>,
    certificate_ends: Mutex<Option<Moment>>,
}

impl KnownDues {
    pub(in crate::vault) fn all(&self) -> Vec<KeyDue> {
        let found = self.found.lock();
        found.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(in crate::vault) fn found(&self, all: Vec<KeyDue>) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = all;
    }

    pub(in crate::vault) fn certificate_ends(&self) -> Option<Moment> {
        let ends = self.certificate_ends.lock();
        *ends.unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::vault) fn served_until(&self, ends: Option<Moment>) {
        let mut known = self
            .certificate_ends
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *known = ends;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_due_on_its_day_a_certificate_before_its_end_and_some_never() {
        let ages = KeyAges {
            passphrase_days: 10,
            ..KeyAges::default()
        };
        let (made, day) = (Moment::from_seconds(1_712_048_400), 86_400);
        let due = |kind, now: i64| {
            let found = ages.due(kind, made, made.plus_seconds(now));
            found.map(|found| (found.due_at.seconds() - made.seconds(), found.due))
        };
        assert_eq!(
            due(KeyKind::Passphrase, 10 * day - 1),
            Some((10 * day, false))
        );
        assert_eq!(due(KeyKind::Passphrase, 10 * day), Some((10 * day, true)));
        assert_eq!(
            due(KeyKind::Certificate, -14 * day - 1),
            Some((-14 * day, false))
        );
        assert_eq!(
            due(KeyKind::Certificate, -14 * day),
            Some((-14 * day, true))
        );
        assert_eq!(due(KeyKind::Root, 100_000 * day), None);
        let slot = ages.due_slot("shares", 3, made, made).unwrap();
        assert_eq!((slot.kind, slot.slot), (KeyKind::Shares, Some(3)));
        assert_eq!(ages.due_slot("tpm", 3, made, made), None);
    }
}
