//! Whoever comes in by an OpenID provider: their account, their session, and what another group of theirs ends.
//!
//! Sees a keyed tag of issuer and subject, which is the identity; the name is for people, and decides nothing.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Scope;
use super::recovery::SESSION_S;
use super::session::{SessionFor, SessionOpened, SignedIn};
use crate::domain::{Assertion, HomeRole, OperatorId, OperatorName};
use crate::policy::{Denial, Writes};
use crate::vault::budget::alarm::Alarm;
use crate::vault::call::answer::Answer;
use crate::vault::call::receipt::Receipt;
use crate::vault::error::OperationError;
use crate::vault::identity::{OperatorSecrets, Subnet, Unasserted};
use crate::vault::store::operator_rows::{self, ArrivedOperator, OperatorRow, OperatorState};
use crate::vault::store::session_rows::SessionMeans;
use crate::vault::store::{case_rows, membership_rows, session_rows};

/// Somebody for whom the provider vouches.
pub(in crate::vault) struct Arriving {
    /// A keyed tag of issuer and subject.
    pub(in crate::vault) identity: [u8; 16],
    /// What the provider calls them.
    pub(in crate::vault) called: Option<String>,
    /// What their groups make them; none if no group counts.
    pub(in crate::vault) role: Option<HomeRole>,
    pub(in crate::vault) subnet: Option<Subnet>,
    pub(in crate::vault) assertion: Option<Box<Assertion>>,
}

/// What the provider says of somebody's groups now.
pub(in crate::vault) struct Regrouping {
    pub(in crate::vault) operator: OperatorId,
    pub(in crate::vault) role: Option<HomeRole>,
}

/// Somebody who came in, with their session.
pub struct Arrived {
    session: SignedIn,
    name: String,
}

/// A session of somebody who came in by a provider; the token is shown once.
#[derive(Serialize, ToSchema)]
pub struct ArrivedView {
    /// The session.
    #[serde(flatten)]
    pub session: SessionOpened,
    /// The name of the account.
    #[schema(value_type = OperatorName)]
    pub name: String,
}

impl Answer for Arrived {
    type View = ArrivedView;

    fn view(self, receipt: &Receipt) -> Result<ArrivedView, OperationError> {
        Ok(ArrivedView {
            session: self.session.view(receipt)?,
            name: self.name,
        })
    }
}

/// What another role, or none, ended.
#[derive(Serialize, ToSchema)]
pub(in crate::vault) struct Regrouped {
    memberships_ended: usize,
    sessions_ended: usize,
}

