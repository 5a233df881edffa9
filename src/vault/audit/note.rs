//! Signed notes (c2sp.org/signed-note) with Ed25519 signatures, type 01.
//!
//! Signatures of other types and by unknown keys are passed over, as the
//! specification asks; one by a known key that does not verify spoils the note.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::signature::{
    ED25519, ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair, KeyPair, UnparsedPublicKey,
};

/// The name of a signing key; of a log's key, the log's origin. Not empty, no
/// white space, no control character, no `+`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyName(String);

/// A public key, its name, and the 4-byte key id made of both. Its text form
/// (`name+id+base64`) is what auditors are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: [u8; 4],
    public: [u8; ED25519_PUBLIC_KEY_LEN],
}

/// A note whose signatures by known keys verify, of which there is at least one.
#[derive(Debug)]
pub struct OpenedNote<'n, 'k> {
    /// The signed text, with its final newline.
    pub text: &'n str,
    pub signed_by: Vec<&'k VerifierKey>,
    /// How many signatures were passed over because their key is not known.
    pub unknown: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("a key's name must not be empty or hold white space, control characters or '+'")]
    Name,
    #[error("not a verifier key: it must read name+id+key")]
    VerifierKey,
    #[error("a verifier key of a type other than Ed25519 (01)")]
    KeyType,
    #[error("the id in the verifier key is not that of its name and key")]
    KeyId,
    #[error("a note has at most {NOTE_BYTES_MAX} bytes")]
    TooLong,
    #[error("a note's text must be UTF-8 that ends in a newline and has no control characters")]
    Text,
    #[error("the note has no blank line between its text and its signatures")]
    NoSignatures,
    #[error("the note has more than {SIGNATURES_MAX} signatures")]
    TooManySignatures,
    #[error("signature line {line} of the note is malformed")]
    SignatureLine { line: usize },
    #[error("signature {line} of the note is by a known key and does not verify")]
    BadSignature { line: usize },
    #[error("no known key has signed the note")]
    NotSignedByKnownKey,
    #[error("two known keys have the same name and id")]
    AmbiguousKey,
}

/// The note over `text` with one signature, made under `name`.
pub fn sign(text: &str, name: &KeyName, key: &Ed25519KeyPair) -> Result<String, NoteError> {
    check_text(text)?;
    let verifier = VerifierKey::new(name.clone(), public_key(key)?);
    let mut signature = verifier.id.to_vec();
    signature.extend_from_slice(key.sign(text.as_bytes()).as_ref());
    let note = format!(
        "{text}\n{SIGNATURE_BEGIN}{name} {}\n",
        STANDARD.encode(signature)
    );
    if note.len() > NOTE_BYTES_MAX {
        Err(NoteError::TooLong)
    } else {
        Ok(note)
    }
}

/// Checks a note against the keys that are known.
pub fn open<'n, 'k>(
    note: &'n [u8],
    known: &'k [VerifierKey],
) -> Result<OpenedNote<'n, 'k>, NoteError> {
    let (text, lines) = split(note)?;
    let (mut signed_by, mut unknown) = (Vec::new(), 0);
    for (number, line) in lines.split_terminator('\n').enumerate() {
        if number == SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        let line_number = number + 1;
        let signature =
            Signature::parse(line).ok_or(NoteError::SignatureLine { line: line_number })?;
        let mut keys = known.iter().filter(|key| signature.is_of(key));
        let Some(key) = keys.next() else {
            unknown += 1;
            continue;
        };
        if keys.any(|other| other != key) {
            return Err(NoteError::AmbiguousKey);
        }
        UnparsedPublicKey::new(&ED25519, key.public)
            .verify(text.as_bytes(), &signature.bytes)
            .map_err(|_| NoteError::BadSignature { line: line_number })?;
        if !signed_by.contains(&key) {
            signed_by.push(key);
        }
    }
    if signed_by.is_empty() {
        return Err(NoteError::NotSignedByKnownKey);
    }
    Ok(OpenedNote {
        text,
        signed_by,
        unknown,
    })
}

