//! Signs in at the command line, so that the leaf names the operator.

use clap::Args;

use super::error::{CliError, denial_in_words};
use super::secret::{PasswordArgs, TotpArgs};
use crate::domain::OperatorName;
use crate::policy::Denial;
use crate::vault::identity::{Password, TotpCode};
use crate::vault::{Caller, SignIn, Vault};

#[derive(Args)]
pub(super) struct SignInArgs {
    /// Your name as an enrolled operator
    #[arg(long, value_name = "NAME")]
    operator: String,
    #[command(flatten)]
    password: PasswordArgs,
    /// Ask for the code of a second factor
    #[arg(long)]
    totp: bool,
    #[command(flatten)]
    code: TotpArgs,
}

/// The same where a command also works without signing in.
#[derive(Args)]
pub(super) struct SignInIfAny {
    /// Your name as an enrolled operator
    #[arg(long, value_name = "NAME", requires = "dir")]
    operator: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    /// Ask for the code of a second factor
    #[arg(long)]
    totp: bool,
    #[command(flatten)]
    code: TotpArgs,
}

impl SignInIfAny {
    /// Who signs in, if somebody was named.
    pub(super) fn given(self) -> Option<SignInArgs> {
        Some(SignInArgs {
            operator: self.operator?,
            password: self.password,
            totp: self.totp,
            code: self.code,
        })
    }
}

impl SignInArgs {
    pub(super) fn sign_in(&self, vault: &Vault) -> Result<Caller, CliError> {
        let name = OperatorName::parse(&self.operator)
            .map_err(|error| CliError::usage(format!("--operator: {error}")))?;
        let mut password = self.password.secret().read()?;
        let totp = if self.totp || self.code.secret().is_given() {
            let text = self.code.secret().read()?;
            let code = TotpCode::parse(&text);
            Some(code.map_err(|error| CliError::usage(format!("the code {error}")))?)
        } else {
            None
        };
        sign_in(
            vault,
            name,
            Password::new(std::mem::take(&mut *password)),
            totp,
        )
    }
}

fn sign_in(
    vault: &Vault,
    name: OperatorName,
    password: Password,
    totp: Option<TotpCode>,
) -> Result<Caller, CliError> {
    let attempt = SignIn {
        name,
        password,
        totp,
        address: None,
    };
    vault.sign_in_here(attempt)?.map_err(|denial| match denial {
        Denial::SecondFactorNeeded => CliError::failed(denial_in_words(denial)),
        _ => CliError::failed("sign-in failed: the name, password or code is wrong or was used")
            .hint("an operator with a second factor needs --totp or --totp-file too"),
    })
}
