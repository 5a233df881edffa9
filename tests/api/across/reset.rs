//! Two people reset somebody who has a passkey and nothing else. The reset is a command on the host, so the vault is
//! stopped for it; what is tried then is what the routes and pages try.

use std::sync::Arc;

use breachvault::config::Config;
use breachvault::domain::{Assertion, OperatorName};
use breachvault::operations::only_reason;
use breachvault::operations::operator::ResetSecondFactor;
use breachvault::policy::Denial;
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{Password, TotpCode};
use breachvault::vault::keyring::{LockedKeyring, Passphrase};
use breachvault::vault::{
    Body, Caller, Passkeys, Refusal, Reply, SecondFactor, SetSecondFactor, SignIn, Vault,
};
use serde_json::Value;

use crate::support::{Authenticator, PASSWORD, TestVault, Who, body, code};

fn open(stopped: &TestVault) -> Vault {
    let locked = LockedKeyring::read(&stopped.paths.keyring()).unwrap();
    let keyring = locked.unlock(&Passphrase::new("a passphrase of the tests".to_owned()));
    let mut config = Config::parse("").unwrap();
    config.identity.second_factor = SecondFactor::Offered;
    config.sign_in.passkeys = Passkeys::Offered;
    let (clock, entropy) = (
        Arc::new(stopped.clock.clone()),
        Arc::new(SystemEntropy::new()),
    );
    let vault = Vault::open(
        &stopped.paths,
        keyring.ok().unwrap(),
        config.settings(),
        clock,
        entropy,
    );
    vault.unwrap()
}

fn attempt(who: Who, code: Option<&str>) -> SignIn {
    SignIn {
        name: OperatorName::parse(who.name()).unwrap(),
        password: Password::new(PASSWORD.to_owned()),
        totp: code.map(|code| TotpCode::parse(code).ok().unwrap()),
        address: None,
    }
}

/// Whether somebody comes in, and if not, why.
#[track_caller]
fn came_in(ended: Result<Reply, Refusal>) -> Result<(), Denial> {
    match ended {
        Ok(_) => Ok(()),
        Err(Refusal::Denied(denial, _)) => Err(denial),
        Err(other) => panic!("{other:?}"),
    }
}

fn by_password(vault: &Vault, code: Option<&str>) -> Result<(), Denial> {
    came_in(vault.sign_in(attempt(Who::Lead, code)).ok().unwrap())
}

fn by_passkey(vault: &Vault, key: &Authenticator) -> Result<(), Denial> {
    let challenge = vault.sign_in_challenge().ok().unwrap();
    let signed = key.sign(&serde_json::to_value(challenge).unwrap());
    let assertion = Assertion::parse(&signed).ok().unwrap();
    let ended = vault.sign_in_with(attempt(Who::Lead, None), assertion);
    came_in(ended.ok().unwrap())
}

/// Sets up a code with the password alone; its secret, if that is allowed.
fn set_up(vault: &Vault) -> Option<String> {
    let asked = SetSecondFactor {
        name: OperatorName::parse(Who::Lead.name()).unwrap(),
        password: Password::new(PASSWORD.to_owned()),
        address: None,
    };
    let reply = vault.set_second_factor(asked).ok().unwrap().ok()?;
    let Body::Bytes(bytes) = reply.wire.into_body() else {
        panic!("no bytes");
    };
    let view: Value = serde_json::from_slice(&bytes).unwrap();
    Some(view["totp_secret"].as_str().unwrap().to_owned())
}

#[test]
fn after_a_reset_the_password_alone_opens_nothing_and_an_old_passkey_takes_the_reset_back() {
    let mut served = TestVault::new();
    let key = Authenticator::new();
    served.lead().enrol(&key);
    served.second_lead();
    served.administrator();
    let owner = served.operator(Who::Lead);
    assert!(served.end());
    let vault = open(&served);
    let others = [Who::SecondLead, Who::Administrator].map(|who| {
        let signed_in = vault.sign_in_here(attempt(who, None)).unwrap();
        signed_in.unwrap()
    });
    let reset = |by: &Caller| {
        let act = ResetSecondFactor {
            operator: owner.parse().unwrap(),
            why: only_reason(body::REASON).unwrap(),
        };
        vault.perform(by, act).map(drop)
    };
    let refused = Err(Denial::WrongCredential);
    // One person alone opens and replaces nothing.
    reset(&others[0]).unwrap();
    assert_eq!((by_password(&vault, None), set_up(&vault)), (refused, None));

    // So that nobody has to wait for the tries of before.
    served.clock.advance_seconds(300);
    reset(&others[1]).unwrap();
    assert_eq!(by_password(&vault, None), refused);
    assert_eq!(by_passkey(&vault, &Authenticator::new()), refused);
    assert_eq!(by_passkey(&vault, &key), Ok(()));
    // It was not lost: nobody replaces it now.
    assert_eq!((by_password(&vault, None), set_up(&vault)), (refused, None));

    for by in &others {
        reset(by).unwrap();
    }
    // There is nothing more to reset.
    match reset(&others[0]) {
        Err(Refusal::Failed(breachvault::vault::OperationError::Invalid { .. }, _)) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(by_password(&vault, None), refused);
    let secret = set_up(&vault).unwrap();
    // Another factor has taken their place.
    assert_eq!(by_passkey(&vault, &key), refused);
    assert_eq!(by_password(&vault, None), refused);
    let shown = code(&secret, served.seconds());
    assert_eq!(by_password(&vault, Some(&shown)), Ok(()));
    assert_eq!(set_up(&vault), None);
    vault.stop().unwrap();
}
