//! `GET /errors` for a browser: what every problem means and what to do.

use std::sync::LazyLock;

use askama::Template;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::console::visit::Visit;

/// The page that the `type` of every problem points to.
#[derive(Template)]
#[template(path = "help/errors.html")]
pub struct ErrorsPage<'a> {
    /// The request.
    pub visit: &'a Visit,
}

/// `docs/errors.md` as HTML; the heading of each kind has the kind as its id.
static ERRORS: LazyLock<String> = LazyLock::new(|| {
    let events = Parser::new_ext(
        include_str!("../../../docs/errors.md"),
        Options::ENABLE_TABLES,
    );
    let mut in_section = false;
    let events = events.map(|event| match event {
        Event::Start(Tag::Heading {
            level: HeadingLevel::H2,
            ..
        }) => {
            in_section = true;
            Event::Html("".into())
        }
        Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
            in_section = false;
            Event::Html("</h2>\n".into())
        }
        // Ours: letters and hyphens.
        Event::Text(name) if in_section => Event::Html(format!("<h2 id=\"{name}\">{name}").into()),
        other => other,
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    page
});

fn errors() -> &'static str {
    &ERRORS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_an_anchor() {
        let document = include_str!("../../../docs/errors.md");
        for kind in document.lines().filter_map(|line| line.strip_prefix("## ")) {
            let anchor = format!("<h2 id=\"{kind}\">{kind}</h2>");
            assert!(errors().contains(&anchor), "{kind}");
        }
        assert!(errors().contains("<table>") && !errors().contains("<script"));
    }
}
