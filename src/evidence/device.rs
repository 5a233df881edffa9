//! Whether the decider's own device approved a package: what a passkey signed, and whose it is.
//!
//! The leaf of the decision has the digest of the assertion, and the leaf of the passkey's enrolment that of its key.
//! Both leaves are proved into the log. The assertion is over the digest of a statement that says which act it is:
//! action, case, request, decision, session and nonce. The key is in a form that `openssl` reads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::domain::{ActStatement, Assertion, PasskeyPoint, RelyingParty};
use crate::evidence::approval::LEAF;
use crate::evidence::digest::sha256;
use crate::evidence::proof_check::ProofCheck;

/// What a passkey signed for a decision, and the enrolment of that passkey.
pub struct Device {
    /// The text of the assertion: nonce, credential id, client data, authenticator data and signature.
    pub assertion: String,
    /// The statement whose digest is the challenge, canonical JSON.
    pub statement: Vec<u8>,
    /// The public key of the passkey.
    pub point: PasskeyPoint,
    /// The leaf of the enrolment, its exact bytes.
    pub enrolment: Vec<u8>,
    /// A `.tlog-proof` text of that leaf.
    pub proof: String,
}

impl Device {
    /// Its files in a package: the name under `data/`, and the bytes.
    pub fn files(&self) -> [(&'static str, Vec<u8>); 5] {
        [
            (ASSERTION, self.assertion.clone().into_bytes()),
            (STATEMENT, self.statement.clone()),
            (KEY, pem(&self.point).into_bytes()),
            (ENROLMENT, self.enrolment.clone()),
            (ENROLMENT_PROOF, self.proof.clone().into_bytes()),
        ]
        .map(|(path, bytes)| (path.trim_start_matches("data/"), bytes))
    }
}

/// What a package has of the decider's device.
pub(super) struct Signed<'a> {
    pub(super) info: &'a [(String, String)],
    pub(super) leaf: Option<&'a [u8]>,
    pub(super) assertion: Option<&'a [u8]>,
    pub(super) statement: Option<&'a [u8]>,
    pub(super) key: Option<&'a [u8]>,
    pub(super) enrolment: Option<&'a [u8]>,
    pub(super) proof: Option<&'a [u8]>,
}

/// What whoever verifies demands of it.
#[derive(Clone, Copy, Default)]
pub(super) struct Demands<'a> {
    /// A package that no device approved fails.
    pub(super) required: bool,
    /// The address at which the decider has to have signed, such as `https://vault.example`.
    pub(super) origin: Option<&'a str>,
}

/// The members of a leaf that matter here. That it is canonical is for the proof's check.
#[derive(Deserialize)]
struct Leaf {
    action: String,
    assertion: Option<String>,
    case: Option<String>,
    decision: Option<String>,
    digest: Option<String>,
    object: Option<String>,
    operator: Option<String>,
    outcome: String,
    seq: u64,
    session: Option<String>,
}

