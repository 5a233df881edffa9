//! Passkeys (WebAuthn level 2): what an authenticator says, and whether it may be believed.
//!
//! Pure: bytes in, a verdict out. Only ES256 (ECDSA on P-256 with SHA-256, RFC 9053), and only with the user verified.
//! An attestation is neither asked for nor looked at, so the key of a new passkey is in `authenticatorData` alone,
//! in CTAP2's canonical form of which there is one. Used at the door and by whoever checks an act later, with the
//! public key alone. Not promised: that a counter rises; whoever keeps the last one compares it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;

use super::RelyingParty;
use super::p256::is_on_curve;

/// The authenticator did not say this. The error has no detail, so it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not what the passkey was asked for")]
pub struct NotByPasskey;

/// The longest of anything that an authenticator sends, in bytes.
const LONGEST: usize = 4096;
/// The longest credential id, as WebAuthn says.
const ID_LONGEST: usize = 1023;

/// The public key of a passkey: a point of P-256, not compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyPoint([u8; 65]);

impl PasskeyPoint {
    /// The point by its bytes. Under one that is not on the curve nothing would verify, and its owner were locked out.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotByPasskey> {
        let point: [u8; 65] = bytes.try_into().map_err(|_| NotByPasskey)?;
        let coordinates = point.strip_prefix(&[4]).and_then(|both| {
            let (x, y) = both.split_first_chunk::<32>()?;
            Some((x, y.first_chunk::<32>()?))
        });
        let (x, y) = coordinates.ok_or(NotByPasskey)?;
        is_on_curve(x, y).then_some(Self(point)).ok_or(NotByPasskey)
    }

    /// The 65 bytes, of which the first is 4.
    pub fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// What the leaf of an enrolment has of a passkey, base64: SHA-256 over the SHA-256 of what the authenticator
    /// calls it and the SHA-256 of its public key.
    pub fn digest_with(&self, credential: &[u8]) -> String {
        let (credential, point) = (digest(&SHA256, credential), digest(&SHA256, &self.0));
        let both = [credential.as_ref(), point.as_ref()].concat();
        STANDARD.encode(digest(&SHA256, &both))
    }
}

/// What is wrong with an assertion, for whoever checks one later. At the door nobody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionFault {
    /// `clientDataJSON` cannot be read, or is of another kind of answer.
    #[error("clientDataJSON: it is not of an assertion")]
    ClientData,
    /// It is about something else than the statement.
    #[error("challenge: clientDataJSON does not have the digest of the statement")]
    Challenge,
    /// It was made on a page of another site, or inside one.
    #[error("origin: it was made for another site")]
    Origin,
    /// The passkey is of another site.
    #[error("relying party: authenticatorData is of another site")]
    RelyingParty,
    /// Nobody was there, or the authenticator did not verify who.
    #[error("user: the authenticator did not verify its user")]
    User,
    /// The key did not sign this.
    #[error("signature: it is not by the passkey, or of other data")]
    Signature,
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadePasskey {
    /// What the authenticator calls it.
    pub credential: Vec<u8>,
    /// Its public key.
    pub point: PasskeyPoint,
    /// How often it was used; always 0 of many authenticators.
    pub counter: u32,
}

/// What an authenticator answered when it was asked to make a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// What `getAuthenticatorData()` gives.
    pub authenticator_data: Vec<u8>,
}

impl Making {
    /// Reads the two parts in base64url.
    pub fn parse(client_data: &str, authenticator_data: &str) -> Result<Self, NotByPasskey> {
        Ok(Self {
            client_data: decode(client_data)?,
            authenticator_data: decode(authenticator_data)?,
        })
    }

    /// The passkey, if it was made for this challenge, by this vault's pages, with the user verified.
    pub fn made(
        &self,
        at: &RelyingParty,
        challenge: &[u8; 32],
    ) -> Result<MadePasskey, NotByPasskey> {
        let said = ClientData::parse(&self.client_data)
            .and_then(|data| data.is("webauthn.create", at, challenge));
        said.map_err(|_| NotByPasskey)?;
        let (head, mut rest) =
            Head::parse(&self.authenticator_data, at).map_err(|_| NotByPasskey)?;
        if !head.has(ATTESTED) {
            return Err(NotByPasskey);
        }
        let _model = take(&mut rest, 16)?;
        let length = take(&mut rest, 2)?;
        let length = length
            .iter()
            .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        if length == 0 || length > ID_LONGEST {
            return Err(NotByPasskey);
        }
        let credential = take(&mut rest, length)?.to_vec();
        let mut point = vec![4];
        if take(&mut rest, COSE_HEAD.len())? != COSE_HEAD {
            return Err(NotByPasskey);
        }
        point.extend_from_slice(take(&mut rest, 32)?);
        if take(&mut rest, COSE_Y.len())? != COSE_Y {
            return Err(NotByPasskey);
        }
        point.extend_from_slice(take(&mut rest, 32)?);
        if rest.is_empty() == head.has(EXTENDED) {
            return Err(NotByPasskey);
        }
        Ok(MadePasskey {
            credential,
            point: PasskeyPoint::parse(&point)?,
            counter: head.counter,
        })
    }
}

