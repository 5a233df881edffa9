//! What a person's passkey signs: one act, in one session, once.
//!
//! The challenge that the authenticator gets is the SHA-256 of this statement as canonical JSON (RFC 8785), so the
//! signature says what was done, about what, with which answer, and when the vault let it be said (the nonce).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256, digest};
use serde::{Deserialize, Serialize};

// The members are in the order of their names, which is the canonical order.
/// One act, as a passkey signs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActStatement {
    /// The action, such as `reveal.decide`.
    pub action: String,
    /// Of an act about a request: the digest that binds what was asked for, base64.
    pub asked: Option<String>,
    /// The case, if the act is about one.
    pub case: Option<String>,
    /// Of a decision: `approve` or `deny`.
    pub decision: Option<String>,
    /// The vault's nonce.
    pub nonce: String,
    /// What the act is about beside the case: an operator, a request.
    pub object: Option<String>,
    /// SHA-256 over a salt and everything else that was sent with the act, base64.
    pub request: String,
    /// The session; none at a sign-in.
    pub session: Option<String>,
    /// 1.
    pub v: u8,
}

impl ActStatement {
    /// The canonical bytes; `None` if they cannot be written.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    /// What `request` is, of a salt and of everything else that was sent, as canonical JSON. A reason may name a
    /// number, of which there are few enough to try all; the salt is in no package.
    pub fn digest_of_request(salt: &[u8; 32], sent: &[u8]) -> String {
        let mut context = Context::new(&SHA256);
        context.update(salt);
        context.update(sent);
        STANDARD.encode(context.finish())
    }

    /// Reads exactly what [`ActStatement::to_bytes`] writes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let read: Self = serde_json::from_slice(bytes).ok()?;
        (read.to_bytes()? == bytes).then_some(read)
    }

    /// What the authenticator is given to sign.
    pub fn challenge(&self) -> Option<[u8; 32]> {
        digest(&SHA256, &self.to_bytes()?).as_ref().try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_bytes_are_canonical_and_every_member_changes_the_challenge(texts: [String; 8], other: String) {
            let [action, asked, case, decision, nonce, object, request, session] = texts;
            let act = ActStatement {
                action,
                asked: Some(asked),
                case: Some(case),
                decision: Some(decision),
                nonce,
                object: Some(object),
                request,
                session: Some(session),
                v: 1,
            };
            let canonical = serde_json_canonicalizer::to_vec(&act).unwrap();
            prop_assert_eq!(act.to_bytes().unwrap(), &canonical[..]);
            prop_assert_eq!(ActStatement::parse(&canonical), Some(act.clone()));
            prop_assert_eq!(ActStatement::parse(&[&canonical[..], b" "].concat()), None);
            let one = || Some(other.clone());
            for changed in [
                ActStatement { action: other.clone(), ..act.clone() },
                ActStatement { asked: one(), ..act.clone() },
                ActStatement { case: one(), ..act.clone() },
                ActStatement { decision: one(), ..act.clone() },
                ActStatement { nonce: other.clone(), ..act.clone() },
                ActStatement { object: one(), ..act.clone() },
                ActStatement { request: other.clone(), ..act.clone() },
                ActStatement { session: one(), ..act.clone() },
                ActStatement { session: None, ..act.clone() },
            ] {
                prop_assert_eq!(changed == act, changed.challenge() == act.challenge());
            }
        }
    }
}
