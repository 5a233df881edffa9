//! The first guard against message content: columns whose names say that they hold it are never
//! read, not even if somebody maps them.

use crate::ingest::column_name::fold;

/// True if a column of this name holds message content.
pub(in crate::ingest) fn is_content(name: &str) -> bool {
    CONTENT.contains(&fold(name).as_str())
}

/// The names that suppliers give to message content, folded.
const CONTENT: [&str; 34] = [
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
    // In other languages.
    "nachricht",
    "nachrichtentext",
    "mensaje",
    "mensagem",
    "messaggio",
    "texto",
    "texte",
    "testo",
    "tekst",
    "treść",
    "сообщение",
    "текст",
    "内容",
    "短信内容",
    "本文",
    "メッセージ",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_recognised_however_it_is_spelled() {
        for name in [
            "Body",
            "message_body",
            "SMS Text",
            "message-text",
            "CONTENT",
            "Nachricht",
            "Treść",
            "短信内容",
        ] {
            assert!(is_content(name), "{name}");
        }
        for name in ["message_id", "message_type", "textual", "somebody"] {
            assert!(!is_content(name), "{name}");
        }
    }
}
