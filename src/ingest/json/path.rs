//! Paths to the cells of a JSON record: `phone`, `delivery.destination`,
//! `target[type=MobilePhone].alternateId`, `recipients.items[].recipient`.
//!
//! Holds names, never a cell.

use crate::ingest::column_name::fold;
use crate::ingest::guard::columns::is_content;

/// Names from the outside in, each with what is taken of the value under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest) struct JsonPath(pub(super) Vec<Step>);

/// A name in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) taken: Taken,
}

/// What is taken of the value under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Taken {
    /// The value itself.
    Value,
    /// `[]`: each object of the list, of which each makes a row of its own.
    Each,
    /// `[type=User]`: the object of the list whose `type` is `User`.
    Where { name: String, is: String },
}

/// What a path leads through; nothing, if it is one name.
pub(in crate::ingest) fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// The last name of a path.
pub(in crate::ingest) fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

impl JsonPath {
    /// Any text is a path: brackets with anything else in them belong to the name.
    pub(in crate::ingest) fn parse(text: &str) -> Self {
        Self(text.split('.').map(Step::parse).collect())
    }

    /// True if a name of the path says that it holds message content. Objects called `message` or `payload` hold
    /// other things too, so these names are allowed before the last. An object called `body` is that of a request, if
    /// the name behind it says what it holds.
    pub(in crate::ingest) fn holds_content(&self) -> bool {
        let last = self.0.len().saturating_sub(1);
        let vague = self.0.last().is_some_and(|step| {
            let name = fold(&step.name);
            name.chars().count() < 2 || VAGUE.contains(&name.as_str())
        });
        self.0.iter().enumerate().any(|(at, step)| {
            let name = fold(&step.name);
            let request = name == "body" && step.taken == Taken::Value && !vague;
            let through = at < last && (request || THROUGH.contains(&name.as_str()));
            is_content(&step.name) && !through
        })
    }
}

impl Step {
    fn parse(text: &str) -> Self {
        let Some((name, inside)) = text.strip_suffix(']').and_then(|text| text.split_once('['))
        else {
            return Self::value(text);
        };
        let taken = match inside.split_once('=') {
            None if inside.is_empty() => Taken::Each,
            Some((key, is)) => Taken::Where {
                name: key.to_owned(),
                is: is.to_owned(),
            },
            None => return Self::value(text),
        };
        Self {
            name: name.to_owned(),
            taken,
        }
    }

    fn value(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            taken: Taken::Value,
        }
    }
}

/// Names of content that a path may pass through.
const THROUGH: [&str; 3] = ["message", "msg", "payload"];
/// Names that do not say what a member of a body is, folded.
const VAGUE: [&str; 8] = [
    "data", "html", "line", "lines", "plain", "raw", "string", "value",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_names_lists_and_choices() {
        let step = |name: &str, taken| Step {
            name: name.to_owned(),
            taken,
        };
        let user = Taken::Where {
            name: "type".to_owned(),
            is: "User".to_owned(),
        };
        for (text, steps) in [
            ("phone", vec![step("phone", Taken::Value)]),
            (
                "a.b",
                vec![step("a", Taken::Value), step("b", Taken::Value)],
            ),
            (
                "target[type=User].id",
                vec![step("target", user), step("id", Taken::Value)],
            ),
            (
                "items[].to",
                vec![step("items", Taken::Each), step("to", Taken::Value)],
            ),
            ("odd[name]", vec![step("odd[name]", Taken::Value)]),
            ("odd]", vec![step("odd]", Taken::Value)]),
        ] {
            assert_eq!(JsonPath::parse(text), JsonPath(steps), "{text}");
        }
    }

    #[test]
    fn content_is_recognised_on_the_way_and_at_the_end() {
        for text in [
            "body",
            "message.text",
            "content.value",
            "x.Body[].y",
            "x.Body.y",
            "body.value",
            "body.text",
            "body.message",
            "message",
        ] {
            assert!(JsonPath::parse(text).holds_content(), "{text}");
        }
        for text in [
            "message.to",
            "data.payload.id",
            "delivery.destination",
            "body.message.to.msisdn",
            "request.body.To",
        ] {
            assert!(!JsonPath::parse(text).holds_content(), "{text}");
        }
    }
}