impl Signed<'_> {
    /// Whose device approved the package, that none did, or the first thing that is wrong.
    pub(super) fn check(
        &self,
        demands: Demands<'_>,
        check_proof: Option<&ProofCheck>,
    ) -> Result<String, String> {
        let leaf = read(self.leaf, LEAF)?;
        let Some(digest) = leaf.assertion.clone() else {
            return self.none(demands);
        };
        self.is_labelled("signed")?;
        let text = held(self.assertion, ASSERTION)?;
        holds(
            STANDARD.encode(sha256(text)) == digest,
            "assertion: the leaf of the decision has the digest of another one",
        )?;
        let text = std::str::from_utf8(text).ok();
        let assertion = text
            .and_then(|text| Assertion::parse(text).ok())
            .ok_or("assertion: it cannot be read")?;
        let bytes = held(self.statement, STATEMENT)?;
        let statement = ActStatement::parse(bytes).ok_or("statement: it cannot be read")?;
        let point = key_of(held(self.key, KEY)?).ok_or("key: it is no public key of P-256")?;
        self.is_enrolled(&leaf, &point, &assertion, check_proof)?;
        says(&statement, &leaf, &assertion)?;
        let origin = assertion.origin().unwrap_or_default();
        holds(
            demands.origin.is_none_or(|demanded| demanded == origin),
            "origin: it was signed at another address than the one that was given",
        )?;
        let at = RelyingParty::at(&origin);
        let at = at.map_err(|_| "origin: it was signed at no address that has passkeys")?;
        let examined = assertion.examine(&at, &sha256(bytes), &point);
        examined.map_err(|fault| fault.to_string())?;
        Ok(format!(
            "the device of {} signed approve at {origin}",
            leaf.operator.as_deref().unwrap_or_default()
        ))
    }

    /// No device signed the decision.
    fn none(&self, demands: Demands<'_>) -> Result<String, String> {
        let parts = [
            (ASSERTION, self.assertion),
            (STATEMENT, self.statement),
            (KEY, self.key),
            (ENROLMENT, self.enrolment),
            (ENROLMENT_PROOF, self.proof),
        ];
        if let Some((path, _)) = parts.iter().find(|(_, held)| held.is_some()) {
            return Err(format!(
                "leaf: the decision was not signed with a passkey, but there is {path}"
            ));
        }
        self.is_labelled("none")?;
        holds(
            !demands.required,
            "none: the decider had no passkey, so no device signed the decision",
        )?;
        Ok("none: the decider had no passkey, so no device signed the decision".to_owned())
    }

    /// The key is of a passkey that the decider enrolled before.
    fn is_enrolled(
        &self,
        decision: &Leaf,
        point: &PasskeyPoint,
        assertion: &Assertion,
        check_proof: Option<&ProofCheck>,
    ) -> Result<(), String> {
        let bytes = held(self.enrolment, ENROLMENT)?;
        let enrolment = read(self.enrolment, ENROLMENT)?;
        holds(
            enrolment.action == "passkey.enrol" && enrolment.outcome == "done",
            "enrolment: the leaf is not of an enrolment",
        )?;
        holds(
            enrolment.operator.is_some() && enrolment.operator == decision.operator,
            "enrolment: the passkey is not the decider's",
        )?;
        holds(
            enrolment.seq < decision.seq,
            "enrolment: the passkey was enrolled after the decision",
        )?;
        holds(
            enrolment.digest == Some(point.digest_with(&assertion.credential)),
            "key: the leaf of the enrolment has the digest of another passkey",
        )?;
        let proof = held(self.proof, ENROLMENT_PROOF)?;
        let root = root_of(proof);
        let same = root.is_some() && root == self.label("Audit-Checkpoint-Root");
        holds(
            same,
            "proof: that of the enrolment has another root than the package names",
        )?;
        let check = check_proof.ok_or("proof: no trusted log key was given")?;
        check(proof, bytes)
            .map(drop)
            .map_err(|wrong| format!("proof: of the enrolment: {wrong}"))
    }

    /// Of bags by other writers it is missing; the leaf counts.
    fn is_labelled(&self, value: &str) -> Result<(), String> {
        let said = self.label(LABEL);
        holds(
            said.is_none_or(|said| said == value),
            "label: Decider-Passkey of bag-info.txt is not what the leaf says",
        )
    }

    fn label(&self, label: &str) -> Option<&str> {
        let mut values = self.info.iter().filter(|(name, _)| name == label);
        values.next().map(|(_, value)| value.as_str())
    }
}

