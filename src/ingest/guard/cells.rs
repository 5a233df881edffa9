//! The second guard against message content: a cell of a known column that looks like a message
//! is not kept, not even in the quarantine.
//!
//! A text that is too long for its field is taken for a message too. The first guard is that only
//! known columns are read.

use memchr::memchr;

use super::message::reads_like_a_message;
use super::numbers::holds_number;
use crate::domain::Field;
use crate::vault::plaintext::RejectKind;

/// What is known of all cells of a record at once, which saves looking at each.
#[derive(Clone, Copy)]
pub(in crate::ingest) struct RecordLook {
    /// Nothing but printable ASCII.
    plain: bool,
    /// There is a space in one of them.
    spaced: bool,
    /// There is a quote in one of them.
    quoted: bool,
    /// There is a `:`, `/` or `=` in one of them, not counting the time.
    joined: bool,
    /// There is a `+` in one of them, not counting the first byte of the number.
    signed: bool,
}

impl RecordLook {
    /// Of a record that was not looked at.
    pub(in crate::ingest) const UNKNOWN: Self = Self {
        plain: false,
        spaced: true,
        quoted: true,
        joined: true,
        signed: true,
    };

    /// Whether there is nothing but printable ASCII.
    pub(in crate::ingest) fn is_plain(self) -> bool {
        self.plain
    }

    /// Whether no cell has anything around it that is no part of it.
    pub(in crate::ingest) fn is_bare(self) -> bool {
        self.plain && !self.spaced && !self.quoted
    }

    /// Whether no cell can be message content or a damaged number, unless it is too long. A phone number in a wrong
    /// column is looked for all the same.
    pub(in crate::ingest) fn is_harmless(self) -> bool {
        self.plain && !self.spaced && !self.joined && !self.signed
    }

    /// Looks at the bytes of a whole record. `time` is its cell of the time, in which a colon is usual, and `number`
    /// that of the number, which a plus begins.
    pub(in crate::ingest) fn of(record: &[u8], time: &str, number: &str) -> Self {
        let seen = Bytes::of(record);
        // Nearly every time is written `2024-03-10T11:00:00Z`, and no other cell has such a mark.
        let colon = |at| time.as_bytes().get(at) == Some(&b':');
        let usual = match seen.joints {
            2 if colon(13) && colon(16) => 2,
            _ => time.bytes().filter(|byte| is_joint(*byte)).count(),
        };
        Self {
            plain: !seen.odd,
            spaced: seen.space,
            quoted: seen.quote,
            joined: seen.joints > usual,
            signed: seen.pluses > usize::from(number.starts_with('+')),
        }
    }
}

/// What bytes are in a record.
#[derive(Default)]
struct Bytes {
    /// Other bytes than printable ASCII.
    odd: bool,
    space: bool,
    quote: bool,
    joints: usize,
    pluses: usize,
}

/// So many bytes are looked at at once.
const LANES: usize = 16;
/// After so many times a count may be full: a lane has four bits for each of two.
const FULL: usize = 15;
/// The flags of a byte.
const ODD: u8 = 1;
const SPACE: u8 = 2;
const QUOTE: u8 = 4;
/// A lane counts joints in its low four bits, and plus signs above.
const PLUS: u8 = 1 << 4;
const LOW: u128 = u128::from_ne_bytes([0x0f; LANES]);

impl Bytes {
    /// Looks at every byte, without a branch, so that the compiler looks at many at once. It is asked of every record.
    fn of(record: &[u8]) -> Self {
        let mut seen = Self::default();
        let (lanes, rest) = record.as_chunks::<LANES>();
        for lanes in lanes.chunks(FULL) {
            seen.add(lanes);
        }
        let mut last = [b'0'; LANES];
        for (to, byte) in last.iter_mut().zip(rest) {
            *to = *byte;
        }
        seen.add(&[last]);
        seen
    }

    /// At most [`FULL`] of them.
    #[inline]
    fn add(&mut self, record: &[[u8; LANES]]) {
        let one_if = |is: bool, flag: u8| if is { flag } else { 0 };
        let [mut flags, mut counts] = [[0_u8; LANES]; 2];
        for bytes in record {
            for ((flags, counts), byte) in flags.iter_mut().zip(&mut counts).zip(bytes) {
                *flags |= one_if(!(b' '..0x7f).contains(byte), ODD)
                    | one_if(*byte == b' ', SPACE)
                    | one_if(*byte == b'"', QUOTE);
                let count = one_if(is_joint(*byte), 1) | one_if(*byte == b'+', PLUS);
                *counts = counts.wrapping_add(count);
            }
        }
        let flags = flags.iter().fold(0, |all, flags| all | flags);
        self.odd |= flags & ODD != 0;
        self.space |= flags & SPACE != 0;
        self.quote |= flags & QUOTE != 0;
        let counts = u128::from_ne_bytes(counts);
        self.joints += sum(counts & LOW);
        self.pluses += sum(counts >> 4 & LOW);
    }
}

