//! Whether a name is an account of a case, and which accounts it may have been meant for.
//!
//! Sees the dictionary of accounts. Called for a lead who binds a liaison to an account or asks for a package of one,
//! and for nobody else: a lead may know every account of its case.

use strsim::damerau_levenshtein;

use super::opened::CaseRecords;
use crate::domain::{AccountName, Field};
use crate::vault::columns::CodeSet;
use crate::vault::error::{NearMisses, OperationError};

impl CaseRecords<'_> {
    /// Nothing if an exhibit that counts has the account, else the accounts whose names are near to it.
    pub(in crate::vault) fn near_misses(
        &self,
        account: &AccountName,
    ) -> Result<Option<NearMisses>, OperationError> {
        let accounts = self.dictionary(Field::Account)?;
        let occurs = |code: u32| -> Result<bool, OperationError> {
            let set = CodeSet::of(accounts.size(), [code])
                .map_err(|_| OperationError::Internal("an account's code"))?;
            Ok(self.occurring(&[(Field::Account, set)])?.contains(&true))
        };
        if let Some(code) = accounts.code(account.as_str())
            && occurs(code)?
        {
            return Ok(None);
        }
        let mut near: Vec<(usize, &str, u32)> = (0..)
            .zip(accounts.values())
            .skip(1)
            .filter_map(|(code, name)| Some((distance(account.as_str(), name)?, name, code)))
            .collect();
        near.sort_unstable();
        let mut names = Vec::new();
        for (_, name, code) in near {
            if names.len() < MOST && occurs(code)? {
                names.push(name.to_owned());
            }
        }
        Ok(Some(NearMisses(names)))
    }
}

/// How far two names are from each other, if they are near. Letter case, spaces and punctuation do not count.
fn distance(one: &str, other: &str) -> Option<usize> {
    let letters = |name: &str| -> String {
        let kept = name.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    let (one, other) = (letters(one), letters(other));
    let (short, long) = match one.chars().count() <= other.chars().count() {
        true => (&one, &other),
        false => (&other, &one),
    };
    let (least, most) = (short.chars().count(), long.chars().count());
    // A letter of every four may be wrong, of a short name one.
    let allowed = (most / 4).clamp(1, 3);
    if least >= 2 && most - least <= allowed {
        let apart = damerau_levenshtein(short, long);
        if apart <= allowed {
            return Some(apart);
        }
    }
    // `ACME` for `ACME Corp`.
    (least >= 3 && long.contains(short.as_str())).then_some(allowed + 1)
}

/// How many are named at most.
const MOST: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_may_have_been_meant_for_is_near_to_it() {
        for (asked, name, apart) in [
            ("acme corp", "ACME Corp", Some(0)),
            ("ACME-Corp.", "ACME Corp", Some(0)),
            ("ACME Crop", "ACME Corp", Some(1)),
            ("ACME", "ACME Corp", Some(3)),
            ("ACME Corporation", "ACME Corp", Some(4)),
            ("DF8", "DF9", Some(1)),
            ("Globex", "ACME Corp", None),
            ("A", "B", None),
            ("", "ACME Corp", None),
        ] {
            assert_eq!(distance(asked, name), apart, "{asked} {name}");
        }
    }
}
