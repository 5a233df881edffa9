//! `GET` and `POST /console/password`: a new password of the reader's own.

use askama::Template;

use crate::console::form::{Field, Form};
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::session::{ChangePassword, ReadSelf};
use crate::vault::OperationError;
use crate::vault::scope::{PasswordChanged, SelfView};

/// The form.
pub struct PasswordForm;

/// What the form does.
pub struct PasswordPage;

#[derive(Template)]
#[template(path = "session/password.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
}

impl Page for PasswordForm {
    type Operation = ReadSelf;

    fn show(_: SelfView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
        })
    }
}

impl Page for PasswordPage {
    type Operation = ChangePassword;
    const FIELDS: &'static [Field] = &[
        Field::Secret("old_password"),
        Field::Secret("new_password"),
        Field::Optional("totp"),
    ];
    const KEPT: &'static [Field] = &[];

    fn wrong(form: &Form) -> Option<(&'static str, &'static str)> {
        let same = form.exactly("new_password") == form.exactly("again");
        (!same).then_some(("again", "the two entries differ"))
    }

    fn show(_: PasswordChanged, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at("/console/sessions")))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            refused: Some(refused),
        }))
    }
}
