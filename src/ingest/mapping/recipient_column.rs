//! A column that is not read and may be that of the recipients: its cells are numbers of other people than the column
//! that is read.

use zeroize::Zeroizing;

use super::usual_names::{by_name, is_of_the_sender, letters};
use crate::domain::invisible::cleaned;
use crate::domain::{Field, digit};
use crate::ingest::column_name::fold;
use crate::ingest::rows::nothing::says_nothing;
use crate::ingest::times::serial::is_day;
use crate::vault::plaintext::{Phone, RawNumber, Region, region_of};

/// Counts of what the cells of a column look like, compared with the number that is read from the same row.
#[derive(Default)]
pub(in crate::ingest) struct NumberLook {
    cells: u32,
    /// Numbers with a plus or with what only phone numbers have before them.
    international: Seen,
    /// Digits that may be a number without a plus.
    digits: Seen,
    /// Of the first of these, how many were looked at, and how many the plan of the number that is read has.
    looked_at: u32,
    assigned: u32,
    /// Cells with the number that is read, in whatever form, and those of rows of which none is read.
    same: u32,
    alone: u32,
    /// The digits of the first number, and whether there was another.
    first: Zeroizing<String>,
    several: bool,
}

/// Numbers that were seen, and of these the ones of other people than the number that is read.
#[derive(Default)]
struct Seen {
    all: u32,
    others: u32,
}

impl NumberLook {
    /// Counts a cell. `read` is the number that is read from its row, and `region` the one that was declared.
    pub(in crate::ingest) fn see(&mut self, cell: &str, read: &str, region: Option<Region>) {
        let cell = cleaned(cell);
        self.see_numbers(&cell, &numbers_of_cell(&cell), (read, region));
    }

    /// The same of a member of JSON, where other text is looked at elsewhere.
    pub(in crate::ingest) fn see_member(&mut self, text: &str, read: &str, region: Option<Region>) {
        let text = cleaned(text);
        self.see_numbers(&text, &numbers_in(&text), (read, region));
    }

    fn see_numbers(
        &mut self,
        cell: &str,
        numbers: &[(&str, bool)],
        (read, region): (&str, Option<Region>),
    ) {
        if cell.is_empty() || says_nothing(Field::Number, cell) {
            return;
        }
        self.cells += 1;
        let own = digits_of(read);
        self.alone += u32::from(own.is_empty());
        let whole = numbers.len() <= 1 && digits_of(cell).len() >= FEWEST;
        let same = whole && is_of_one(cell, read);
        self.same += u32::from(same);
        let Some((first, _)) = numbers.first() else {
            return;
        };
        let other = |number: &str| !own.is_empty() && !is_of_one(number, read);
        let seen = match numbers.iter().any(|(_, international)| *international) {
            true => &mut self.international,
            false => &mut self.digits,
        };
        seen.all += 1;
        seen.others += u32::from(numbers.iter().any(|(number, _)| other(number)));
        if self.digits.all > self.looked_at && self.looked_at < LOOKED_AT {
            self.looked_at = self.digits.all;
            self.assigned += u32::from(is_assigned(first, read, region));
        }
        let first = digits_of(first);
        match self.first.is_empty() {
            true => self.first = first,
            false => self.several |= self.first != first,
        }
    }

    /// Whether the column of this name may be that of the recipients. The same number in another form is none, and one
    /// number in all rows is a sender's.
    pub(in crate::ingest) fn may_be_recipient(&self, name: &str) -> bool {
        if is_of_the_sender(name) {
            return false;
        }
        let digits = match is_of_anything(name) {
            // Customers have numbers, too, and these fit a plan only now and then.
            true => self.looked_at > 0 && self.assigned * 5 >= self.looked_at * 4,
            false => may_be_called(name),
        };
        let [all, others] = match digits {
            true => [
                self.international.all + self.digits.all,
                self.international.others + self.digits.others,
            ],
            false => [self.international.all, self.international.others],
        };
        let mostly = all > 0 && all * 2 >= self.cells;
        let others = others > 0 && u64::from(others) * 20 >= u64::from(all);
        mostly && others && (self.several || self.cells == 1)
    }

