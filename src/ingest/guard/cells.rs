//! The second guard against message content: a cell of a known column that looks like a message
//! is not kept, not even in the quarantine.
//!
//! A text that is too long for its field is taken for a message too. The first guard is that only
//! known columns are read.

use memchr::{memchr, memchr3_iter};

use super::message::reads_like_a_message;
use crate::domain::Field;
use crate::vault::plaintext::RejectKind;

/// What is known of all cells of a record at once, which saves looking at each.
#[derive(Clone, Copy)]
pub(in crate::ingest) struct RecordLook {
    /// Nothing but printable ASCII.
    plain: bool,
    /// There is a space in one of them.
    spaced: bool,
    /// There is a `:`, `/` or `=` in one of them, not counting the time.
    joined: bool,
}

impl RecordLook {
    /// Of a record that was not looked at.
    pub(in crate::ingest) const UNKNOWN: Self = Self {
        plain: false,
        spaced: true,
        joined: true,
    };

    /// Whether there is nothing but printable ASCII.
    pub(in crate::ingest) fn is_plain(self) -> bool {
        self.plain
    }

    /// Looks at the bytes of a whole record. `time` is its cell of the time, in which a colon is usual.
    pub(in crate::ingest) fn of(record: &[u8], time: &str) -> Self {
        let plain = record
            .iter()
            .fold(true, |plain, byte| plain & (b' '..0x7f).contains(byte));
        let usual = joints(time.as_bytes()).count();
        Self {
            plain,
            spaced: memchr(b' ', record).is_some(),
            joined: joints(record).nth(usual).is_some(),
        }
    }
}

/// The marks that join a word with its code, or the parts of a link.
fn joints(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr3_iter(b':', b'/', b'=', text)
}

/// What is wrong with a cell of this field, if anything.
pub(in crate::ingest) fn fault(field: Field, cell: &str) -> Option<RejectKind> {
    fault_of(RecordLook::UNKNOWN, field, cell)
}

/// The same as `fault`, faster, for a cell of a record that was looked at.
#[inline]
pub(in crate::ingest) fn fault_of(
    look: RecordLook,
    field: Field,
    cell: &str,
) -> Option<RejectKind> {
    if cell.is_empty() {
        return None;
    }
    if !look.plain
        && cell.bytes().any(|byte| !(b' '..0x7f).contains(&byte))
        && cell.chars().any(char::is_control)
    {
        return Some(RejectKind::NotPrintable);
    }
    let (limit, kind) = match field {
        Field::Account | Field::User | Field::MessageRef => (128, RejectKind::TooLong),
        Field::Number | Field::SentAt => (64, RejectKind::TooLong),
        _ => (64, RejectKind::LooksLikeContent),
    };
    // A cell with few bytes has few characters; only a longer one has to be counted.
    if cell.len() > limit && cell.chars().count() > limit {
        return Some(kind);
    }
    looks_like_content(look, field, cell).then_some(RejectKind::LooksLikeContent)
}

/// True if the quarantine may hold the cell.
pub(in crate::ingest) fn may_be_kept(field: Field, cell: &str) -> bool {
    matches!(fault(field, cell), None | Some(RejectKind::NotPrintable))
        && !looks_like_content(RecordLook::UNKNOWN, field, cell)
}

/// True if the cell reads like a message. A single word of ASCII is a link or a word with its code
/// (`OTP:123456`), or no message.
#[inline]
fn looks_like_content(look: RecordLook, field: Field, cell: &str) -> bool {
    let bytes = cell.as_bytes();
    let spaced = look.spaced && memchr(b' ', bytes).is_some();
    if !spaced && (look.plain || cell.is_ascii()) {
        let short = matches!(
            field,
            Field::Carrier | Field::Country | Field::State | Field::Kind | Field::Channel
        );
        let joined = look.joined && short && bytes.len() >= 8;
        if !joined || joints(bytes).next().is_none() {
            return false;
        }
    }
    // A number with three words is a text.
    let words = || {
        let words = cell.split_whitespace();
        words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
    };
    (field == Field::Number && words().count() > 2) || reads_like_a_message(field, cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_recognised_by_their_look() {
        for (field, cell) in [
            (Field::Carrier, "Your code is 123456"),
            (Field::Carrier, "123456 is your code."),
            (Field::State, "Code:1234 do not share"),
            (Field::Kind, "your G-123456 code"),
            (Field::Country, "код 123456 никому"),
            (Field::Number, "Your code is 123456"),
            (Field::Channel, &"x".repeat(65)),
        ] {
            assert_eq!(
                fault(field, cell),
                Some(RejectKind::LooksLikeContent),
                "{cell}"
            );
            assert!(!may_be_kept(field, cell), "{cell}");
        }
    }

    #[test]
    fn ordinary_cells_pass() {
        for (field, cell) in [
            (Field::Carrier, "Example Wireless:6006 - SVR/2"),
            (Field::Carrier, "3 Hong Kong"),
            (Field::Carrier, "Example Mobile 310260"),
            (Field::Carrier, "Example - 26207"),
            (Field::State, "TX 75001-1234"),
            (Field::Kind, "mfa 2024"),
            (Field::User, "ben van dam"),
            (Field::State, "District of Columbia"),
            (
                Field::Country,
                "Saint Helena, Ascension and Tristan da Cunha",
            ),
            (Field::Kind, "mfa-sms-2024"),
            (Field::Account, "Store 1234 Main Street"),
            (Field::Number, "+1 (202) 555 0142 ext 7"),
            (Field::SentAt, "Thu, 21 Mar 2024 22:34:49 +0000"),
            (Field::Carrier, &"é".repeat(64)),
        ] {
            assert_eq!(fault(field, cell), None, "{cell}");
        }
    }

    #[test]
    fn long_and_unprintable_cells_are_named() {
        assert_eq!(
            fault(Field::User, &"x".repeat(129)),
            Some(RejectKind::TooLong)
        );
        assert_eq!(fault(Field::User, &"x".repeat(128)), None);
        assert_eq!(
            fault(Field::Number, &"1".repeat(65)),
            Some(RejectKind::TooLong)
        );
        assert_eq!(
            fault(Field::Carrier, "a\u{0}b"),
            Some(RejectKind::NotPrintable)
        );
        assert_eq!(
            fault(Field::Carrier, "a\u{85}b"),
            Some(RejectKind::NotPrintable)
        );
    }
}
