//! Operators: inviting, enrolling, listing, revoking, and second factors that were lost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{Reading, RowsOf, Scope, WantedRows};
use crate::domain::{HomeRole, Moment, OperatorId, OperatorName};
use crate::policy::{Action, ActionKind, Denial, Seat, Writes, allows_seat};
use crate::vault::call::answer::Answer;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::shown_once::ShownOnce;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::identity::OperatorSecrets;
use crate::vault::identity::{EnrolmentToken, TotpSecret};
use crate::vault::store::membership_rows;
use crate::vault::store::operator_rows::{self, NewOperator, OperatorRow, OperatorState};
use crate::vault::store::session_rows::{self, SessionMeans};

/// For how long one person's wish to have a second factor reset waits for another person.
const RESET_WAITS_S: i64 = 86_400;

/// An operator who may enrol; the token is shown once.
pub struct Invitation {
    /// The new operator's id.
    pub operator: OperatorId,
    /// The secret that lets its holder enrol; only its hash is stored.
    pub enrolment: EnrolmentToken,
    /// Until when the invitation can be used.
    pub expires_at: Moment,
    /// The address at which people open the vault, if the configuration says it.
    pub vault_at: Option<String>,
}

/// An operator as an administrator sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operator)]
pub struct OperatorView {
    /// The operator's id.
    pub operator: OperatorId,
    /// The name it signs in with.
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// What it is in the vault as a whole.
    #[schema(value_type = HomeRole)]
    pub role: &'static str,
    /// Whether somebody enrolled, and may still enter.
    #[schema(value_type = OperatorState)]
    pub state: &'static str,
    /// Until when whoever was invited can enrol; left out for whoever has enrolled. An invitation works once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub invited_until: Option<Moment>,
    /// Whether it has a second factor.
    pub second_factor: bool,
    /// How many wrong codes came with its right password since the vault was started; left out below five. Somebody
    /// else may know the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub wrong_codes: Option<u32>,
    /// If its passkeys are said to be lost and somebody recovers it: from when a new one can be enrolled. Left out if
    /// nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub recovers_at: Option<Moment>,
}

/// The new operator, with secrets that are shown once, at enrolment.
pub struct Enrolled {
    pub(in crate::vault) operator: OperatorId,
    pub(in crate::vault) name: OperatorName,
    pub(in crate::vault) totp: Option<TotpSecret>,
}

/// Who enrolled; the second factor's secret is shown once.
#[derive(Serialize, ToSchema)]
pub struct InvitationUsed {
    /// The operator's id.
    pub operator: OperatorId,
    /// The name it signs in with.
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// Base32, for an authenticator; null without a second factor.
    pub totp_secret: Option<ShownOnce>,
    /// The same as an `otpauth:` address.
    pub totp_url: Option<ShownOnce>,
}

/// A second factor that was set up; its secret is shown once.
pub struct SecondFactorSet(Enrolled);

impl Answer for SecondFactorSet {
    type View = InvitationUsed;

    fn view(self, receipt: &Receipt) -> Result<InvitationUsed, OperationError> {
        self.0.view(receipt)
    }
}

impl Answer for Enrolled {
    type View = InvitationUsed;

