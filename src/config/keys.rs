//! `[keys]`: how old each kind of key may be before it is due.

use super::ConfigError;
use crate::vault::{KeyAges, KeyKind};

const MOST_DAYS: u32 = 36_500;

pub(super) fn check(ages: &KeyAges) -> Result<(), ConfigError> {
    let within = |kind: &KeyKind| ages.days(*kind) <= MOST_DAYS;
    match KeyKind::ALL.iter().all(within) {
        true => Ok(()),
        false => Err(ConfigError::Refused {
            setting: "keys",
            rule: "must be at most 36500 days, or 0 for ever",
        }),
    }
}
