//! Where in a JSON record a cell stands: `phone`, `delivery.destination`,
//! `target[type=MobilePhone].alternateId`, `recipients.items[].recipient`.
//!
//! Holds names, never a cell.

use super::content::is_content;
use super::shape::fold;

/// Names from the outside in, each with what is taken of a list under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonPath(pub(super) Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) of: Of,
}

/// What is taken of the value under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Of {
    /// The value itself.
    Value,
    /// `[]`: each object of the list, each making a row of its own.
    Each,
    /// `[type=User]`: the object of the list whose `type` is `User`.
    Where { name: String, is: String },
}

impl JsonPath {
    /// Any text is a path: what is no bracket at the end of a step belongs to
    /// its name.
    pub(super) fn parse(text: &str) -> Self {
        Self(text.split('.').map(Step::parse).collect())
    }

    /// True if message content is at its end or on its way. Objects called
    /// `message` or `payload` hold more than what a message says, and may be
    /// passed through.
    pub(super) fn holds_content(&self) -> bool {
        let last = self.0.len().saturating_sub(1);
        self.0.iter().enumerate().any(|(at, step)| {
            let through = at < last && THROUGH.contains(&fold(&step.name).as_str());
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
        let of = match inside.split_once('=') {
            None if inside.is_empty() => Of::Each,
            Some((key, is)) => Of::Where {
                name: key.to_owned(),
                is: is.to_owned(),
            },
            None => return Self::value(text),
        };
        Self {
            name: name.to_owned(),
            of,
        }
    }

    fn value(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            of: Of::Value,
        }
    }
}

const THROUGH: [&str; 3] = ["message", "msg", "payload"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_names_lists_and_choices() {
        let step = |name: &str, of| Step {
            name: name.to_owned(),
            of,
        };
        let user = Of::Where {
            name: "type".to_owned(),
            is: "User".to_owned(),
        };
        for (text, steps) in [
            ("phone", vec![step("phone", Of::Value)]),
            ("a.b", vec![step("a", Of::Value), step("b", Of::Value)]),
            (
                "target[type=User].id",
                vec![step("target", user), step("id", Of::Value)],
            ),
            (
                "items[].to",
                vec![step("items", Of::Each), step("to", Of::Value)],
            ),
            ("odd[name]", vec![step("odd[name]", Of::Value)]),
            ("odd]", vec![step("odd]", Of::Value)]),
        ] {
            assert_eq!(JsonPath::parse(text), JsonPath(steps), "{text}");
        }
    }

    #[test]
    fn content_is_known_on_the_way_and_at_the_end() {
        for text in [
            "body",
            "message.text",
            "content.value",
            "x.Body[].y",
            "message",
        ] {
            assert!(JsonPath::parse(text).holds_content(), "{text}");
        }
        for text in ["message.to", "data.payload.id", "delivery.destination"] {
            assert!(!JsonPath::parse(text).holds_content(), "{text}");
        }
    }
}
