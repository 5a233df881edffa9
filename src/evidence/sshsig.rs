//! SSH signatures (OpenSSH `PROTOCOL.sshsig`), for Ed25519 and SHA-512 only.
//!
//! A recipient checks them with `ssh-keygen -Y verify`. The signing key is not visible here: the
//! caller passes a function that signs. A valid signature does not show whom its key belongs to.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::evidence::digest::{array, sha256, sha512};

/// The namespace of our signatures; a signature made for another purpose does not verify.
pub const NAMESPACE: &str = "breachvault-evidence";

/// Why a signature or a public key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SshsigError {
    /// The signature is not an armored SSH signature.
    #[error("the signature is not an armored SSH signature")]
    Armor,
    /// The signature is not of version 1, Ed25519 and SHA-512.
    #[error("the signature is not of version 1, Ed25519 and SHA-512")]
    Kind,
    /// The signature was made for another namespace.
    #[error("the signature was made for another namespace")]
    Namespace,
    /// The signature was made with another key.
    #[error("the signature was made with another key")]
    Signer,
    /// The signature does not match the message.
    #[error("the signature does not match the message")]
    Mismatch,
    /// This is not an ssh-ed25519 public key.
    #[error("this is not an ssh-ed25519 public key")]
    PublicKey,
    /// A principal has 1 to 255 of A-Z a-z 0-9 . _ @ + -.
    #[error("a principal has 1 to 255 of A-Z a-z 0-9 . _ @ + -")]
    Principal,
}

/// A parsed signature that is not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    public: [u8; 32],
    namespace: Vec<u8>,
    signature: [u8; 64],
}

/// Signs `message` and returns the armored signature. `sign` gets the bytes to sign with Ed25519,
/// and must use the key of `public`.
pub fn sign(
    message: &[u8],
    namespace: &str,
    sign: &dyn Fn(&[u8]) -> [u8; 64],
    public: [u8; 32],
) -> String {
    let signature = sign(&signed_bytes(namespace.as_bytes(), message));
    let mut blob = MAGIC.to_vec();
    blob.extend(VERSION);
    put(&mut blob, &key_blob(public));
    put(&mut blob, namespace.as_bytes());
    put(&mut blob, b"");
    put(&mut blob, HASH);
    put(&mut blob, &[string(ALGORITHM), string(&signature)].concat());
    let text = STANDARD.encode(blob);
    let mut armored = format!("{BEGIN}\n");
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % COLUMNS == 0 {
            armored.push('\n');
        }
        armored.push(character);
    }
    armored.push('\n');
    armored.push_str(END);
    armored.push('\n');
    armored
}

/// Verifies an armored signature of `message`, by exactly this key and in this namespace.
pub fn verify(
    armored: &str,
    namespace: &str,
    public: [u8; 32],
    message: &[u8],
) -> Result<(), SshsigError> {
    SshSignature::parse(armored)?.verify(namespace, public, message)
}

impl SshSignature {
    /// Parses an armored signature without verifying it.
    pub fn parse(armored: &str) -> Result<Self, SshsigError> {
        let body = armored
            .trim_end_matches(['\n', '\r'])
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(END))
            .ok_or(SshsigError::Armor)?;
        let text: String = body.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
        let blob = STANDARD.decode(text).map_err(|_| SshsigError::Armor)?;
        Self::parse_blob(&blob).ok_or(SshsigError::Kind)
    }

    fn parse_blob(blob: &[u8]) -> Option<Self> {
        let rest = blob.strip_prefix(MAGIC)?.strip_prefix(&VERSION)?;
        let (key, rest) = take(rest)?;
        let (namespace, rest) = take(rest)?;
        let (reserved, rest) = take(rest)?;
        let (hash, rest) = take(rest)?;
        let (signature, rest) = take(rest)?;
        if !reserved.is_empty() || hash != HASH || !rest.is_empty() {
            return None;
        }
        let (algorithm, signature) = take(signature)?;
        let (signature, rest) = take(signature)?;
        if algorithm != ALGORITHM || !rest.is_empty() {
            return None;
        }
        Some(Self {
            public: public_of(key)?,
            namespace: namespace.to_vec(),
            signature: (signature.len() == 64).then(|| array(signature))?,
        })
    }

    /// The key that the signature claims.
    pub fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Verifies the signature of `message`, made by `public` for `namespace`.
    pub fn verify(
        &self,
        namespace: &str,
        public: [u8; 32],
        message: &[u8],
    ) -> Result<(), SshsigError> {
        if self.namespace != namespace.as_bytes() {
            return Err(SshsigError::Namespace);
        }
        if self.public != public {
            return Err(SshsigError::Signer);
        }
        UnparsedPublicKey::new(&ED25519, public)
            .verify(
                &signed_bytes(namespace.as_bytes(), message),
                &self.signature,
            )
            .map_err(|_| SshsigError::Mismatch)
    }
}

