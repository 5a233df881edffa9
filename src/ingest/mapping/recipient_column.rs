//! A column that is not read and may be that of the recipients: its cells are numbers of other people than the column
//! that is read.

use zeroize::Zeroizing;

use super::usual_names::{by_name, is_of_the_sender, letters};
use crate::domain::Field;
use crate::domain::invisible::cleaned;
use crate::ingest::column_name::fold;
use crate::ingest::rows::nothing::says_nothing;
use crate::ingest::times::serial::is_day;

/// Counts of what the cells of a column look like, compared with the number that is read from the same row.
#[derive(Default)]
pub(in crate::ingest) struct NumberLook {
    cells: u32,
    /// Numbers with a plus or with what only phone numbers have before them.
    international: u32,
    /// Digits that may be a number without a plus.
    digits: u32,
    /// Of both, those of another number than the one that is read.
    others: u32,
    /// The digits of the first number, and whether there was another.
    first: Zeroizing<String>,
    several: bool,
}

impl NumberLook {
    /// Counts a cell. `read` is the number that is read from its row.
    pub(in crate::ingest) fn see(&mut self, cell: &str, read: &str) {
        let cell = cleaned(cell);
        if cell.is_empty() || says_nothing(Field::Number, &cell) {
            return;
        }
        self.cells += 1;
        let Some(international) = may_be_number(&cell) else {
            return;
        };
        match international {
            true => self.international += 1,
            false => self.digits += 1,
        }
        let (digits, read) = (digits_of(&cell), digits_of(read));
        self.others += u32::from(!read.is_empty() && !are_one(&digits, &read));
        match self.first.is_empty() {
            true => self.first = digits,
            false => self.several |= self.first != digits,
        }
    }

    /// Whether the column of this name may be that of the recipients. The same number in another form is none, and one
    /// number in all rows is a sender's.
    pub(in crate::ingest) fn may_be_recipient(&self, name: &str) -> bool {
        if is_of_the_sender(name) {
            return false;
        }
        let numbers = match may_be_called(name) {
            true => self.international + self.digits,
            false => self.international,
        };
        let mostly = numbers > 0 && numbers * 2 >= self.cells;
        let others = self.others > 0 && u64::from(self.others) * 20 >= u64::from(numbers);
        mostly && others && (self.several || self.cells == 1)
    }
}

/// Whether a member of this name and value may have the number of a person.
pub(in crate::ingest) fn may_be_of_a_person(name: &str, cell: &str) -> bool {
    !is_of_the_sender(name)
        && match may_be_number(&cleaned(cell)) {
            Some(international) => international || may_be_called(name),
            None => false,
        }
}

/// Whether the text may be a number, and then whether it has a plus or the like.
fn may_be_number(cell: &str) -> Option<bool> {
    let lower = cell.to_ascii_lowercase();
    let mut schemes = ["tel:", "sms:", "whatsapp:"].into_iter();
    let bare = schemes.find_map(|scheme| lower.strip_prefix(scheme));
    let text = bare.unwrap_or(&lower).trim_matches(['"', '\'', '=', ' ']);
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let written = |c: char| c.is_numeric() || " \u{a0}+\u{ff0b}-.()/".contains(c);
    if !(7..=17).contains(&digits) || !text.chars().all(written) {
        return None;
    }
    let plus = text.contains(['+', '\u{ff0b}']) || bare.is_some();
    // Days, and seconds or milliseconds since 1970.
    let alone = text.bytes().all(|byte| byte.is_ascii_digit());
    let time = alone && matches!(digits, 10 | 13) && text.starts_with("1");
    let day = !alone && digits == 8 && (text.starts_with("20") || text.ends_with("20"));
    let day = day || is_day(text);
    match plus {
        true => Some(true),
        // `00` may stand before a calling code, or fill up an id.
        false => (!time && !day).then_some(false),
    }
}

/// The digits of a cell.
pub(in crate::ingest) fn digits_of(cell: &str) -> Zeroizing<String> {
    Zeroizing::new(cell.chars().filter(char::is_ascii_digit).collect())
}

/// Whether two numbers end in the same digits: with a calling code or without, with an extension or without.
pub(in crate::ingest) fn are_one(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    let from = short.len().saturating_sub(SAME);
    short.get(from..).is_some_and(|end| long.contains(end))
}

/// So many digits at the end make two numbers one.
const SAME: usize = 8;

/// Whether a column of this name may be one of recipients, if its cells are numbers.
pub(super) fn may_be_called(name: &str) -> bool {
    if by_name(name) == Some(Field::Number) {
        return true;
    }
    let plain: String = letters(name).chars().filter(|c| !c.is_numeric()).collect();
    let plain = plain.as_str();
    let is_other = by_name(name).is_some() || AFTER.iter().any(|end| plain.ends_with(end));
    let number = plain
        .strip_suffix("number")
        .or_else(|| plain.strip_suffix("no"));
    let number = number.is_some_and(|before| BEFORE_NUMBER.contains(&before));
    let to = fold(name).split([' ', '.', '/']).any(|word| word == "to") || plain.ends_with("edto");
    EXACT.contains(&plain)
        || number
        || to
        || !is_other && PARTS.iter().any(|part| plain.contains(part))
}

/// Whether a name says that somebody gets something: `to`, `recipient`, `destination`.
pub(in crate::ingest) fn gets_something(name: &str) -> bool {
    let plain = letters(name);
    let word = fold(name).split([' ', '.', '/']).any(|word| word == "to");
    word || plain.ends_with("edto") || GETTING.iter().any(|part| plain.contains(part))
}

