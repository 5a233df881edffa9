//! `PUT /me/password`: a new password of the caller's own.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::identity::{NewPassword, Password, TotpCode};
use crate::vault::scope::{NewPasswordChecked, PasswordChanged, Reading, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Sets a new password of the caller.
pub struct ChangePassword {
    old: Password,
    new: NewPassword,
    totp: Option<TotpCode>,
    checked: Option<NewPasswordChecked>,
}

/// The password that the caller has, and the one that they want.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordInput {
    /// The password that the caller signs in with.
    #[schema(value_type = String)]
    pub old_password: Password,
    /// Another one, 12 to 256 characters.
    #[schema(value_type = String, min_length = 12, max_length = 256)]
    pub new_password: Password,
    /// The six digits of the second factor, if the caller has one. A code works once.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}$")]
    pub totp: Option<TotpCode>,
}

impl Operation for ChangePassword {
    type Action = actions::ChangePassword;
    type Answer = PasswordChanged;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn new_password(&self) -> Option<&NewPassword> {
        Some(&self.new)
    }

    /// Hashing is slow on purpose.
    const PREPARES: bool = true;

    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError> {
        let code = self.totp.as_ref();
        let checked = reading.check_new_password(&self.old, code, &self.new)?;
        self.checked = Some(checked);
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<PasswordChanged, OperationError> {
        let unchecked = OperationError::Internal("the password was not checked");
        scope.change_password(self.checked.ok_or(unchecked)?)
    }
}

impl Request for ChangePassword {
    type Input = ChangePasswordInput;
    const DOCS: Docs = Docs {
        id: "changePassword",
        tag: "Sessions",
        summary: "Change one's own password",
        description: "Sets a new password of the caller, who gives the old one and a code of the second factor again. \
            All other sessions of the caller end. Wrong tries are counted as at a sign-in. Nobody sets a password for \
            somebody else.",
        request: r#"{"old_password": "correct horse battery", "new_password": "staple correct battery", "totp":
            "287082"}"#,
        answer: r#"{"sessions_ended": 1}"#,
        problems: &["wrong-credential"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: ChangePasswordInput) -> Result<Self, OperationError> {
        let wrong = |rule: String| OperationError::invalid("new_password", rule);
        let new =
            NewPassword::parse(input.new_password).map_err(|error| wrong(error.to_string()))?;
        if new.as_password().is(&input.old_password) {
            return Err(wrong("must be another password".to_owned()));
        }
        Ok(Self {
            old: input.old_password,
            new,
            totp: input.totp,
            checked: None,
        })
    }
}
