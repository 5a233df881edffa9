//! `GET /console/provider/back`: where the provider sends a browser back to. Nothing is done there yet.
//!
//! A browser that comes from another site brings no cookie of this one. The form of this page does: it is sent from
//! here, and only the browser that began the sign-in has what goes with it.

use askama::Template;

use crate::console::visit::Visit;

/// The form that finishes a sign-in.
#[derive(Template)]
#[template(path = "session/provider_back.html")]
pub struct ProviderBack<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// What the provider is called.
    pub provider: &'a str,
    /// What the vault takes to the provider.
    pub code: &'a str,
    /// What came back of what was sent.
    pub state: &'a str,
    /// Who says to have answered.
    pub issuer: &'a str,
}
