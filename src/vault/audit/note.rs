//! Signed notes (c2sp.org/signed-note) with Ed25519 signatures, type 01.
//!
//! Signatures of other types and by unknown keys are ignored, as the specification requires. A
//! signature by a known key that does not verify makes the note invalid.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

use super::key::{KeyError, KeyName, VerifierKey};

/// A note with at least one signature by a known key; all of those verify.
#[derive(Debug)]
pub struct OpenedNote<'n, 'k> {
    /// The signed text, with its final newline.
    pub text: &'n str,
    /// The known keys whose signatures verify.
    pub signed_by: Vec<&'k VerifierKey>,
    /// How many signatures were ignored because their key is unknown.
    pub unknown: usize,
}

/// Why a note is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The signing key has no usable public key.
    #[error("the signing key has no usable public key")]
    SigningKey(#[source] KeyError),
    /// A note has at most [`NOTE_BYTES_MAX`] bytes.
    #[error("a note has at most {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// A note's text must be UTF-8 that ends in a newline and has no control characters.
    #[error("a note's text must be UTF-8 that ends in a newline and has no control characters")]
    Text,
    /// The note has no blank line between its text and its signatures.
    #[error("the note has no blank line between its text and its signatures")]
    NoSignatures,
    /// The note has more than [`SIGNATURES_MAX`] signatures.
    #[error("the note has more than {SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// Signature line `line` of the note is malformed.
    #[error("signature line {line} of the note is malformed")]
    SignatureLine {
        /// The line, from 1.
        line: usize,
    },
    /// Signature `line` of the note is by a known key but does not verify.
    #[error("signature {line} of the note is by a known key but does not verify")]
    BadSignature {
        /// The line, from 1.
        line: usize,
    },
    /// No known key has signed the note.
    #[error("no known key has signed the note")]
    NotSignedByKnownKey,
    /// Two known keys have the same name and id.
    #[error("two known keys have the same name and id")]
    AmbiguousKey,
}

/// Makes a note over `text` with one signature by the key `name`.
pub fn sign(text: &str, name: &KeyName, key: &Ed25519KeyPair) -> Result<String, NoteError> {
    check_text(text)?;
    let verifier = VerifierKey::of(name.clone(), key).map_err(NoteError::SigningKey)?;
    let mut signature = verifier.id().to_vec();
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

/// Checks a note against the known keys.
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
        UnparsedPublicKey::new(&ED25519, key.public())
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
        self.name == key.name().as_str() && self.id == key.id()
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

/// U+2014 and a space.
const SIGNATURE_BEGIN: &str = "\u{2014} ";
/// Room for the signatures of witnesses and for post-quantum ones (3.3 kB a line).
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

    proptest! {
        #[test]
        fn any_bytes_are_opened_or_refused_without_panic(bytes: Vec<u8>, tail: Vec<u8>) {
            let known = [verifier("a", 1)];
            let _ = open(&bytes, &known);
            let note = [b"t\n\n\xe2\x80\x94 ".as_slice(), tail.as_slice(), b"\n"].concat();
            prop_assert!(open(&note, &known).is_err());
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
