//! `GET /console/second-factor`: the form of somebody who has a password and no second factor yet.

use askama::Template;

use crate::console::refused::Refused;
use crate::console::visit::Visit;

/// The form to set up a second factor.
#[derive(Template)]
#[template(path = "operator/second_factor.html")]
pub struct SecondFactorPage<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// Why the last try was refused.
    pub refused: Option<&'a Refused>,
}