/// The statement is about the act of the leaf, and about nothing else.
fn says(statement: &ActStatement, leaf: &Leaf, assertion: &Assertion) -> Result<(), String> {
    for (same, wrong) in [
        (statement.v == 1, "statement: it has another version"),
        (
            statement.nonce == assertion.nonce,
            "nonce: the statement has another one than the assertion",
        ),
        (
            statement.action == leaf.action,
            "action: the statement is about another act than the leaf",
        ),
        (
            statement.case.is_some() && statement.case == leaf.case,
            "case: the statement is about another case than the leaf",
        ),
        (
            statement.object.is_some() && statement.object == leaf.object,
            "object: the statement is about another request than the leaf",
        ),
        (
            statement.decision.as_deref() == Some("approve") && statement.decision == leaf.decision,
            "decision: the statement or the leaf does not say approve",
        ),
        (
            statement.session.is_some() && statement.session == leaf.session,
            "session: the statement is of another session than the leaf",
        ),
        (
            statement.asked.is_some() && !statement.request.is_empty(),
            "request: the statement does not bind what was sent",
        ),
    ] {
        holds(same, wrong)?;
    }
    Ok(())
}

fn holds(holds: bool, wrong: &str) -> Result<(), String> {
    match holds {
        true => Ok(()),
        false => Err(wrong.to_owned()),
    }
}

fn held<'a>(bytes: Option<&'a [u8]>, path: &str) -> Result<&'a [u8], String> {
    bytes.ok_or_else(|| format!("{path} is missing"))
}

fn read(bytes: Option<&[u8]>, path: &str) -> Result<Leaf, String> {
    let bytes = held(bytes, path)?;
    serde_json::from_slice(bytes).map_err(|_| format!("{path} cannot be read"))
}

/// The root in a proof's checkpoint.
fn root_of(proof: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(proof).ok()?;
    let (_, checkpoint) = text.split_once("\n\n")?;
    checkpoint.lines().nth(2)
}

/// A public key of P-256 as `openssl` reads it: SubjectPublicKeyInfo (RFC 5480) in PEM.
pub(super) fn pem(point: &PasskeyPoint) -> String {
    let text = STANDARD.encode([SPKI, point.as_bytes().as_slice()].concat());
    let (first, second) = text.split_at(64);
    format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n")
}

/// Reads exactly what [`pem`] writes.
fn key_of(bytes: &[u8]) -> Option<PasskeyPoint> {
    let text = std::str::from_utf8(bytes).ok()?;
    let body = text
        .strip_prefix("-----BEGIN PUBLIC KEY-----\n")?
        .strip_suffix("\n-----END PUBLIC KEY-----\n")?;
    let der = STANDARD.decode(body.replace('\n', "")).ok()?;
    let point = PasskeyPoint::parse(der.strip_prefix(SPKI)?).ok()?;
    (pem(&point) == text).then_some(point)
}