impl<A: Writes> Scope<'_, A> {
    /// Opens a session for somebody for whom the provider vouches, and makes their account at their first arrival.
    /// Whose groups give no role is refused, and so is whoever has a passkey and did not sign with it.
    pub(in crate::vault) fn arrive(
        &mut self,
        arriving: Arriving,
    ) -> Result<Arrived, OperationError> {
        let Some(role) = arriving.role else {
            return Err(self.deny(Denial::IdentityRefused));
        };
        let (row, mut secrets, is_new) =
            match operator_rows::find_by_identity(self.connection, &arriving.identity)? {
                // Another role is written down before somebody comes in with it.
                Some(row) if row.state != OperatorState::Active || row.home != role => {
                    return Err(self.deny(Denial::IdentityRefused));
                }
                Some(row) => {
                    let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
                    (row, secrets, false)
                }
                None => {
                    let row = self.first_arrival(&arriving, role)?;
                    let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
                    (row, secrets, true)
                }
            };
        let means = match (&arriving.assertion, secrets.passkeys.is_empty()) {
            (None, true) => SessionMeans::Provider,
            // After a reset: it enrols another passkey and does nothing else.
            (None, false) if secrets.has_replaceable_passkeys() => SessionMeans::Recovery,
            (None, false) => return Err(self.deny(Denial::AssertionNeeded)),
            (Some(assertion), _) => match self.signed_in(&mut secrets, assertion) {
                Ok(()) => SessionMeans::Passkey,
                Err(why) => {
                    if why == Unasserted::Cloned {
                        self.notes.alarm = Some(Alarm::PasskeyCopied);
                    }
                    return Err(self.deny(Denial::AssertionRefused));
                }
            },
        };
        let by_passkey = means == SessionMeans::Passkey;
        if by_passkey {
            // It is not lost.
            secrets.forget_reset();
        }
        if let Some(subnet) = arriving.subnet {
            secrets.remember(&self.core.keys(), &row.id, subnet);
        }
        let sealed = self.seal_secrets(&secrets, &row.id)?;
        operator_rows::keep_factor(self.transaction()?, &row.id, row.totp_step, &sealed)?;
        let seconds = match means {
            SessionMeans::Recovery => SESSION_S,
            _ => self.core.settings.session_s,
        };
        let own = row.id.clone();
        let session = self.begin_session(SessionFor::Console, own, means, by_passkey, seconds)?;
        self.notes.object = Some(row.id.to_string());
        self.note_detail(json!({
            "by": "provider",
            "role": role.as_str(),
            "account_made": is_new,
            "passkey": by_passkey,
        }));
        Ok(Arrived {
            session,
            name: secrets.name.clone(),
        })
    }

    /// Another role ends every membership and every session, and stops what they asked for or approved and nobody used.
    /// No role ends the sessions; what they are stays for the day
    /// when a group of theirs counts again, and then a lead of each case recognises them anew.
    pub(in crate::vault) fn regroup(
        &mut self,
        wanted: &Regrouping,
    ) -> Result<Regrouped, OperationError> {
        let row = operator_rows::find(self.connection, &wanted.operator)?
            .filter(|row| row.state == OperatorState::Active && row.by_provider)
            .ok_or(OperationError::NotFound)?;
        let (mut memberships_ended, mut unrecognised) = (0, 0);
        let mut requests = Vec::new();
        match wanted.role {
            Some(role) => {
                operator_rows::set_home(self.transaction()?, &row.id, role)?;
                for number in membership_rows::numbers_of(self.connection, &row.id)? {
                    let case = case_rows::find_by_number(self.connection, number)?;
                    if let Some(case) = case.filter(|case| !self.core.is_destroyed(case)) {
                        requests.extend(self.stop_all_of(&case, &row.id)?.ids);
                    }
                }
                memberships_ended = membership_rows::remove_all(self.transaction()?, &row.id)?;
            }
            None => {
                unrecognised = membership_rows::forget_recognition(self.transaction()?, &row.id)?;
            }
        }
        let sessions_ended = session_rows::revoke_all(self.transaction()?, &row.id, self.now)?;
        self.notes.object = Some(row.id.to_string());
        self.note_detail(json!({
            "role_before": row.home.as_str(),
            "role": wanted.role.map(HomeRole::as_str),
            "memberships_ended": memberships_ended,
            "requests": requests,
            "unrecognised_in_cases": unrecognised,
            "sessions_ended": sessions_ended,
        }));
        Ok(Regrouped {
            memberships_ended,
            sessions_ended,
        })
    }

    /// Makes the account of somebody who was never here. It has no password and is a member of no case.
    fn first_arrival(
        &mut self,
        arriving: &Arriving,
        home: HomeRole,
    ) -> Result<OperatorRow, OperationError> {
        let id = OperatorId::from_random(self.core.draw()?);
        let (name, tag) = self.free_name(&id, arriving.called.as_deref())?;
        let secrets = OperatorSecrets::of_invited(&name, &*self.core.entropy)?;
        operator_rows::insert_arrived(
            self.transaction()?,
            &ArrivedOperator {
                id: &id,
                name_tag: &tag,
                home,
                sealed: &self.seal_secrets(&secrets, &id)?,
                identity: &arriving.identity,
                created_at: self.now,
            },
        )?;
        operator_rows::find(self.connection, &id)?
            .ok_or(OperationError::Internal("an account that was just made"))
    }

    /// A name that nobody has: what the provider calls them, or else their id.
    fn free_name(
        &self,
        id: &OperatorId,
        called: Option<&str>,
    ) -> Result<(OperatorName, [u8; 16]), OperationError> {
        let letters = id.as_str().bytes().map(letter).collect::<String>();
        for name in called.map(name_of).into_iter().chain([name_of(&letters)]) {
            let Ok(name) = OperatorName::parse(&name) else {
                continue;
            };
            let tag = *self
                .core
                .keys()
                .root_keys()
                .operator_names()
                .tag_operator(name.as_str())
                .as_bytes();
            if operator_rows::find_by_name_tag(self.connection, &tag)?.is_none() {
                return Ok((name, tag));
            }
        }
        Err(OperationError::Internal("no name is free"))
    }
}

/// What somebody is called whom the provider calls so: what is in no name becomes a hyphen, as in an e-mail address.
fn name_of(called: &str) -> String {
    let plain = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9' | '.' | '_' | '-') => letter,
        _ => '-',
    };
    let prefix = OperatorName::OF_PROVIDER;
    format!("{prefix}{}", called.chars().map(plain).collect::<String>())
}

/// Digits of an id as letters, because a name with many digits may be a phone number.
fn letter(byte: u8) -> char {
    match byte {
        b'0'..=b'9' => char::from(b'a' + (byte - b'0')),
        b'a'..=b'z' => char::from(byte),
        _ => '-',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_providers_with_a_mark_or_else_made_of_the_id() {
        for (called, name) in [
            ("ann", "ext.ann"),
            ("Ann.Smith", "ext.ann.smith"),
            ("ann@corp.example", "ext.ann-corp.example"),
            ("l\u{fc}kas <b>", "ext.l-kas--b-"),
        ] {
            assert_eq!(name_of(called), name);
            assert!(OperatorName::parse(name).is_ok(), "{name}");
        }
        assert!(OperatorName::parse(&name_of("+1 202 555 0147")).is_err());
        assert!(OperatorName::parse(&name_of(&"x".repeat(64))).is_err());
        let id = OperatorId::from_random([0xff; 13]);
        let letters = id.as_str().bytes().map(letter).collect::<String>();
        assert!(OperatorName::parse(&name_of(&letters)).is_ok(), "{letters}");
        assert!(
            letters.bytes().all(|byte| !byte.is_ascii_digit()),
            "{letters}"
        );
    }
}