/// What an authenticator signed, with the nonce of the challenge that it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The vault's nonce, as the vault gave it.
    pub nonce: String,
    /// What the authenticator calls the passkey.
    pub credential: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// The signature, in DER.
    pub signature: Vec<u8>,
}

impl Assertion {
    /// Reads the text of an assertion: nonce, credential, client data, authenticator data and signature, each in
    /// base64url, with dots between.
    pub fn parse(text: &str) -> Result<Self, NotByPasskey> {
        let parts: Vec<&str> = text.split('.').collect();
        let [
            nonce,
            credential,
            client_data,
            authenticator_data,
            signature,
        ] = parts[..]
        else {
            return Err(NotByPasskey);
        };
        if nonce.is_empty() || nonce.len() > 128 {
            return Err(NotByPasskey);
        }
        Ok(Self {
            nonce: nonce.to_owned(),
            credential: decode(credential)?,
            client_data: decode(client_data)?,
            authenticator_data: decode(authenticator_data)?,
            signature: decode(signature)?,
        })
    }

    /// The text of it.
    pub fn to_text(&self) -> String {
        let parts = [
            &self.credential,
            &self.client_data,
            &self.authenticator_data,
            &self.signature,
        ];
        let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{}.{}", self.nonce, parts.join("."))
    }

    /// SHA-256 over its text, in base64: the leaf of the act has it.
    pub fn digest(&self) -> String {
        STANDARD.encode(digest(&SHA256, self.to_text().as_bytes()))
    }

    /// Whether the owner of the passkey, verified by their authenticator, signed this challenge for this vault.
    /// Answers the counter.
    pub fn verify(
        &self,
        at: &RelyingParty,
        challenge: &[u8; 32],
        key: &PasskeyPoint,
    ) -> Result<u32, NotByPasskey> {
        self.examine(at, challenge, key).map_err(|_| NotByPasskey)
    }

    /// The same, and says what is wrong.
    pub fn examine(
        &self,
        at: &RelyingParty,
        challenge: &[u8; 32],
        key: &PasskeyPoint,
    ) -> Result<u32, AssertionFault> {
        ClientData::parse(&self.client_data)?.is("webauthn.get", at, challenge)?;
        let (head, _) = Head::parse(&self.authenticator_data, at)?;
        let mut signed = self.authenticator_data.clone();
        signed.extend_from_slice(digest(&SHA256, &self.client_data).as_ref());
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.as_bytes())
            .verify(&signed, &self.signature)
            .map_err(|_| AssertionFault::Signature)?;
        Ok(head.counter)
    }

    /// The origin of the page that asked for it, as its browser said.
    pub fn origin(&self) -> Option<String> {
        let data = ClientData::parse(&self.client_data).ok()?;
        Some(data.origin)
    }
}

/// COSE_Key of ES256 up to the first coordinate: {1: 2, 3: -7, -1: 1, -2: 32 bytes, …
const COSE_HEAD: &[u8] = &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
/// … -3: 32 bytes}.
const COSE_Y: &[u8] = &[0x22, 0x58, 32];

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;
const EXTENDED: u8 = 0x80;

/// What `authenticatorData` begins with.
struct Head {
    flags: u8,
    counter: u32,
}

impl Head {
    /// The head, if it is about this vault and the user was there and verified; and what follows it.
    fn parse<'a>(bytes: &'a [u8], at: &RelyingParty) -> Result<(Self, &'a [u8]), AssertionFault> {
        let short = |_| AssertionFault::RelyingParty;
        let mut rest = bytes;
        if take(&mut rest, 32).map_err(short)? != digest(&SHA256, at.id().as_bytes()).as_ref() {
            return Err(AssertionFault::RelyingParty);
        }
        let flags = take(&mut rest, 1).map_err(short)?;
        let counter = take(&mut rest, 4).map_err(short)?;
        let head = Self {
            flags: flags.iter().fold(0, |_, byte| *byte),
            counter: counter
                .iter()
                .fold(0, |sum, byte| (sum << 8) | u32::from(*byte)),
        };
        (head.has(PRESENT) && head.has(VERIFIED))
            .then_some((head, rest))
            .ok_or(AssertionFault::User)
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag == flag
    }
}

/// What the browser says that it asked the authenticator for.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

impl ClientData {
    fn parse(bytes: &[u8]) -> Result<Self, AssertionFault> {
        // An array in the order of the members would be read as well, and no browser writes one.
        let object = bytes.starts_with(b"{").then_some(bytes);
        let object = object.ok_or(AssertionFault::ClientData)?;
        serde_json::from_slice(object).map_err(|_| AssertionFault::ClientData)
    }

