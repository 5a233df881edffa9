//! Whether a password and a code are an operator's.
//!
//! Sees passwords on their way to Argon2id, and the secrets of the operator they are compared with. The slow hash runs
//! on the caller's thread, never on the ledger's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::domain::OperatorId;
use crate::vault::core::Core;
use crate::vault::identity::{
    CountedCode, OperatorSecrets, Password, PasswordHash, ThrottleKey, TotpCode, TotpSecret,
    TotpStep,
};
use crate::vault::keyring::Argon2Params;
use crate::vault::store::operator_rows::{OperatorRow, OperatorState};

/// The operator who was found, if the password is theirs. It takes one hash in any case; `cost` is that of new ones.
pub(in crate::vault) fn right_password<'a>(
    found: Option<&'a (OperatorRow, OperatorSecrets)>,
    password: &Password,
    cost: Argon2Params,
) -> Option<(&'a OperatorRow, &'a OperatorSecrets)> {
    let hash = found
        .and_then(|(_, secrets)| secrets.password.as_deref())
        .and_then(|text| PasswordHash::parse(text).ok());
    let Some(hash) = hash else {
        let _ = PasswordHash::dummy_verify(password, cost);
        return None;
    };
    let _verified = hash.verify(password).ok()?;
    let (row, secrets) = found?;
    (row.state == OperatorState::Active).then_some((row, secrets))
}

/// The step of a code that came with the right password; `Some(None)` where there is no second factor. If there were
/// too many wrong ones, it says that somebody guesses, and a code is good only `here`: where the operator was before.
pub(in crate::vault) fn counted_step(
    core: &Core,
    key: &ThrottleKey,
    row: &OperatorRow,
    secrets: &OperatorSecrets,
    code: Option<&TotpCode>,
    here: impl FnOnce(&OperatorSecrets) -> bool,
) -> (Option<Option<TotpStep>>, bool) {
    if code.is_none() || secrets.totp.is_none() {
        return (step_of_code(core, row, secrets, code), false);
    }
    let counted = core.throttle.enter_code(key.name, core.clock.measured());
    let step = step_of_code(core, row, secrets, code);
    let good = match counted {
        CountedCode::Counted | CountedCode::Last => step.is_some(),
        CountedCode::TooMany => step.is_some() && here(secrets),
    };
    match (good, counted) {
        (true, _) => {
            core.throttle.give_back_code(key.name, counted);
            (step, false)
        }
        (false, CountedCode::Counted) => (None, false),
        (false, _) => (None, true),
    }
}

/// Whether the operator signed in from this network before. The vault's own command line is everybody's.
pub(in crate::vault) fn was_here(
    core: &Core,
    key: &ThrottleKey,
    id: &OperatorId,
    secrets: &OperatorSecrets,
) -> bool {
    key.subnet
        .is_none_or(|subnet| secrets.knows(&core.keys(), id, subnet))
}

/// The step of the code; `Some(None)` where there is no second factor.
fn step_of_code(
    core: &Core,
    row: &OperatorRow,
    secrets: &OperatorSecrets,
    code: Option<&TotpCode>,
) -> Option<Option<TotpStep>> {
    let Some(secret) = &secrets.totp else {
        return Some(None);
    };
    let bytes = Zeroizing::new(STANDARD.decode(secret).ok()?);
    let secret = TotpSecret::from_opened(&bytes)?;
    let last = TotpStep::from_number(row.totp_step);
    let moments = core.clock.moments_of_codes();
    let step = secret.check_at_any(code?, &moments, last)?;
    (!secrets.has_used(step)).then_some(Some(step))
}