impl KeyName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let spoilt = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.contains(spoilt) {
            return Err(NoteError::Name);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl VerifierKey {
    /// The id is SHA-256(name || 0x0A || type || key), its first four bytes.
    pub fn new(name: KeyName, public: [u8; ED25519_PUBLIC_KEY_LEN]) -> Self {
        let named = [name.0.as_bytes(), b"\n", &[TYPE_ED25519], public.as_slice()].concat();
        let mut id = [0; 4];
        id.copy_from_slice(&digest(&SHA256, &named).as_ref()[..4]);
        Self { name, id, public }
    }

    /// The verifier's half of a signing key.
    pub fn of(name: KeyName, key: &Ed25519KeyPair) -> Result<Self, NoteError> {
        Ok(Self::new(name, public_key(key)?))
    }

    pub fn name(&self) -> &KeyName {
        &self.name
    }

    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    pub fn public(&self) -> &[u8; ED25519_PUBLIC_KEY_LEN] {
        &self.public
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        // The key is base64 and may hold '+' itself, a name never does.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::VerifierKey);
        };
        let key = STANDARD.decode(key).map_err(|_| NoteError::VerifierKey)?;
        let (kind, public) = key.split_first().ok_or(NoteError::VerifierKey)?;
        if *kind != TYPE_ED25519 {
            return Err(NoteError::KeyType);
        }
        let public = public.try_into().map_err(|_| NoteError::VerifierKey)?;
        let key = Self::new(name.parse()?, public);
        if id == spell_id(key.id) {
            Ok(key)
        } else {
            Err(NoteError::KeyId)
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [[TYPE_ED25519].as_slice(), self.public.as_slice()].concat();
        write!(
            f,
            "{}+{}+{}",
            self.name,
            spell_id(self.id),
            STANDARD.encode(key)
        )
    }
}

struct Signature<'n> {
    name: &'n str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl<'n> Signature<'n> {
    fn parse(line: &'n str) -> Option<Self> {
        let (name, blob) = line.strip_prefix(SIGNATURE_BEGIN)?.split_once(' ')?;
        name.parse::<KeyName>().ok()?;
        let blob = STANDARD.decode(blob).ok()?;
        let (id, bytes) = blob.split_first_chunk()?;
        (!bytes.is_empty()).then(|| Self {
            name,
            id: *id,
            bytes: bytes.to_vec(),
        })
    }

    fn is_of(&self, key: &VerifierKey) -> bool {
        self.name == key.name.0 && self.id == key.id
    }
}

/// The text with its final newline, and the signature lines after the LAST blank line.
pub(super) fn split(note: &[u8]) -> Result<(&str, &str), NoteError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLong);
    }
    let note = std::str::from_utf8(note).map_err(|_| NoteError::Text)?;
    check_text(note)?;
    let blank = note.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
    let (text, lines) = (&note[..=blank], &note[blank + 2..]);
    if lines.is_empty() {
        return Err(NoteError::NoSignatures);
    }
    Ok((text, lines))
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let controlled = text.bytes().any(|byte| byte < 0x20 && byte != b'\n');
    if controlled || !text.ends_with('\n') {
        Err(NoteError::Text)
    } else {
        Ok(())
    }
}

fn public_key(key: &Ed25519KeyPair) -> Result<[u8; ED25519_PUBLIC_KEY_LEN], NoteError> {
    let public = key.public_key().as_ref().try_into();
    public.map_err(|_| NoteError::VerifierKey)
}

