//! What everybody may see of which file an exhibit was: a digest with a random salt.
//!
//! The digest of a short file gives its one number away: there are some 10^7 to try. So the file's own digest is told
//! to whoever admitted it and has the file; lists and leaves have the commitment. Whoever admitted it can hand out the
//! salt, and then everybody who has the file can check it with `openssl` (docs/leaf-format.md).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// Base64 of SHA-256 over three lines: this label, the file's digest and the salt, both in base64.
pub(in crate::vault) fn file_commitment(file_digest: &str, salt: &str) -> String {
    let text = format!("breachvault-file-v1\n{file_digest}\n{salt}\n");
    STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commitment_is_of_the_digest_and_of_the_salt() {
        let one = file_commitment("a", "b");
        assert_eq!(one, file_commitment("a", "b"));
        for (file, salt) in [("a", "c"), ("c", "b"), ("a\nb", ""), ("", "a\nb")] {
            assert_ne!(one, file_commitment(file, salt));
        }
        assert_eq!(STANDARD.decode(one).unwrap().len(), 32);
    }
}
