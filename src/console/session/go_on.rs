//! What a link from elsewhere shows: nothing is done and nothing is recorded until somebody follows it here.

use askama::Template;

use crate::console::visit::Visit;

/// One link to the page that was asked for.
#[derive(Template)]
#[template(path = "session/go_on.html")]
pub struct GoOn<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// Path and query of the page.
    pub to: &'a str,
    /// The filters of the link that its address cannot have. With any of them nobody goes on.
    pub missing: &'a [String],
}
