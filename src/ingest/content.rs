//! The names under which suppliers keep what a message says. Such a column is
//! never read, whoever asks for it.

use super::shape::fold;

/// True if a column of this name holds what a message says.
pub(super) fn is_content(name: &str) -> bool {
    CONTENT.contains(&fold(name).as_str())
}

const CONTENT: [&str; 18] = [
    "body",
    "content",
    "contents",
    "message",
    "messagebody",
    "messagecontent",
    "messagecontents",
    "messagetext",
    "msg",
    "msgbody",
    "msgtext",
    "payload",
    "smsbody",
    "smscontent",
    "smstext",
    "text",
    "textbody",
    "textmessage",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_known_however_it_is_spelled() {
        for name in [
            "Body",
            "message_body",
            "SMS Text",
            "message-text",
            "CONTENT",
        ] {
            assert!(is_content(name), "{name}");
        }
        for name in ["message_id", "message_type", "textual", "somebody"] {
            assert!(!is_content(name), "{name}");
        }
    }
}
