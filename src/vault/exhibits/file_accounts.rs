//! Which accounts a file names, by their codes: also in rows that became no record because the case had their message.
//! So what rests on it follows from the file alone.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Base64 of a bit for each code, the lowest of a byte first.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::vault) struct FileAccounts(String);

impl FileAccounts {
    /// The accounts of these codes. A blank account, code 0, is none.
    pub(in crate::vault) fn of(codes: &BTreeSet<u32>) -> Self {
        let mut bits = Vec::new();
        for code in codes.iter().filter(|code| **code > 0) {
            let byte = *code as usize / 8;
            if bits.len() <= byte {
                bits.resize(byte + 1, 0_u8);
            }
            if let Some(byte) = bits.get_mut(byte) {
                *byte |= 1 << (code % 8);
            }
        }
        Self(STANDARD.encode(bits))
    }

    /// Whether the file names the account of this code. It does if that cannot be read.
    pub(in crate::vault) fn name(&self, code: u32) -> bool {
        let Ok(bits) = STANDARD.decode(&self.0) else {
            return true;
        };
        let byte = bits.get(code as usize / 8);
        byte.is_some_and(|byte| byte >> (code % 8) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_exactly_the_accounts_of_its_codes() {
        let codes = BTreeSet::from([0, 1, 7, 8, 63, 300]);
        let accounts = FileAccounts::of(&codes);
        for code in 0..1000 {
            let named = code > 0 && codes.contains(&code);
            assert_eq!(accounts.name(code), named, "{code}");
        }
        assert!(!FileAccounts::default().name(1));
    }
}
