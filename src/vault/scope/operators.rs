//! Operators: inviting, enrolling, listing, revoking.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Reading, Scope};
use crate::domain::{HomeRole, Moment, OperatorId, OperatorName};
use crate::policy::{Action, Denial, Writes};
use crate::vault::call::answer::Answer;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::shown_once::ShownOnce;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::identity::OperatorSecrets;
use crate::vault::identity::{EnrolmentToken, TotpSecret};
use crate::vault::store::operator_rows::{self, NewOperator, OperatorRow, OperatorState};
use crate::vault::store::{membership_rows, session_rows};

/// An operator who may enrol; the token is shown once.
pub struct Invitation {
    /// The new operator's id.
    pub operator: OperatorId,
    /// The secret that lets its holder enrol; only its hash is stored.
    pub enrolment: EnrolmentToken,
    /// Until when the invitation can be used.
    pub expires_at: Moment,
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
    /// Whether it has a second factor.
    pub second_factor: bool,
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
    /// Adds an operator who may enrol once. [`Conflict::NameTaken`] if one has this name already.
    pub fn invite(
        &mut self,
        name: &OperatorName,
        home: HomeRole,
    ) -> Result<Invitation, OperationError> {
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
        verified: Option<OperatorId>,
        totp: TotpSecret,
    ) -> Result<SecondFactorSet, OperationError> {
        let row = match verified {
            Some(operator) => operator_rows::find(self.connection, &operator)?,
            None => None,
        };
        let row = row.filter(|row| row.state == OperatorState::Active && row.totp_step == 0);
        let Some(row) = row else {
            self.notes.denial = Some(Denial::WrongCredential);
            return Err(OperationError::NotFound);
        };
        let mut secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
        secrets.totp = Some(STANDARD.encode(totp.bytes()));
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

    /// Ends an operator's rights and every session of theirs; answers how many sessions.
    pub fn revoke_operator(&mut self, operator: &OperatorId) -> Result<usize, OperationError> {
        self.not_oneself(operator)?;
        operator_rows::find(self.connection, operator)?.ok_or(OperationError::NotFound)?;
        operator_rows::revoke(self.transaction()?, operator)?;
        Ok(session_rows::revoke_all(
            self.transaction()?,
            operator,
            self.now,
        )?)
    }
}

impl<A: Action> Scope<'_, A> {
    /// All operators, those without access included.
    pub fn list_operators(&mut self) -> Result<Vec<OperatorView>, OperationError> {
        operator_rows::list(self.connection)?
            .into_iter()
            .map(|row| {
                let secrets = OperatorSecrets::open(&self.core.keys(), &row)?;
                Ok(OperatorView {
                    name: secrets.name.clone(),
                    role: row.home.as_str(),
                    state: row.state.as_str(),
                    second_factor: secrets.totp.is_some(),
                    operator: row.id,
                })
            })
            .collect()
    }
}

impl Reading<'_> {
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

    /// Whether the home role or what the operator is in any case needs a second factor.
    pub(super) fn needs_second_factor(&self, row: &OperatorRow) -> Result<bool, OperationError> {
        let rule = self.core.settings.second_factor;
        let roles = membership_rows::roles_of(self.connection, &row.id)?;
        Ok(rule.is_needed_by(row.home) || roles.into_iter().any(|role| rule.is_needed_in(role)))
    }

    pub(super) fn seal_secrets(
        &self,
        secrets: &OperatorSecrets,
        id: &OperatorId,
    ) -> Result<Vec<u8>, OperationError> {
        secrets.seal(&self.core.keys(), self.core.nonce()?, id)
    }
}