/// What comes before the point: id-ecPublicKey, prime256v1, and a bit string of 65 bytes.
const SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Says in `bag-info.txt` whether a device signed: `signed` or `none`.
pub const LABEL: &str = "Decider-Passkey";
pub(super) const ASSERTION: &str = "data/passkey-assertion.txt";
pub(super) const STATEMENT: &str = "data/passkey-statement.json";
pub(super) const KEY: &str = "data/passkey.pem";
pub(super) const ENROLMENT: &str = "data/passkey-enrolment.json";
pub(super) const ENROLMENT_PROOF: &str = "data/passkey-enrolment.tlog-proof";
/// All of them, for whoever keeps the small files of a package.
pub(super) const PATHS: [&str; 5] = [ASSERTION, STATEMENT, KEY, ENROLMENT, ENROLMENT_PROOF];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::tests::device::{Parts, parts};

    fn judge(parts: &Parts, demands: Demands<'_>) -> Result<String, String> {
        let proof = parts.proof.clone();
        let enrolment = parts.enrolment.clone();
        let check = move |given: &[u8], leaf: &[u8]| -> Result<String, String> {
            match given == proof.as_bytes() && leaf == enrolment.as_bytes() {
                true => Ok("leaf 7".to_owned()),
                false => Err("it does not fit".to_owned()),
            }
        };
        parts.signed(|signed| signed.check(demands, Some(&check)))
    }

    fn changed(change: impl Fn(&mut Parts)) -> String {
        let mut parts = parts();
        change(&mut parts);
        // The proofs are of what is in the package; only what the log has is not made anew.
        judge(&parts, Demands::default()).unwrap_err()
    }

    #[test]
    fn the_device_of_the_decider_approved_the_package() {
        let parts = parts();
        let told = judge(&parts, Demands::default()).unwrap();
        assert_eq!(
            told,
            "the device of o_decider signed approve at https://vault.example:8443"
        );
        let demanding = |origin| Demands {
            required: true,
            origin: Some(origin),
        };
        assert!(judge(&parts, demanding("https://vault.example:8443")).is_ok());
        let elsewhere = judge(&parts, demanding("https://vault.example")).unwrap_err();
        assert!(elsewhere.starts_with("origin: "), "{elsewhere}");
    }

    #[test]
    fn each_part_that_was_changed_is_named() {
        let swap = |text: &mut String, from: &str, to: &str| {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, *text, "{from}");
            *text = other;
        };
        // Of the leaves: as if the log had another one.
        for (from, to, word) in [
            ("\"assertion\":\"", "\"assertion\":\"A", "assertion: "),
            ("export.decide", "export.request", "action: "),
            ("c_case", "c_other", "case: "),
            ("EXP-0003", "EXP-0004", "object: "),
            ("\"approve\"", "\"deny\"", "decision: "),
            ("s_session", "s_other", "session: "),
            ("o_decider", "o_other", "enrolment: "),
            ("\"seq\":41", "\"seq\":7", "enrolment: "),
        ] {
            let wrong = changed(|parts| swap(&mut parts.leaf, from, to));
            assert!(wrong.starts_with(word), "{from}: {wrong}");
        }
        for (from, to, word) in [
            ("passkey.enrol", "passkey.remove", "enrolment: "),
            ("\"done\"", "\"denied\"", "enrolment: "),
            ("o_decider", "o_other", "enrolment: "),
            ("\"digest\":\"", "\"digest\":\"A", "key: "),
            ("\"seq\":7", "\"seq\":42", "enrolment: "),
        ] {
            let wrong = changed(|parts| swap(&mut parts.enrolment, from, to));
            assert!(wrong.starts_with(word), "{from}: {wrong}");
        }
        // Of what was signed, whose digest the leaf would have.
        for (from, to, word) in [
            ("export.decide", "export.request", "action: "),
            ("c_case", "c_other", "case: "),
            ("EXP-0003", "EXP-0004", "object: "),
            ("\"approve\"", "\"deny\"", "decision: "),
            ("s_session", "s_other", "session: "),
            ("\"nonce\":\"", "\"nonce\":\"A", "nonce: "),
            ("\"v\":1", "\"v\":2", "statement: "),
            ("\"v\":1", "\"v\":1 ", "statement: "),
            ("\"request\":\"", "\"request\":\"A", "challenge: "),
            ("\"asked\":\"", "\"asked\":\"A", "challenge: "),
        ] {
            let wrong = changed(|parts| swap(&mut parts.statement, from, to));
            assert!(wrong.starts_with(word), "{from}: {wrong}");
        }
        let wrong = changed(|parts| swap(&mut parts.key, "MFk", "MFl"));
        assert!(wrong.starts_with("key: "), "{wrong}");
        let wrong =
            changed(|parts| parts.key = super::pem(&crate::evidence::tests::device::other_key()));
        assert!(wrong.starts_with("key: "), "{wrong}");
        let wrong = changed(|parts| swap(&mut parts.proof, "cm9vdA==", "b3RoZXI="));
        assert!(wrong.starts_with("proof: "), "{wrong}");
        let wrong = parts().signed(|signed| {
            let no = |_: &[u8], _: &[u8]| Err("it does not fit".to_owned());
            signed.check(Demands::default(), Some(&no)).unwrap_err()
        });
        assert_eq!(wrong, "proof: of the enrolment: it does not fit");
        let unproved = parts().signed(|signed| signed.check(Demands::default(), None));
        assert!(unproved.unwrap_err().starts_with("proof: "));
    }

    #[test]
    fn each_part_of_the_assertion_that_was_changed_is_named() {
        use crate::evidence::tests::device::{Says, parts_of};
        for (says, word) in [
            (
                Says {
                    kind: "webauthn.create",
                    ..Says::TRUTH
                },
                "clientDataJSON: ",
            ),
            (
                Says {
                    challenge: Some([9; 32]),
                    ..Says::TRUTH
                },
                "challenge: ",
            ),
            (
                Says {
                    origin: "http://vault.example:8443",
                    ..Says::TRUTH
                },
                "origin: ",
            ),
            (
                Says {
                    origin: "https://evil.example",
                    ..Says::TRUTH
                },
                "relying party: ",
            ),
            (
                Says {
                    more: r#","crossOrigin":true"#,
                    ..Says::TRUTH
                },
                "origin: ",
            ),
            (
                Says {
                    relying_party: "evil.example",
                    ..Says::TRUTH
                },
                "relying party: ",
            ),
            (
                Says {
                    flags: 0x01,
                    ..Says::TRUTH
                },
                "user: ",
            ),
            (
                Says {
                    flags: 0x04,
                    ..Says::TRUTH
                },
                "user: ",
            ),
            (
                Says {
                    spoil: true,
                    ..Says::TRUTH
                },
                "signature: ",
            ),
        ] {
            let wrong = judge(&parts_of(says), Demands::default()).unwrap_err();
            assert!(wrong.starts_with(word), "{word}: {wrong}");
        }
        // One bit of it, whose digest the leaf does not have.
        let wrong = changed(|parts| parts.assertion.push('A'));
        assert!(wrong.starts_with("assertion: "), "{wrong}");
    }

    #[test]
    fn a_package_that_no_device_approved_says_so_and_fails_where_one_is_required() {
        let mut bare = parts();
        let digest = STANDARD.encode(sha256(bare.assertion.as_bytes()));
        bare.leaf = bare
            .leaf
            .replacen(&format!("\"assertion\":\"{digest}\","), "", 1);
        let stripped = judge(&bare, Demands::default()).unwrap_err();
        assert!(stripped.starts_with("leaf: "), "{stripped}");
        bare.without = true;
        let unlabelled = judge(&bare, Demands::default()).unwrap_err();
        assert!(unlabelled.starts_with("label: "), "{unlabelled}");
        bare.label = "none".to_owned();
        assert!(
            judge(&bare, Demands::default())
                .unwrap()
                .starts_with("none: ")
        );
        let required = Demands {
            required: true,
            origin: None,
        };
        assert!(judge(&bare, required).unwrap_err().starts_with("none: "));
        // The parts cannot be left out of a package whose leaf says that a device signed.
        let mut without = parts();
        without.without = true;
        let missing = judge(&without, Demands::default()).unwrap_err();
        assert!(missing.ends_with("is missing"), "{missing}");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_in_place_of_a_part_are_named_or_refused_and_never_a_panic(
            bytes: Vec<u8>,
            text: String,
            at in 0_usize..6,
        ) {
            proptest::prop_assert!(key_of(&bytes).is_none());
            let parts = parts();
            let judged = parts.signed(|whole| {
                let other = [&bytes[..], text.as_bytes()].concat();
                let mut signed: Signed<'_> = whole;
                let places = [
                    &mut signed.leaf,
                    &mut signed.assertion,
                    &mut signed.statement,
                    &mut signed.key,
                    &mut signed.enrolment,
                    &mut signed.proof,
                ];
                for (place, part) in places.into_iter().enumerate() {
                    if place == at {
                        *part = Some(&other);
                    }
                }
                signed.check(Demands::default(), Some(&|_, _| Ok(String::new())))
            });
            proptest::prop_assert!(judged.is_err());
        }
    }
}
