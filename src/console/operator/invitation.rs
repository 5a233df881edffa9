//! `GET /console/invitation`: the form of an invitation.

use askama::Template;

use crate::console::refused::Refused;
use crate::console::visit::Visit;

/// The form to use an invitation.
#[derive(Template)]
#[template(path = "operator/invitation.html")]
pub struct InvitationPage<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// Why the last try was refused.
    pub refused: Option<&'a Refused>,
}