fn spell_id(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

const TYPE_ED25519: u8 = 0x01;
/// U+2014 and a space.
const SIGNATURE_BEGIN: &str = "\u{2014} ";
/// Witnesses and post-quantum signatures (3.3 kB a line) find room.
const SIGNATURES_MAX: usize = 100;
const NOTE_BYTES_MAX: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn name(text: &str) -> KeyName {
        text.parse().unwrap()
    }

    fn verifier(text: &str, seed: u8) -> VerifierKey {
        VerifierKey::of(name(text), &key(seed)).unwrap()
    }

    #[test]
    fn a_signed_note_opens_with_its_key_only() {
        let note = sign("one\n\ntwo\n", &name("a.example/log"), &key(1)).unwrap();
        let known = [verifier("a.example/log", 1)];
        let opened = open(note.as_bytes(), &known).unwrap();
        assert_eq!(opened.text, "one\n\ntwo\n");
        assert_eq!(opened.signed_by, [&known[0]]);
        for stranger in [verifier("a.example/log", 2), verifier("b.example/log", 1)] {
            assert_eq!(
                open(note.as_bytes(), &[stranger]).unwrap_err(),
                NoteError::NotSignedByKnownKey
            );
        }
    }

    #[test]
    fn sixteen_signatures_and_more_are_read_and_one_bad_known_one_spoils_them() {
        let text = "text\n";
        let names: Vec<String> = (0..20).map(|n| format!("w{n}.example")).collect();
        let mut note = format!("{text}\n");
        for (seed, of) in names.iter().enumerate() {
            let one = sign(text, &name(of), &key(seed as u8)).unwrap();
            note.push_str(one.lines().last().unwrap());
            note.push('\n');
        }
        let known = [verifier("w3.example", 3), verifier("w19.example", 19)];
        let opened = open(note.as_bytes(), &known).unwrap();
        assert_eq!((opened.signed_by.len(), opened.unknown), (2, 18));
        let spoilt = note.replacen("text\n", "test\n", 1);
        assert_eq!(
            open(spoilt.as_bytes(), &known[1..]).unwrap_err(),
            NoteError::BadSignature { line: 20 }
        );
    }

    #[test]
    fn a_note_of_too_many_signatures_or_bytes_is_refused() {
        let one = sign("t\n", &name("a"), &key(1)).unwrap();
        let line = one.lines().last().unwrap();
        let many = format!("t\n\n{}", format!("{line}\n").repeat(101));
        let known = [verifier("a", 1)];
        assert_eq!(
            open(many.as_bytes(), &known).unwrap_err(),
            NoteError::TooManySignatures
        );
        let long = format!("{}\n{one}", "x".repeat(NOTE_BYTES_MAX));
        assert_eq!(
            open(long.as_bytes(), &known).unwrap_err(),
            NoteError::TooLong
        );
    }

    #[test]
    fn text_that_no_note_can_carry_is_not_signed() {
        for text in ["", "no end", "tab\there\n", "cr\r\n"] {
            assert_eq!(
                sign(text, &name("a"), &key(1)),
                Err(NoteError::Text),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_name_has_no_space_plus_or_control_character() {
        for text in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{7}b"] {
            assert_eq!(text.parse::<KeyName>(), Err(NoteError::Name), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_opened_or_refused_without_panic(bytes: Vec<u8>, tail: Vec<u8>) {
            let known = [verifier("a", 1)];
            let _ = open(&bytes, &known);
            let note = [b"t\n\n\xe2\x80\x94 ".as_slice(), tail.as_slice(), b"\n"].concat();
            prop_assert!(open(&note, &known).is_err());
            let _ = String::from_utf8_lossy(&bytes).parse::<VerifierKey>();
        }

        #[test]
        fn a_verifier_key_reads_back(text in "[a-z./-]{1,40}", public: [u8; 32]) {
            let key = VerifierKey::new(name(&text), public);
            prop_assert_eq!(key.to_string().parse::<VerifierKey>(), Ok(key));
        }

        #[test]
        fn a_flipped_bit_of_a_note_is_rejected(at in 0_usize..100, bit in 0_u8..8) {
            let mut note = sign("some text\n", &name("a"), &key(1)).unwrap().into_bytes();
            let at = at % note.len();
            note[at] ^= 1 << bit;
            prop_assert!(open(&note, &[verifier("a", 1)]).is_err());
        }
    }
}