    fn is(
        &self,
        kind: &str,
        at: &RelyingParty,
        challenge: &[u8; 32],
    ) -> Result<(), AssertionFault> {
        if self.kind != kind {
            return Err(AssertionFault::ClientData);
        }
        if self.challenge != URL_SAFE_NO_PAD.encode(challenge) {
            return Err(AssertionFault::Challenge);
        }
        let here = at.is_origin(&self.origin) && !self.cross_origin;
        here.then_some(()).ok_or(AssertionFault::Origin)
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], NotByPasskey> {
    let (taken, left) = rest.split_at_checked(length).ok_or(NotByPasskey)?;
    *rest = left;
    Ok(taken)
}

/// Some browsers' helpers write padding, which stands for nothing.
fn decode(text: &str) -> Result<Vec<u8>, NotByPasskey> {
    if text.is_empty() || text.len() > LONGEST * 4 / 3 + 4 {
        return Err(NotByPasskey);
    }
    URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|_| NotByPasskey)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AT: &str = "https://localhost:8443";
    const CHALLENGE: [u8; 32] = [7; 32];

    /// The base point of P-256.
    fn point() -> [u8; 65] {
        let coordinates = concat!(
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        );
        let mut point = [4; 65];
        for (byte, pair) in point[1..].iter_mut().zip(coordinates.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        }
        point
    }

    fn here() -> RelyingParty {
        RelyingParty::at(AT).unwrap()
    }

    fn client_data(kind: &str, challenge: &[u8], origin: &str, more: &str) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more},"other":[1]}}"#
        )
        .into_bytes()
    }

    fn head(id: &str, flags: u8, counter: u32) -> Vec<u8> {
        let mut bytes = digest(&SHA256, id.as_bytes()).as_ref().to_vec();
        bytes.push(flags);
        bytes.extend(counter.to_be_bytes());
        bytes
    }

    fn making() -> Making {
        let mut data = head("localhost", 0x45, 3);
        data.extend([0; 16]);
        data.extend([0, 4, 9, 8, 7, 6]);
        data.extend([COSE_HEAD, &point()[1..33], COSE_Y, &point()[33..]].concat());
        Making {
            client_data: client_data("webauthn.create", &CHALLENGE, AT, ""),
            authenticator_data: data,
        }
    }

    #[test]
    fn a_passkey_is_read_from_what_the_authenticator_says() {
        let made = making().made(&here(), &CHALLENGE).unwrap();
        assert_eq!(made.credential, [9, 8, 7, 6]);
        assert_eq!(*made.point.as_bytes(), point());
        assert_eq!(made.counter, 3);
    }

    #[test]
    fn a_passkey_is_refused_unless_it_was_made_for_this_challenge_here_by_a_verified_user() {
        let good = making();
        let with = |change: &dyn Fn(&mut Making)| {
            let mut changed = good.clone();
            change(&mut changed);
            changed.made(&here(), &CHALLENGE)
        };
        assert!(with(&|_| ()).is_ok());
        let says =
            |kind, challenge: &[u8], origin, more| client_data(kind, challenge, origin, more);
        for client_data in [
            says("webauthn.get", &CHALLENGE, AT, ""),
            says("webauthn.create", &[8; 32], AT, ""),
            says("webauthn.create", &CHALLENGE, "https://localhost:8444", ""),
            says("webauthn.create", &CHALLENGE, "http://localhost:8443", ""),
            says("webauthn.create", &CHALLENGE, AT, r#","crossOrigin":true"#),
            b"{}".to_vec(),
        ] {
            let refused = with(&|making| making.client_data.clone_from(&client_data));
            assert_eq!(refused, Err(NotByPasskey));
        }
        // Another vault, nobody there, nobody verified, no key, more than was said, a key of another kind.
        for (at, byte) in [
            (0, 0),
            (32, 0x44),
            (32, 0x41),
            (32, 0x05),
            (32, 0xc5),
            (63, 0x27),
        ] {
            let refused = with(&|making| making.authenticator_data[at] = byte);
            assert_eq!(refused, Err(NotByPasskey), "{at}");
        }
        // A point that is not on the curve.
        let last = good.authenticator_data.len() - 1;
        let off = with(&|making| making.authenticator_data[last] ^= 1);
        assert_eq!(off, Err(NotByPasskey));
        let longer = with(&|making| making.authenticator_data.push(0));
        assert_eq!(longer, Err(NotByPasskey));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>, said: Vec<u8>, text: String) {
            let mut about = digest(&SHA256, b"localhost").as_ref().to_vec();
            about.push(0x45);
            about.extend(&data);
            let making = Making {
                client_data: client_data("webauthn.create", &CHALLENGE, AT, ""),
                authenticator_data: about,
            };
            prop_assert!(making.made(&here(), &CHALLENGE).is_err());
            let making = Making { client_data: said, authenticator_data: data };
            prop_assert!(making.made(&here(), &CHALLENGE).is_err());
            if let Ok(assertion) = Assertion::parse(&text) {
                prop_assert_eq!(Assertion::parse(&assertion.to_text()), Ok(assertion));
            }
        }
    }
}
