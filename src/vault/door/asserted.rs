//! Whether the caller's passkey signed an act: this one, in this session, once.
//!
//! Sees the public keys of the caller's passkeys. The act says itself what it is (`statement`); a challenge is the
//! digest of that, so nothing has to be kept between the challenge and the act. The nonce is used up, and the
//! passkey's counter moved on, in the transaction of the act's leaf and only if the act was done: what was refused or
//! failed can be sent again, the same act in the same session, for the minutes that the nonce has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::domain::{ActStatement, Assertion, PasskeyPoint, Purpose};
use crate::policy::{ActionKind, AssertionFacts, Denial};
use crate::vault::budget::alarm::Alarm;
use crate::vault::call::caller::{Caller, Said};
use crate::vault::call::target::Target;
use crate::vault::core::Core;
use crate::vault::door::deed::Deed;
use crate::vault::door::facts::Situation;
use crate::vault::error::{OperationError, Stopped};
use crate::vault::identity::{OperatorSecrets, Unasserted};
use crate::vault::scope::{keep_secrets, waiting_change};
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::{Snapshot, Transaction, operator_rows, request_rows};

/// What the caller's passkey said about an act.
pub(super) struct Asserted {
    pub(super) facts: AssertionFacts,
    pub(super) alarm: Option<Alarm>,
    signed: Option<Signed>,
}

struct Signed {
    statement: ActStatement,
    salt: [u8; 32],
    assertion: Assertion,
    counter: u32,
    /// The passkey may be removed later; whoever checks the act then needs it.
    key: PasskeyPoint,
    enrolled: u64,
}

impl Asserted {
    fn without(facts: AssertionFacts) -> Self {
        Self {
            facts,
            alarm: None,
            signed: None,
        }
    }

    /// Looks at what came with the call, if this act needs something.
    pub(super) fn of(
        core: &Core,
        connection: &Snapshot,
        caller: &Caller,
        situation: &Situation,
        deed: &dyn Deed,
    ) -> Result<Self, OperationError> {
        if !deed.kind().needs_assertion() || !situation.by_passkey {
            return Ok(Self::without(AssertionFacts::NotNeeded));
        }
        let assertion = match caller.said() {
            Some(Said::Signed(assertion)) => assertion,
            Some(Said::Unreadable) => return Ok(Self::without(AssertionFacts::Wrong)),
            Some(Said::AsksChallenge) | None => return Ok(Self::without(AssertionFacts::Missing)),
        };
        let nonce = &assertion.nonce;
        let statement = statement(
            core,
            connection,
            caller,
            situation.case.as_ref(),
            deed,
            nonce,
        )?;
        let wrong = Self::without(AssertionFacts::Wrong);
        let row = match caller.operator_id() {
            Some(operator) => operator_rows::find(connection, operator)?,
            None => None,
        };
        let (Some(row), Some(challenge)) = (row, statement.challenge()) else {
            return Ok(wrong);
        };
        if !core.challenges.is_good(nonce, core.clock.measured()) {
            return Ok(wrong);
        }
        let secrets = OperatorSecrets::open(&core.keys(), &row)?;
        let at = &core.settings.relying_party;
        let Some(kept) = secrets.passkey(&assertion.credential) else {
            return Ok(wrong);
        };
        let Ok(key) = kept.point() else {
            return Ok(wrong);
        };
        Ok(match kept.signed(assertion, at, &challenge) {
            Ok(counter) => Self {
                facts: AssertionFacts::Given,
                alarm: None,
                signed: Some(Signed {
                    statement,
                    salt: core.challenges.salt(nonce),
                    assertion: assertion.clone(),
                    counter,
                    key,
                    enrolled: kept.leaf,
                }),
            },
            Err(Unasserted::Wrong) => wrong,
            Err(Unasserted::Cloned) => Self {
                alarm: Some(Alarm::PasskeyCopied),
                ..wrong
            },
        })
    }

    /// The act was done: the nonce is used up, and the passkey has counted.
    pub(super) fn keep(
        &self,
        core: &Core,
        transaction: &Transaction,
        caller: &Caller,
    ) -> Result<(), Stopped> {
        let (Some(signed), Some(operator)) = (&self.signed, caller.operator_id()) else {
            return Ok(());
        };
        let (nonce, now) = (&signed.assertion.nonce, core.clock.measured());
        if !core.challenges.use_up(nonce, now) {
            return Err(Stopped::Denied(Denial::AssertionRefused));
        }
        let row = operator_rows::find(transaction, operator)?;
        let row = row.ok_or(OperationError::NotFound)?;
        let mut secrets = OperatorSecrets::open(&core.keys(), &row)?;
        secrets.count(&signed.assertion.credential, signed.counter);
        keep_secrets(core, transaction, &row, &secrets)?;
        Ok(())
    }

    /// What the leaf has of it.
    pub(super) fn digest(&self) -> Option<String> {
        self.signed.as_ref().map(|signed| signed.assertion.digest())
    }

    /// What is sealed beside the leaf.
    pub(super) fn detail(&self) -> Option<Value> {
        let signed = self.signed.as_ref()?;
        Some(json!({
            "statement": signed.statement,
            "salt": STANDARD.encode(signed.salt),
            "assertion": signed.assertion.to_text(),
            "key": STANDARD.encode(signed.key.as_bytes()),
            "enrolled": signed.enrolled,
        }))
    }
}

/// What a passkey signs for an act: everything that the act is, and the nonce.
pub(super) fn statement(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    case: Option<&CaseRow>,
    deed: &dyn Deed,
    nonce: &str,
) -> Result<ActStatement, OperationError> {
    let target = deed.target();
    let asked = match (&target, deed.kind()) {
        (Target::Request(id), _) => {
            let row = request_rows::find(connection, id)?;
            row.map(|row| STANDARD.encode(row.digest))
        }
        // The one change that waits is no request of a case.
        (_, ActionKind::DecideSlotChange | ActionKind::CarryOutSlotChange) => {
            waiting_change(core, connection)?
        }
        _ => None,
    };
    let password = deed.new_password();
    let password = password.map(|new| STANDARD.encode(core.challenges.of_password(nonce, new)));
    let why = deed.why();
    let sent = json!({
        "asked": deed.detail(),
        "password": password,
        "purpose": why.and_then(|why| why.purpose).map(Purpose::as_str),
        "reason": why.map(|why| why.reason.as_str()),
    });
    let sent = serde_json_canonicalizer::to_vec(&sent)
        .map_err(|_| OperationError::Internal("what was sent with an act"))?;
    Ok(ActStatement {
        action: deed.kind().asserted_as().name().to_owned(),
        asked,
        case: case.map(|case| case.id.to_string()),
        decision: deed.decision().map(|decision| decision.as_str().to_owned()),
        nonce: nonce.to_owned(),
        object: target.object(),
        request: ActStatement::digest_of_request(&core.challenges.salt(nonce), &sent),
        session: caller.session_id().map(ToString::to_string),
        v: 1,
    })
}
