//! What kinds and channels of messages are called in English, by the words that such labels are made of:
//! `reminder 24h`, `voice then sms`, `refer a friend`. Nobody writes a message of them alone.

/// True if the cell has no other words, and one that names a kind or a channel.
pub(super) fn is_of_kind_words(cell: &str) -> bool {
    let is_mark = |c: char| !c.is_alphanumeric();
    // What ends a sentence is in no label.
    if !cell.is_ascii() || cell.contains(['!', '?', ':']) || cell.ends_with('.') {
        return false;
    }
    let lower = cell.to_ascii_lowercase();
    let words = || lower.split(is_mark).filter(|word| !word.is_empty());
    let known = |word: &str| NAMING.contains(&word) || BESIDE.contains(&word) || is_span(word);
    (2..=MOST).contains(&words().count())
        && words().all(known)
        && words().any(|word| NAMING.contains(&word))
}

/// How long before or after something: `24h`, `2`, `48hrs`. A code is longer.
fn is_span(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - unit.len();
    (1..=2).contains(&digits) && matches!(unit, "" | "h" | "hr" | "hrs" | "d" | "m" | "min" | "w")
}

/// The most words of a label.
const MOST: usize = 6;

/// Words for kinds and channels.
const NAMING: [&str; 54] = [
    "10dlc",
    "alert",
    "alerts",
    "announcement",
    "callback",
    "campaign",
    "campaigns",
    "confirmation",
    "confirmations",
    "digest",
    "email",
    "fallback",
    "feedback",
    "flash",
    "followup",
    "friend",
    "greeting",
    "invitation",
    "invite",
    "invoice",
    "ivr",
    "marketing",
    "mms",
    "newsletter",
    "notice",
    "notices",
    "notification",
    "notifications",
    "offer",
    "offers",
    "otp",
    "poll",
    "promo",
    "promotion",
    "promotional",
    "push",
    "rcs",
    "receipt",
    "referral",
    "reminder",
    "reminders",
    "request",
    "requests",
    "sms",
    "survey",
    "transactional",
    "update",
    "updates",
    "verification",
    "voice",
    "warning",
    "welcome",
    "whatsapp",
    "winback",
];
/// Words beside them.
const BESIDE: [&str; 101] = [
    "2fa",
    "a",
    "abandoned",
    "account",
    "after",
    "alpha",
    "and",
    "app",
    "appointment",
    "appointments",
    "auto",
    "automated",
    "back",
    "backup",
    "balance",
    "before",
    "bill",
    "billing",
    "birthday",
    "booking",
    "call",
    "calls",
    "cart",
    "check",
    "checkin",
    "class",
    "code",
    "customer",
    "daily",
    "day",
    "days",
    "delivery",
    "device",
    "due",
    "early",
    "end",
    "event",
    "failed",
    "final",
    "first",
    "flow",
    "follow",
    "for",
    "fraud",
    "from",
    "general",
    "happy",
    "hour",
    "hours",
    "hr",
    "hrs",
    "in",
    "inbound",
    "internal",
    "late",
    "location",
    "login",
    "long",
    "loyalty",
    "mail",
    "meeting",
    "message",
    "messages",
    "min",
    "minutes",
    "missed",
    "monthly",
    "new",
    "no",
    "of",
    "on",
    "onboarding",
    "or",
    "order",
    "out",
    "outbound",
    "password",
    "payment",
    "point",
    "primary",
    "refer",
    "renewal",
    "reset",
    "retry",
    "review",
    "second",
    "secondary",
    "security",
    "service",
    "shipping",
    "short",
    "show",
    "signup",
    "status",
    "stock",
    "system",
    "test",
    "then",
    "to",
    "up",
    "weekly",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_kinds_and_channels_are_told_from_messages() {
        for label in [
            "reminder 24h",
            "24h reminder",
            "reminder 2 hours before",
            "Reminder (48 hrs before)",
            "call back request",
            "refer a friend",
            "invite a friend",
            "SMS long code 10DLC",
            "sms code 10DLC",
            "push then sms",
            "voice then sms",
            "email-then-push",
            "Happy Birthday campaign",
            "welcome message",
            "no-show follow up sms",
        ] {
            assert!(is_of_kind_words(label), "{label}");
        }
        for text in [
            "Call me back",
            "code 482913 for login",
            "reminder code 123",
            "welcome back!",
            "Your order shipped",
            "request a call: now",
            "new code",
            "call back in 2 hours",
            "sms",
            "call mom",
        ] {
            assert!(!is_of_kind_words(text), "{text}");
        }
        assert!(NAMING.is_sorted() && BESIDE.is_sorted());
    }
}