    /// Whether later rows may have somebody else in the column of this name, although the first do not say so: most
    /// cells are the number that is read, or its name is that of a number. One number in all rows is a sender's.
    pub(in crate::ingest) fn is_watched(&self, name: &str) -> bool {
        if is_of_the_sender(name) || is_of_anything(name) {
            return false;
        }
        let numbers = self.international.all + self.digits.all;
        let mostly_same = self.same > 0 && self.same * 2 >= self.cells;
        mostly_same || may_be_called(name) && (self.several || numbers == 0)
    }

    /// Whether none of its cells is a number, but there are cells.
    pub(in crate::ingest) fn is_of_other_things(&self) -> bool {
        self.cells > 0 && self.international.all + self.digits.all == 0
    }

    /// Whether every cell is the number that is read from its row, in whatever form.
    pub(in crate::ingest) fn is_same(&self) -> bool {
        self.same > 0 && self.same + self.alone >= self.cells
    }

    /// How many of its cells are numbers that need no region.
    pub(in crate::ingest) fn international(&self) -> u32 {
        self.international.all
    }
}

/// Whether digits are a number of the plan that the number of their row is of, or of the declared region.
fn is_assigned(cell: &str, read: &str, region: Option<Region>) -> bool {
    let read = Phone::accept_raw(RawNumber::new(read), region, None);
    let region = read.ok().and_then(|phone| region_of(&phone)).or(region);
    Phone::accept_raw(RawNumber::new(cell), region, None).is_ok()
}

