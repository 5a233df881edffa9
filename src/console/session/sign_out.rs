//! `POST /console/sign-out`: ends the session.

use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::Done;
use crate::operations::session::CloseSession;
use crate::vault::OperationError;

/// Ends the session and leads to the form to sign in.
pub struct SignOut;

impl Page for SignOut {
    type Operation = CloseSession;

    fn show(_: Done, _: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Left("/console/sign-in".to_owned()))
    }
}