/// The sum of the bytes, which are all below 16.
fn sum(bytes: u128) -> usize {
    // No byte overflows: the highest one of the product is the sum of all.
    let halves = bytes as u64 + (bytes >> u64::BITS) as u64;
    (halves.wrapping_mul(0x0101_0101_0101_0101) >> (u64::BITS - u8::BITS)) as usize
}

/// A mark that joins a word with its code, or the parts of a link.
fn is_joint(byte: u8) -> bool {
    matches!(byte, b':' | b'/' | b'=')
}

/// A cell of so many bytes is too long for no field.
pub(in crate::ingest) const SHORT: usize = 64;

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
        Field::Number | Field::SentAt => (SHORT, RejectKind::TooLong),
        _ => (SHORT, RejectKind::LooksLikeContent),
    };
    // A cell with few bytes has few characters; only a longer one has to be counted.
    if cell.len() > limit && cell.chars().count() > limit {
        return Some(kind);
    }
    if looks_like_content(look, field, cell) {
        return Some(RejectKind::LooksLikeContent);
    }
    holds_number(field, cell).then_some(RejectKind::PhoneNumber)
}

/// True if the quarantine may hold the cell.
pub(in crate::ingest) fn may_be_kept(field: Field, cell: &str) -> bool {
    matches!(fault(field, cell), None | Some(RejectKind::NotPrintable))
        && !looks_like_content(RecordLook::UNKNOWN, field, cell)
        && !holds_number(field, cell)
}