/// The numbers that a cell consists of, each with whether it has a plus or the like. None if it is something else.
pub(in crate::ingest) fn numbers_in(cell: &str) -> Vec<(&str, bool)> {
    if let Some(international) = may_be_number(cell) {
        return vec![(cell, international)];
    }
    let parts = cell.split([',', ';', '|', '/', '\n']).map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    let numbers = parts.map(|part| may_be_number(part).map(|international| (part, international)));
    numbers.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// The same, and those with a plus in a cell of other text.
fn numbers_of_cell(cell: &str) -> Vec<(&str, bool)> {
    let numbers = numbers_in(cell);
    match numbers.is_empty() {
        true => numbers_in_text(cell),
        false => numbers,
    }
}

/// The numbers with a plus in other text: `Ann +1…`, `+1… +1…`, `sip:+1…@host`.
pub(in crate::ingest) fn numbers_in_text(text: &str) -> Vec<(&str, bool)> {
    let pluses = text.match_indices('+').filter_map(|(at, _)| {
        let behind = text.get(at + 1..)?;
        let end = behind.find(|c: char| !(c.is_ascii_digit() || " -.()".contains(c)));
        let run = text.get(at..at + 1 + end.unwrap_or(behind.len()))?;
        may_be_number(run.trim_end()).map(|_| (run, true))
    });
    pluses.collect()
}

/// Whether two cells are the number of one person, as far as can be told without a region.
fn is_of_one(cell: &str, read: &str) -> bool {
    let [digits, own] = [cell, read].map(digits_of);
    let plus = |text: &str| text.trim_start().starts_with('+');
    if !are_one(&digits, &own) || !plus(cell) || !plus(read) {
        return are_one(&digits, &own);
    }
    // With two pluses the whole numbers count, but for an extension and a zero behind the calling code.
    let mut both = digits.chars().zip(own.chars());
    let common = both.position(|(one, other)| one != other);
    let Some((one, other)) = common.and_then(|at| Some((digits.get(at..)?, own.get(at..)?))) else {
        return true;
    };
    let is_zero = |long: &str, short: &str| {
        let behind = long.strip_prefix('0');
        behind.is_some_and(|behind| behind.starts_with(short) || short.starts_with(behind))
    };
    is_zero(one, other) || is_zero(other, one)
}

/// Whether a cell has the number of somebody else than the number that is read from its row.
pub(in crate::ingest) fn has_another(cell: &str, read: &str) -> bool {
    let own = digits_of(read);
    let cell = cleaned(cell);
    let is_other = |(number, _): (&str, bool)| !is_of_one(number, read);
    !own.is_empty() && numbers_of_cell(&cell).into_iter().any(is_other)
}

/// Whether a text may be a number that somebody has, under this name.
pub(in crate::ingest) fn may_be_of_a_person(name: &str, cell: &str) -> bool {
    !is_of_the_sender(name)
        && match may_be_number(&cleaned(cell)) {
            Some(international) => international || may_be_called(name),
            None => false,
        }
}

/// Whether the text may be a number, and then whether it has a plus or the like.
pub(in crate::ingest) fn may_be_number(cell: &str) -> Option<bool> {
    let lower = cell.to_lowercase();
    let mut schemes = ["tel:", "sms:", "whatsapp:"].into_iter();
    let bare = schemes.find_map(|scheme| lower.strip_prefix(scheme));
    let text = bare.unwrap_or(&lower).trim_matches(['"', '\'', '=', ' ']);
    let text = text.strip_suffix(".0").unwrap_or(text);
    let text = without_extension(text);
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let written = |c: char| c.is_numeric() || " \u{a0}+\u{ff0b}-.()/".contains(c);
    if !(FEWEST..=17).contains(&digits) || !text.chars().all(written) {
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

/// What is before an extension: `x5`, `ext. 5`, `;ext=5`, `#5`. The text is in lower case.
fn without_extension(text: &str) -> &str {
    let Some(at) = text.find(['x', 'e', ';', '#']) else {
        return text;
    };
    let (before, behind) = text.split_at(at);
    let letters: String = behind.chars().filter(|c| c.is_alphabetic()).collect();
    let digits = behind.chars().filter(|c| c.is_numeric()).count();
    let marks = behind
        .chars()
        .all(|c| c.is_alphanumeric() || " .:=;#".contains(c));
    let is_one = marks && digits < FEWEST && ["", "x", "ext", "extension"].contains(&&*letters);
    match is_one && before.chars().filter(|c| c.is_numeric()).count() >= FEWEST {
        true => before.trim_end(),
        false => text,
    }
}

/// The digits of a cell, without a zero that only some write before the others or behind the calling code, and without
/// an extension.
pub(in crate::ingest) fn digits_of(cell: &str) -> Zeroizing<String> {
    let lower = Zeroizing::new(cell.trim().to_lowercase());
    let whole = lower.trim_matches(['"', '\'', '=', ' ']);
    let whole = without_extension(whole.strip_suffix(".0").unwrap_or(whole));
    let mut digits = Zeroizing::new(String::with_capacity(whole.len()));
    for digit in whole.split("(0)").flat_map(str::chars).filter_map(digit) {
        if digit != '0' || !digits.is_empty() {
            digits.push(digit);
        }
    }
    digits
}

/// Whether two numbers end in the same digits: with a calling code or without, with an extension or without.
pub(in crate::ingest) fn are_one(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    let from = short.len().saturating_sub(SAME);
    let end = short.get(from..).unwrap_or_default();
    !end.is_empty() && long.contains(end)
}

/// So many digits at the end make two numbers one.
const SAME: usize = 8;
/// No number has fewer digits.
const FEWEST: usize = 7;
/// Of so many cells it is asked whether a plan has them.
const LOOKED_AT: u32 = 100;

/// Whether a column of this name has as well the numbers under which somebody keeps customers as their phone numbers.
pub(in crate::ingest) fn is_of_anything(name: &str) -> bool {
    let plain: String = letters(name).chars().filter(|c| !c.is_numeric()).collect();
    let mut ends = [
        "number", "numbers", "no", "nr", "num", "nbr", "nummer", "numero",
    ]
    .into_iter();
    plain == "numero"
        || ends.any(|end| {
            let before = plain.strip_suffix(end);
            before.is_some_and(|before| KEPT_BY_NUMBER.contains(&before))
        })
}

/// Whom somebody keeps by a number.
const KEPT_BY_NUMBER: [&str; 19] = [
    "customer",
    "client",
    "cust",
    "member",
    "patient",
    "user",
    "enduser",
    "guest",
    "employee",
    "staff",
    "student",
    "person",
    "kunden",
    "kunde",
    "mitglieds",
    "cliente",
    "clientes",
    "klant",
    "kund",
];

/// Whether a column of this name may be one of recipients, if its cells are numbers.
pub(in crate::ingest) fn may_be_called(name: &str) -> bool {
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
const EXACT: [&str; 22] = [
    "cc",
    "bcc",
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
            look.see(cell, read, None);
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
    fn two_numbers_with_a_plus_are_compared_as_a_whole() {
        for (one, other, same) in [
            ("+13035550101", "+1 (303) 555-0101", true),
            ("+13035550101", "+1 303 555 0101 x12", true),
            ("+44 (0)7700 900123", "+447700900123", true),
            ("+13035550101", "+12035550101", false),
            ("+13035550101", "303-555-0101", true),
            ("+13035550101", "12035550101", true),
            ("+447700900123", "+17700900123", false),
        ] {
            assert_eq!(is_of_one(one, other), same, "{one} {other}");
            assert_eq!(is_of_one(other, one), same, "{one} {other}");
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

    #[test]
    fn the_same_number_in_another_form_is_the_same() {
        for (read, cell) in [
            ("+14155550111", "(415) 555-0111"),
            ("+14155550111", "415.555.0111 x5"),
            ("+14155550111", "4155550111 ext. 12"),
            ("+14155550111;ext=5", "14155550111"),
            ("+447911123456", "07911 123456"),
            ("+44 (0)7911 123456", "+447911123456"),
            ("+498912345", "089 12345"),
            ("+49 (0)89 12345", "0049 89 12345"),
            ("+14155550111", "tel:+1-415-555-0111"),
            ("+14155550111", "\u{ff14}\u{ff11}\u{ff15}5550111"),
            ("4155550111", "14155550111.0"),
        ] {
            let look = look(&[(cell, read)]);
            assert!(look.is_same(), "{read} {cell}");
            assert!(!look.may_be_recipient("Final destination"), "{read} {cell}");
        }
        for (read, cell) in [
            (
                "+14155550111",
                "\u{ff13}\u{ff10}\u{ff13}\u{ff15}\u{ff15}\u{ff15}\u{ff10}\u{ff11}\u{ff10}\u{ff11}",
            ),
            ("+14155550111", "+13035550101 x5"),
            ("+14155550111", "+14155550111; +13035550101"),
        ] {
            let look = look(&[(cell, read)]);
            assert!(!look.is_same(), "{read} {cell}");
            assert!(look.may_be_recipient("to_2"), "{read} {cell}");
        }
    }

    #[test]
    fn the_numbers_of_customers_are_phone_numbers_only_if_a_plan_has_them() {
        for cells in [
            ["20012345", "20012346"],
            ["1000234567", "1000234568"],
            ["7000234567", "9110234568"],
            ["10002345", "300023456789"],
        ] {
            let look = look(&[(cells[0], READ[0]), (cells[1], READ[1])]);
            for name in [
                "customer number",
                "Client Number",
                "customer no",
                "Kundennummer",
            ] {
                assert!(!look.may_be_recipient(name), "{name} {cells:?}");
            }
        }
        let look = look(&[("3035550101", READ[0]), ("303-555-0102", READ[1])]);
        for name in ["customer number", "client_number", "Member No"] {
            assert!(look.may_be_recipient(name), "{name}");
        }
    }
}