/// Parts of names of somebody who gets something.
const GETTING: [&str; 21] = [
    "recip",
    "rcpt",
    "dest",
    "dst",
    "callee",
    "called",
    "receiver",
    "dnis",
    "xto",
    "sendto",
    "tonumber",
    "tophone",
    "ziel",
    "empf",
    "ontvanger",
    "odbiorca",
    "получател",
    "收件人",
    "被叫",
    "着信",
    "宛先",
];
/// Short names of numbers.
const EXACT: [&str; 20] = [
    "da",
    "dn",
    "tn",
    "hp",
    "ph",
    "mob",
    "waid",
    "bnum",
    "rcpt",
    "dnis",
    "did",
    "cld",
    "xto",
    "sendto",
    "originalto",
    "number",
    "phone",
    "msisdn",
    "mobile",
    "to",
];
/// What stands before `number` or `no` where it is a phone's.
const BEFORE_NUMBER: [&str; 26] = [
    "",
    "normalized",
    "normalised",
    "raw",
    "original",
    "formatted",
    "clean",
    "enduser",
    "user",
    "other",
    "second",
    "secondary",
    "alt",
    "alternate",
    "alternative",
    "full",
    "intl",
    "international",
    "final",
    "hp",
    "ph",
    "mob",
    "called",
    "target",
    "patient",
    "member",
];
/// Parts of names of recipients.
const PARTS: [&str; 37] = [
    "phone",
    "msisdn",
    "mobile",
    "handset",
    "recipient",
    "recip",
    "rcpt",
    "destin",
    "dest",
    "dst",
    "callee",
    "called",
    "receiver",
    "subscriber",
    "whatsapp",
    "telephone",
    "telefon",
    "rufnummer",
    "handy",
    "ziel",
    "empfaenger",
    "empfanger",
    "destinataire",
    "destinatario",
    "ontvanger",
    "odbiorca",
    "cellul",
    "получател",
    "телефон",
    "номер",
    "收件人",
    "收信",
    "接收",
    "被叫",
    "宛先",
    "着信",
    "番号",
];
/// How names end that have such a part and are of something else.
const AFTER: [&str; 24] = [
    "id",
    "sid",
    "code",
    "ref",
    "hash",
    "count",
    "length",
    "type",
    "status",
    "name",
    "network",
    "carrier",
    "operator",
    "country",
    "region",
    "state",
    "date",
    "time",
    "timestamp",
    "price",
    "cost",
    "port",
    "imei",
    "model",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn look(rows: &[(&str, &str)]) -> NumberLook {
        let mut look = NumberLook::default();
        for (cell, read) in rows {
            look.see(cell, read);
        }
        look
    }

    const READ: [&str; 2] = ["+14155550111", "+14155550112"];

    #[test]
    fn numbers_of_other_people_may_be_those_of_the_recipients_whatever_their_name() {
        for cells in [
            ["+13035550101", "+13035550102"],
            ["tel:+1 303 555 0101", "+44 7700 900 123"],
        ] {
            let look = look(&[(cells[0], READ[0]), (cells[1], READ[1])]);
            for name in ["Final destination", "X7", "Line", "Ziel"] {
                assert!(look.may_be_recipient(name), "{name}");
            }
        }
        // Without a plus a name has to say it.
        let look = look(&[("13035550101", READ[0]), ("13035550102", READ[1])]);
        for name in [
            "Phone 2",
            "Phone2",
            "Secondary Phone",
            "number.1",
            "number_2",
            "MSISDN2",
            "Normalized Number",
            "raw_number",
            "original_to",
            "Callee",
            "Rcpt",
            "Ziel",
            "Empfaenger",
            "Dst Addr",
            "da",
            "DN",
            "TN",
            "Subscriber No",
            "End User Number",
            "Delivered To",
            "Send To",
            "Forwarded To",
            "wa_id",
            "WhatsApp",
            "HP No",
            "Ph No",
            "收件人",
            "宛先",
            "Final destination",
            "x_to",
        ] {
            assert!(look.may_be_recipient(name), "{name}");
        }
        for name in [
            "X7",
            "order number",
            "Batch No",
            "phone_id",
            "account number",
            "device",
        ] {
            assert!(!look.may_be_recipient(name), "{name}");
        }
    }

    #[test]
    fn a_sender_the_same_number_and_what_is_no_number_are_no_recipients() {
        let other = look(&[("+13035550101", READ[0]), ("+13035550102", READ[1])]);
        for name in [
            "from",
            "Sender",
            "x_from",
            "Remitente",
            "主叫",
            "発信番号",
            "oa",
            "CLI",
            "Originator",
            "Sent from",
            "Absender",
            "A-party",
        ] {
            assert!(!other.may_be_recipient(name), "{name}");
        }
        for rows in [
            [("+13035550101", READ[0]), ("+13035550101", READ[1])],
            [("(415) 555-0111", READ[0]), ("4155550112", READ[1])],
            [("1711060489", READ[0]), ("1711060490", READ[1])],
            [("2024-03-10", READ[0]), ("2024-03-11", READ[1])],
            [("", READ[0]), ("-", READ[1])],
            [("+13035550101", ""), ("+13035550102", "")],
        ] {
            assert!(
                !look(&rows).may_be_recipient("Final destination"),
                "{rows:?}"
            );
        }
    }
}