/// True if the cell reads like a message. A single word of ASCII is a link or a word with its code
/// (`OTP:123456`), or no message.
#[inline]
fn looks_like_content(look: RecordLook, field: Field, cell: &str) -> bool {
    let bytes = cell.as_bytes();
    let spaced = look.spaced && memchr(b' ', bytes).is_some();
    if !spaced && (look.plain || cell.is_ascii()) {
        // A reference may be an address, and a time has colons.
        let told = !matches!(field, Field::MessageRef | Field::Number | Field::SentAt);
        let joined = look.joined && told && bytes.len() >= 8;
        if !joined || !cell.bytes().any(is_joint) {
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_look_at_a_record_tells_every_byte_of_it(
            text in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..70),
                // Longer than is counted in eight bits.
                "[a-z:+]{0,9000}".prop_map(String::into_bytes),
                "[ -~]{0,70}".prop_map(String::into_bytes),
            ],
        ) {
            let count = |is: &dyn Fn(u8) -> bool| text.iter().filter(|byte| is(**byte)).count();
            let seen = Bytes::of(&text);
            prop_assert_eq!(seen.odd, count(&|byte| !(32..127).contains(&byte)) > 0);
            prop_assert_eq!(seen.space, text.contains(&b' '));
            prop_assert_eq!(seen.quote, text.contains(&b'"'));
            prop_assert_eq!(seen.joints, count(&|byte| b":/=".contains(&byte)));
            prop_assert_eq!(seen.pluses, count(&|byte| byte == b'+'));
        }
    }

    #[test]
    fn messages_are_recognised_by_their_look() {
        for (field, cell) in [
            (Field::Carrier, "Your code is 123456"),
            (Field::Carrier, "123456 is your code."),
            (Field::State, "Code:1234 do not share"),
            (Field::Kind, "your G-123456 code"),
            (Field::Country, "код 123456 никому"),
            (Field::Number, "Your code is 123456"),
            (Field::State, "آپ کا کوڈ 482913 ہے"),
            (Field::Country, "Kinnituskood: 482913"),
            (Field::Account, "Сіздің кодыңыз 482913"),
            (Field::User, "Tasdiqlash kodi: 482913"),
            (Field::State, "ඔබේ කේතය 482913"),
            (Field::Kind, "Temporary password: Xk39Lm2"),
            (Field::Carrier, "Wifi password: sunshine99"),
            (Field::Account, "Login: anna Passwort: Xk39Lm2"),
            (Field::Account, "OTP:482913"),
            (Field::User, "code=482913"),
            (Field::Account, "https://bit.ly/3xYz"),
            (Field::Account, "Test results negative"),
            (Field::State, "Prescription ready for pickup"),
            (Field::User, "Password changed successfully"),
            (Field::Country, "지금 집에 간다"),
            (Field::Carrier, "as it was told to be sent again"),
            (Field::Channel, &"x".repeat(65)),
            // What is done with a code names it, in any order.
            (Field::State, "Zum Zurücksetzen: 482913"),
            (Field::Account, "Autoriza tu compra con 482913"),
            (Field::User, "Въведете 482913, за да продължите"),
            (Field::Account, "New sign-in. Verify with 482913"),
            (Field::Kind, "本人確認 482913"),
            (Field::Kind, "본인확인 482913"),
            (Field::Carrier, "482913 Acme kodunuzdur"),
            (Field::Account, "Código de un solo uso: 482913"),
            (Field::User, "Älä jaa koodia: 482913"),
            (Field::State, "كلمة المرور المؤقتة 482913"),
            (Field::Kind, "Senha provisória Xk39Lm7"),
            // Sums, shares, hours and days.
            (Field::Carrier, "Ihr Guthaben beträgt 3,20 Euro"),
            (Field::Account, "Solde : 12,50 € restants"),
            (Field::State, "Saldo: R$ 12,50"),
            (Field::Kind, "Баланс: 35,20 руб"),
            (Field::User, "Vandaag 20% korting"),
            (Field::State, "本日20%オフ"),
            (Field::Carrier, "Hoy 2x1 en pizzas"),
            (Field::Account, "Wizyta w poniedziałek o 9"),
            (Field::State, "Курьер приедет с 10 до 12"),
            // Prose.
            (Field::Carrier, "Neue Anmeldung in deinem Konto"),
            (Field::State, "Responda SALIR para cancelar"),
            (Field::Account, "La mamma sta male"),
            (Field::Kind, "Doğum günün kutlu olsun"),
            (Field::Carrier, "मैं आ रहा हूँ"),
            (Field::State, "میں آ رہا ہوں"),
            (Field::User, "به من زنگ بزن"),
            (Field::Account, "지금 가고 있어"),
            (Field::Carrier, "ママが入院した"),
            (Field::State, "โทรหาฉันหน่อย"),
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
            (Field::Carrier, "Telco 12345"),
            (Field::Carrier, "Hello 310260"),
            (Field::Carrier, "Code Mobile 310260"),
            (Field::Carrier, "clx networks ab"),
            (Field::State, "TX 75001-1234"),
            (Field::State, "ZIP+4 75001-1234"),
            (Field::State, "Karnataka PIN 560001"),
            (Field::State, "código postal 28001"),
            (Field::State, "mã bưu điện 100000"),
            (Field::State, "الرمز البريدي 11564"),
            (Field::State, "מיקוד 61000"),
            (Field::State, "هرمزگان 475259"),
            (Field::State, "Gracias a Dios"),
            (Field::Country, "캐나다"),
            (Field::User, "요기요"),
            (Field::Country, "Det britiske territoriet i Indiahavet"),
            (Field::Country, "Cô-lôm-bi-a"),
            (Field::Account, "Lê và đối tác Công ty TNHH"),
            (Field::Account, "お客様センター"),
            (Field::Account, "OTP Bank Nyrt. 1051"),
            (Field::Account, "https://tenant12.example.com"),
            (Field::Account, "http://www.example.com/?"),
            (Field::Kind, "验证码短信 2024"),
            (Field::Kind, "passcode 2fa-sms"),
            (Field::Kind, "mfa 2024"),
            (Field::User, "ben van dam"),
            (Field::Kind, "rappel de rendez-vous"),
            (Field::Kind, "felicitación de cumpleaños"),
            (Field::Kind, "avviso di consegna"),
            (Field::Kind, "重要なお知らせ"),
            (Field::Kind, "lời chào"),
            (Field::Kind, "Test results ready"),
            (Field::Kind, "code à usage unique"),
            (Field::Channel, "お知らせチャンネル"),
            (Field::Carrier, "ich bin HoT"),
            (Field::Carrier, "你好移动"),
            (Field::Account, "すかいらーく"),
            (Field::Account, "login 4821"),
            (Field::Account, "1 Euro Shop"),
            (Field::State, "霞が関"),
            (Field::State, "แม่ฮ่องสอน"),
            (Field::State, "ขอนแก่น"),
            (Field::Carrier, "Confirm Telecom 310260"),
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
    fn a_number_in_a_column_that_is_shown_is_named_and_not_kept() {
        for (field, cell) in [
            (Field::Carrier, "+12025550147"),
            (Field::State, "2025550147"),
            (Field::Kind, "202-555-0147"),
            (Field::Channel, "447700900771"),
            (Field::Country, "0012025550147"),
            (Field::Account, "+12025550147"),
        ] {
            assert_eq!(fault(field, cell), Some(RejectKind::PhoneNumber), "{cell}");
            assert!(!may_be_kept(field, cell), "{cell}");
        }
        assert!(!may_be_kept(Field::State, "2025550147\u{0}"));
        assert!(may_be_kept(Field::Number, "+12025550147"));
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