    fn view(self, _: &Receipt) -> Result<InvitationUsed, OperationError> {
        let totp = self.totp.as_ref();
        Ok(InvitationUsed {
            totp_secret: totp.map(|totp| totp.expose_once().into()),
            totp_url: totp.map(|totp| totp.expose_url_once(&self.name).into()),
            operator: self.operator,
            name: self.name.as_str().to_owned(),
        })
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Adds an operator who may enrol once. [`Conflict::NameTaken`] if one has this name whose account has not ended.
    /// A further administrator is added with the vault's passphrase only. No name is one of those that only people
    /// have who come by the OpenID provider.
    pub fn invite(
        &mut self,
        name: &OperatorName,
        home: HomeRole,
    ) -> Result<Invitation, OperationError> {
        if name.as_str().starts_with(OperatorName::OF_PROVIDER) {
            let rule = "must not begin with `ext.`: such names are of people who come by the OpenID provider";
            return Err(OperationError::invalid("name", rule));
        }
        if home == HomeRole::Administrator && !self.changes_administrators()? {
            return Err(OperationError::Conflict(Conflict::AdministratorOnHost));
        }
        let id = OperatorId::from_random(self.core.draw()?);
        let enrolment = EnrolmentToken::draw(&*self.core.entropy)?;
        let tag = self
            .core
            .keys()
            .root_keys()
            .operator_names()
            .tag_operator(name.as_str());
        if operator_rows::find_by_name_tag(self.connection, tag.as_bytes())?.is_some() {
            return Err(OperationError::Conflict(Conflict::NameTaken));
        }
        let secrets = OperatorSecrets::of_invited(name, &*self.core.entropy)?;
        let expires_at = self.core.clock.in_seconds(self.core.settings.enrolment_s);
        operator_rows::insert(
            self.transaction()?,
            &NewOperator {
                id: &id,
                name_tag: tag.as_bytes(),
                home,
                sealed: &self.seal_secrets(&secrets, &id)?,
                enrolment: enrolment
                    .tag(self.core.keys().root_keys().token_tags())
                    .as_bytes(),
                enrol_by: expires_at,
                created_at: self.now,
            },
        )?;
        self.notes.object = Some(id.to_string());
        Ok(Invitation {
            operator: id,
            enrolment,
            expires_at: self.core.clock.shown(expires_at),
            vault_at: self.core.settings.relying_party.origin().map(str::to_owned),
        })
    }

    /// Sets the password of whoever holds the invitation; a wrong or late one is a denial.
    pub(in crate::vault) fn enrol(
        &mut self,
        enrolment: &[u8],
        password: &str,
        totp: Option<TotpSecret>,
    ) -> Result<Enrolled, OperationError> {
        let row = operator_rows::find_by_enrolment(self.connection, enrolment)?
            .filter(|row| row.enrol_by.is_some_and(|by| !self.core.clock.is_over(by)));
        let Some(row) = row else {
            self.notes.denial = Some(Denial::WrongCredential);
            return Err(OperationError::NotFound);
        };
        if totp.is_none() && self.needs_second_factor(&row)? {
            let rule = "must be true: the role needs a second factor";
            return Err(OperationError::invalid("totp", rule));
        }
        let mut secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        secrets.renew_fingerprint(&*self.core.entropy)?;
        secrets.password = Some(password.to_owned());
        secrets.totp = totp.as_ref().map(|totp| STANDARD.encode(totp.bytes()));
        operator_rows::activate(
            self.transaction()?,
            &row.id,
            &self.seal_secrets(&secrets, &row.id)?,
        )?;
        self.notes.object = Some(row.id.to_string());
        let name = OperatorName::parse(&secrets.name).map_err(|_| OperationError::Damaged {
            place: "operator".to_owned(),
        })?;
        Ok(Enrolled {
            operator: row.id,
            name,
            totp,
        })
    }

    /// Gives whoever was verified a second factor. One that was used once stays.
    pub(in crate::vault) fn set_second_factor(
        &mut self,
        verified: Option<(OperatorId, Zeroizing<String>)>,
        totp: TotpSecret,
    ) -> Result<SecondFactorSet, OperationError> {
        let row = match verified {
            Some((operator, password)) => {
                let row = operator_rows::find(self.connection, &operator)?;
                row.map(|row| (row, password))
            }
            None => None,
        };
        let found = row.filter(|(row, _)| row.state == OperatorState::Active && row.totp_step == 0);
        let opened = found.map(|(row, password)| {
            let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
            // Who has a passkey gets no code beside it, but in its place after a reset.
            let same = secrets.password.as_deref() == Some(password.as_str())
                && secrets.has_replaceable_passkeys();
            Ok::<_, OperationError>(same.then_some((row, secrets)))
        });
        let Some((row, mut secrets)) = opened.transpose()?.flatten() else {
            self.notes.denial = Some(Denial::WrongCredential);
            return Err(OperationError::NotFound);
        };
        secrets.totp = Some(STANDARD.encode(totp.bytes()));
        secrets.passkeys.clear();
        secrets.forget_reset();
        let sealed = self.seal_secrets(&secrets, &row.id)?;
        operator_rows::set_second_factor(self.transaction()?, &row.id, &sealed)?;
        self.notes.object = Some(row.id.to_string());
        let name = OperatorName::parse(&secrets.name).map_err(|_| OperationError::Damaged {
            place: "operator".to_owned(),
        })?;
        Ok(SecondFactorSet(Enrolled {
            operator: row.id,
            name,
            totp: Some(totp),
        }))
    }

    /// One person asks that a lost second factor can be replaced, and another one agrees within a day; answers whether
    /// both did. From then on it counts as not used yet: with it alone nobody gets in, but with the password it can be
    /// set up anew, until a code of it is used. Such a code also takes back what one person asked. It is the same with
    /// passkeys: they stay until a new factor is set up in their place, and whoever signs in with one keeps them.
    /// Sessions end, and a lead of each case has to recognise them anew. Only for those who have the vault's passphrase
    /// too.
    pub fn reset_second_factor(
        &mut self,
        operator: &OperatorId,
    ) -> Result<Option<Moment>, OperationError> {
        self.not_oneself(operator)?;
        let row = operator_rows::find(self.connection, operator)?
            .filter(|row| row.state == OperatorState::Active)
            .ok_or(OperationError::NotFound)?;
        let mut secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        let has_code = secrets.totp.is_some() && row.totp_step != 0;
        if !has_code && secrets.has_replaceable_passkeys() {
            let rule = "has no second factor that was used: it can be set up with the password";
            return Err(OperationError::invalid("operator", rule));
        }
        let own = self.operator()?.clone();
        match self.reset_asked_by(&secrets)? {
            Some(by) if by == own => Err(self.deny(Denial::OwnRequest)),
            Some(by) if !self.is_somebody_beside(&by)? => Err(self.deny(Denial::RecognisedByAsker)),
            Some(by) => {
                secrets.agree_reset();
                // A new factor needs no delay any more, and the old code may be lost with the passkeys.
                secrets.forget_recovery(&*self.core.entropy)?;
                secrets.renew_fingerprint(&*self.core.entropy)?;
                let sealed = self.seal_secrets(&secrets, &row.id)?;
                operator_rows::keep_factor(self.transaction()?, &row.id, 0, &sealed)?;
                session_rows::revoke_all(self.transaction()?, &row.id, self.now)?;
                let unrecognised =
                    membership_rows::forget_recognition(self.transaction()?, &row.id)?;
                self.note_detail(json!({
                    "reset": true,
                    "asked_by": by,
                    "unrecognised_in_cases": unrecognised,
                }));
                Ok(None)
            }
            None => {
                secrets.ask_reset(&own, self.core.clock.in_seconds(RESET_WAITS_S));
                let sealed = self.seal_secrets(&secrets, &row.id)?;
                operator_rows::keep_factor(self.transaction()?, &row.id, row.totp_step, &sealed)?;
                self.note_detail(json!({ "reset": false }));
                let shown = self.core.clock.report().time;
                Ok(Some(shown.plus_seconds(RESET_WAITS_S)))
            }
        }
    }

    /// Ends an operator's rights and every session of theirs; answers how many sessions. The name is free again; the
    /// log and the list of operators keep the two apart by their ids. An administrator's end with the vault's
    /// passphrase only.
    pub fn revoke_operator(&mut self, operator: &OperatorId) -> Result<usize, OperationError> {
        self.not_oneself(operator)?;
        let row =
            operator_rows::find(self.connection, operator)?.ok_or(OperationError::NotFound)?;
        let acts = row.home == HomeRole::Administrator && row.state == OperatorState::Active;
        if acts && !self.changes_administrators()? {
            return Err(OperationError::Conflict(Conflict::AdministratorOnHost));
        }
        let no_name: [u8; 16] = self.core.draw()?;
        operator_rows::revoke(self.transaction()?, operator, &no_name)?;
        Ok(session_rows::revoke_all(
            self.transaction()?,
            operator,
            self.now,
        )?)
    }
}

impl<A: Action> Scope<'_, A> {
    /// A page of all operators, those without access included, in the order in which they were invited.
    pub fn list_operators(
        &mut self,
        wanted: &WantedRows,
    ) -> Result<RowsOf<OperatorView>, OperationError> {
        let all = operator_rows::list(self.connection)?;
        let page = wanted.cut(all, |row| row.id.to_string())?;
        self.note_rows(page.rows.len() as u64);
        page.try_map(|row| {
            let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
            Ok(OperatorView {
                name: secrets.name.clone(),
                role: row.home.as_str(),
                state: row.state.as_str(),
                invited_until: row
                    .enrol_by
                    .filter(|_| row.state == OperatorState::Invited)
                    .map(|by| self.core.clock.shown(by)),
                second_factor: secrets.totp.is_some() || !secrets.passkeys.is_empty(),
                // They are counted by name, and the name may be somebody else's by now.
                wrong_codes: match row.state {
                    OperatorState::Revoked => None,
                    _ => self.alarming_codes(&secrets.name),
                },
                recovers_at: match row.state {
                    OperatorState::Active => self.recovers_at(&secrets),
                    _ => None,
                },
                operator: row.id,
            })
        })
    }
}