/// `ssh-ed25519 AAAA…`, as OpenSSH prints a public key.
pub fn print_public_key(public: [u8; 32]) -> String {
    format!("ssh-ed25519 {}", STANDARD.encode(key_blob(public)))
}

/// `SHA256:…`, as `ssh-keygen -l` shows the fingerprint of a public key.
pub fn key_fingerprint(public: [u8; 32]) -> String {
    format!(
        "SHA256:{}",
        STANDARD_NO_PAD.encode(sha256(&key_blob(public)))
    )
}

/// Reads `ssh-ed25519 AAAA… [comment]`.
pub fn parse_public_key(text: &str) -> Result<[u8; 32], SshsigError> {
    let mut words = text.split_whitespace();
    if words.next() != Some("ssh-ed25519") {
        return Err(SshsigError::PublicKey);
    }
    words
        .next()
        .and_then(|key| STANDARD.decode(key).ok())
        .and_then(|blob| public_of(&blob))
        .ok_or(SshsigError::PublicKey)
}

/// A line for the file that `ssh-keygen -Y verify -f` reads: this key, for evidence only.
pub fn allowed_signers_line(principal: &str, public: [u8; 32]) -> Result<String, SshsigError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._@+-".contains(&b);
    if !(1..=255).contains(&principal.len()) || !principal.bytes().all(plain) {
        return Err(SshsigError::Principal);
    }
    let key = print_public_key(public);
    Ok(format!("{principal} namespaces=\"{NAMESPACE}\" {key}\n"))
}

/// The same of a key that signed until a time in UTC, given as RFC 3339. `ssh-keygen -Y verify` takes it for a package
/// of before only with `-O verify-time=…`, the time of the package.
pub fn allowed_signers_line_until(
    principal: &str,
    public: [u8; 32],
    until: &str,
) -> Result<String, SshsigError> {
    let line = allowed_signers_line(principal, public)?;
    let digits: String = until.chars().filter(char::is_ascii_digit).collect();
    let before = format!("valid-before=\"{digits}Z\"");
    Ok(line.replacen(" ssh-ed25519 ", &format!(",{before} ssh-ed25519 "), 1))
}

/// `"SSHSIG" || string namespace || string "" || string "sha512" || string SHA-512(message)`
fn signed_bytes(namespace: &[u8], message: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    put(&mut bytes, namespace);
    put(&mut bytes, b"");
    put(&mut bytes, HASH);
    put(&mut bytes, &sha512(message));
    bytes
}

fn key_blob(public: [u8; 32]) -> Vec<u8> {
    [string(ALGORITHM), string(&public)].concat()
}

fn public_of(key_blob: &[u8]) -> Option<[u8; 32]> {
    let (algorithm, rest) = take(key_blob)?;
    let (public, rest) = take(rest)?;
    (algorithm == ALGORITHM && public.len() == 32 && rest.is_empty()).then(|| array(public))
}

/// An SSH string (RFC 4251 §5): its length in four bytes, then the bytes.
fn string(bytes: &[u8]) -> Vec<u8> {
    let mut string = Vec::with_capacity(4 + bytes.len());
    put(&mut string, bytes);
    string
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    // Everything written here is short, so the length always fits.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(bytes);
}

fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

const MAGIC: &[u8] = b"SSHSIG";
const VERSION: [u8; 4] = [0, 0, 0, 1];
const ALGORITHM: &[u8] = b"ssh-ed25519";
const HASH: &[u8] = b"sha512";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
const COLUMNS: usize = 70;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::tests::fixture::Signer;

    fn signed(message: &[u8]) -> (String, [u8; 32]) {
        let signer = Signer::new(1);
        (
            sign(
                message,
                NAMESPACE,
                &|bytes| signer.sign(bytes),
                signer.public(),
            ),
            signer.public(),
        )
    }

    #[test]
    fn a_signature_verifies_for_its_message_key_and_namespace_only() {
        let (armored, public) = signed(b"message");
        assert_eq!(verify(&armored, NAMESPACE, public, b"message"), Ok(()));
        assert_eq!(
            verify(&armored, NAMESPACE, public, b"massage"),
            Err(SshsigError::Mismatch)
        );
        assert_eq!(
            verify(&armored, NAMESPACE, Signer::new(2).public(), b"message"),
            Err(SshsigError::Signer)
        );
        assert_eq!(
            verify(&armored, "breachvault-receipt", public, b"message"),
            Err(SshsigError::Namespace)
        );
    }

    #[test]
    fn a_public_key_prints_and_reads_back() {
        let public = Signer::new(1).public();
        let text = print_public_key(public);
        assert!(text.starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
        assert_eq!(parse_public_key(&text), Ok(public));
        assert_eq!(parse_public_key(&format!("{text} a comment\n")), Ok(public));
        for other in [
            "",
            "ssh-rsa AAAA",
            "ssh-ed25519",
            "ssh-ed25519 AAAA",
            "ssh-ed25519 ?",
        ] {
            assert_eq!(parse_public_key(other), Err(SshsigError::PublicKey));
        }
    }

    #[test]
    fn an_allowed_signers_line_holds_one_plain_principal() {
        let line = allowed_signers_line("vault@example.org", [1; 32]).unwrap();
        assert!(
            line.starts_with("vault@example.org namespaces=\"breachvault-evidence\" ssh-ed25519 ")
        );
        let until = allowed_signers_line_until("vault", [1; 32], "2024-04-02T09:00:05Z").unwrap();
        assert!(until.starts_with(
            "vault namespaces=\"breachvault-evidence\",valid-before=\"20240402090005Z\" ssh-ed25519 "
        ));
        for principal in ["", "a b", "*", "a,b", "a\nb", "!a"] {
            assert_eq!(
                allowed_signers_line(principal, [1; 32]),
                Err(SshsigError::Principal)
            );
        }
    }

    proptest! {
        #[test]
        fn every_message_makes_the_round_trip(message in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (armored, public) = signed(&message);
            prop_assert!(armored.lines().all(|line| line.len() <= 70));
            prop_assert_eq!(verify(&armored, NAMESPACE, public, &message), Ok(()));
        }

        #[test]
        fn no_changed_byte_verifies(at in 0_usize..1000, flip in 1_u8..=255) {
            let (armored, public) = signed(b"message");
            let body = armored.strip_prefix(BEGIN).unwrap().trim_end().strip_suffix(END).unwrap();
            let mut blob = STANDARD.decode(body.replace('\n', "")).unwrap();
            let at = at % blob.len();
            blob[at] ^= flip;
            let changed = format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(blob));
            prop_assert!(verify(&changed, NAMESPACE, public, b"message").is_err());
        }

        #[test]
        fn parsing_never_panics(blob in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
            let _ = SshSignature::parse(&text);
            let _ = parse_public_key(&text);
            let _ = SshSignature::parse_blob(&blob);
            let _ = SshSignature::parse_blob(&[MAGIC, &VERSION, &blob].concat());
            let _ = SshSignature::parse(&format!("{BEGIN}\n{}\n{END}", STANDARD.encode(&blob)));
        }
    }
}
