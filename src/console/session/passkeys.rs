//! `/console/passkeys`: the reader's own passkeys, a new one, and the end of one.

use askama::Template;
use zeroize::Zeroizing;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::passkey::{
    BeginPasskey, EnrolPasskey, ListPasskeys, PasskeyList, PasskeyRemoved, RemovePasskey,
};
use crate::vault::OperationError;
use crate::vault::scope::{PasskeyBegun, PasskeyEnrolled};

/// The reader's passkeys, and the form for a new one.
pub struct PasskeysPage;

/// What the script needs to have one made.
pub struct BeginPasskeyPage;

/// A new one.
pub struct EnrolPasskeyPage;

/// The end of one.
pub struct RemovePasskeyPage;

#[derive(Template)]
#[template(path = "session/passkeys.html")]
struct Shows<'a> {
    visit: &'a Visit,
    list: PasskeyList,
}

/// The form for a new one once more, with what was wrong.
#[derive(Template)]
#[template(path = "session/passkey_again.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    first: bool,
}

/// The recovery code, once.
#[derive(Template)]
#[template(path = "session/passkey_enrolled.html")]
struct ShowsCode<'a> {
    visit: &'a Visit,
    enrolled: PasskeyEnrolled,
}

impl Page for PasskeysPage {
    type Operation = ListPasskeys;

    fn show(list: PasskeyList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, list })
    }
}

impl Page for BeginPasskeyPage {
    type Operation = BeginPasskey;

    fn show(begun: PasskeyBegun, _: &Visit) -> Result<Shown, OperationError> {
        let json = serde_json::to_vec(&begun);
        let unwritten = |_| OperationError::Internal("what a passkey is made for");
        Ok(Shown::File {
            media: "application/json",
            name: "challenge.json",
            bytes: Zeroizing::new(json.map_err(unwritten)?),
        })
    }

    fn form_at(_: &Visit) -> String {
        "/console/passkeys".to_owned()
    }
}

impl Page for EnrolPasskeyPage {
    type Operation = EnrolPasskey;
    const FIELDS: &'static [Field] = &[
        Field::Text("label"),
        Field::Secret("password"),
        Field::Optional("totp"),
        Field::Secret("nonce"),
        Field::Secret("client_data"),
        Field::Secret("authenticator_data"),
    ];
    const KEPT: &'static [Field] = &[];

    fn show(enrolled: PasskeyEnrolled, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&ShowsCode { visit, enrolled })
    }

    fn form_at(_: &Visit) -> String {
        "/console/passkeys".to_owned()
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            first: !visit.rights.signs(),
        }))
    }
}

impl Page for RemovePasskeyPage {
    type Operation = RemovePasskey;

    fn show(_: PasskeyRemoved, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at("/console/passkeys")))
    }

    fn form_at(_: &Visit) -> String {
        "/console/passkeys".to_owned()
    }
}