impl Reading<'_> {
    /// What the caller is in the vault.
    pub fn home_role(&self) -> Result<HomeRole, OperationError> {
        let row = operator_rows::find(self.connection, self.operator()?)?;
        Ok(row.ok_or(OperationError::NotFound)?.home)
    }

    /// Whether the caller's role in the vault rests on more than the word of an OpenID provider: they were invited, or
    /// somebody who was recognised them in a case. Whoever keeps the groups of the provider makes as many leads as they
    /// like, who recognise each other; what two leads of the vault do together, or one does to others, is not theirs.
    pub(super) fn is_vouched_for_here(&self) -> Result<bool, OperationError> {
        Ok(!self.who_vouches_for(self.operator()?)?.is_empty())
    }

    /// Whether the caller and `other` are two people by the word of two who were invited. Whichever of them acts first,
    /// one could else be a second identity of the other at the provider, or both of somebody third.
    pub(super) fn is_somebody_beside(&self, other: &OperatorId) -> Result<bool, OperationError> {
        let others = self.who_vouches_for(other)?;
        let own = self.who_vouches_for(self.operator()?)?;
        let differs = |one: &OperatorId| others.iter().any(|other| other != one);
        Ok(own.iter().any(differs))
    }

    /// Those who were invited and recognised somebody in a case. Whoever was invited stands for themselves.
    fn who_vouches_for(&self, operator: &OperatorId) -> Result<Vec<OperatorId>, OperationError> {
        let was_invited = |operator: &OperatorId| {
            let row = operator_rows::find(self.connection, operator)?;
            Ok::<_, OperationError>(row.is_some_and(|row| !row.by_provider))
        };
        if was_invited(operator)? {
            return Ok(vec![operator.clone()]);
        }
        let mut all = Vec::new();
        for (_, _, by) in membership_rows::recognitions_of(self.connection, operator)? {
            if was_invited(&by)? {
                all.push(by);
            }
        }
        Ok(all)
    }

    /// Whether the caller may make or end the account of an administrator: with the vault's passphrase, on the host, or
    /// while there is no other administrator. One alone would else be two, and so change slots of the keyring.
    fn changes_administrators(&self) -> Result<bool, OperationError> {
        // The vault itself invites the first one.
        let Some(session) = self.caller.session_id() else {
            return Ok(true);
        };
        let standing = session_rows::standing(self.connection, session)?;
        if standing.is_some_and(|standing| standing.means == SessionMeans::Host) {
            return Ok(true);
        }
        let all = operator_rows::list(self.connection)?;
        Ok(!all.iter().any(|row| {
            row.home == HomeRole::Administrator
                && row.state == OperatorState::Active
                && Some(&row.id) != self.caller.operator_id()
        }))
    }

    /// How many wrong codes came with the right password of whoever has this name, if that is an alarm.
    pub(super) fn alarming_codes(&self, name: &str) -> Option<u32> {
        let keys = self.core.keys();
        let tag = keys.root_keys().operator_names().tag_operator(name);
        self.core.throttle.alarming_codes(tag.as_bytes())
    }

    /// The name behind an id, for members and requests.
    pub(in crate::vault) fn operator_name(
        &self,
        id: &OperatorId,
    ) -> Result<String, OperationError> {
        match operator_rows::find(self.connection, id)? {
            Some(row) => Ok(OperatorSecrets::open(&self.core.keys(), &row)?.name.clone()),
            None => Err(OperationError::Damaged {
                place: "operator".to_owned(),
            }),
        }
    }

    /// Whether somebody who began what takes two people could still do so: their account has not ended.
    pub(super) fn still_may(
        &self,
        action: ActionKind,
        operator: &OperatorId,
    ) -> Result<bool, OperationError> {
        let row = operator_rows::find(self.connection, operator)?;
        Ok(row.is_some_and(|row| {
            row.state == OperatorState::Active && allows_seat(action, Seat::Home(row.home))
        }))
    }

    /// Who asked that the second factor can be replaced, if that still counts.
    fn reset_asked_by(
        &self,
        secrets: &OperatorSecrets,
    ) -> Result<Option<OperatorId>, OperationError> {
        let Some((by, until)) = secrets.reset_asked() else {
            return Ok(None);
        };
        let by: OperatorId = by.parse().map_err(|_| OperationError::Damaged {
            place: "operator".to_owned(),
        })?;
        let counts =
            !self.core.clock.is_over(until) && self.still_may(ActionKind::ResetFactor, &by)?;
        Ok(counts.then_some(by))
    }

    /// Whether the home role or what the operator is in any case needs a second factor.
    pub(super) fn needs_second_factor(&self, row: &OperatorRow) -> Result<bool, OperationError> {
        let roles = membership_rows::roles_of(self.connection, &row.id)?;
        let seats = roles.into_iter().map(Seat::Member);
        let needed = self
            .core
            .settings
            .needed(seats.chain([Seat::Home(row.home)]));
        Ok(needed.factor)
    }

    pub(super) fn seal_secrets(
        &self,
        secrets: &OperatorSecrets,
        id: &OperatorId,
    ) -> Result<Vec<u8>, OperationError> {
        secrets.seal(&self.core.keys(), self.core.nonce()?, id)
    }
}
