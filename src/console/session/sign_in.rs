//! `GET /console/sign-in` and what a form shows when the session has ended meanwhile.

use askama::Template;

use crate::console::refused::Refused;
use crate::console::visit::Visit;

/// The form to sign in.
#[derive(Template)]
#[template(path = "session/sign_in.html")]
pub struct SignInPage<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// Why the last try was refused.
    pub refused: Option<&'a Refused>,
    /// Whether a session has just ended, and how, if that is known.
    pub ended: Option<&'static str>,
    /// The address to go to afterwards.
    pub next: &'a str,
    /// What was typed into the form that could not be sent: names and values, never a number.
    pub kept: &'a [(String, String)],
    /// The path to which that form was sent.
    pub kept_at: &'a str,
    /// In a demo, and there on the machine itself only: its made-up people.
    pub made_up: &'a [MadeUp],
    /// The address to open for a passkey, if this is another one.
    pub passkeys_at: Option<String>,
    /// What the OpenID provider is called, if there is one.
    pub provider: Option<&'a str>,
}

/// Somebody whom a demo made up.
#[derive(Debug, Clone)]
pub struct MadeUp {
    /// The name they sign in with.
    pub name: String,
    /// What they do.
    pub does: String,
}
