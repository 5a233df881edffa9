//! People in what is not read: numbers that may be those of recipients, beside the records of a file or in a record.
//! They may be members of objects, in lists, names of members, lines of a text, or in a text that is JSON itself.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use memchr::{memchr_iter, memchr2};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::digit_run::may_hold_number;
use super::inside::wipe;
use super::line::objects_in_text;
use super::members::{cell, each_member};
use super::path::{last, parent};
use crate::domain::invisible::cleaned;
use crate::domain::{Field, written_numbers};
use crate::ingest::guard::columns::is_content;
use crate::ingest::mapping::recipient_column::{
    digits_of, gets_something, may_be_called, may_be_number, may_be_of_a_person, numbers_in,
    numbers_in_text,
};
use crate::ingest::mapping::usual_names::{by_name, is_of_the_sender, letters};
use crate::vault::plaintext::{Phone, RawNumber, Region};

/// The numbers that were found.
pub(super) struct People<'k> {
    known: &'k Known,
    /// Hashes of the numbers, so that each counts once.
    numbers: HashSet<u64>,
    /// One of them is likely to be that of a recipient, wherever it is.
    likely: bool,
    /// One of them is in an object in a list.
    in_list: bool,
    /// One is so, or in an object with a time, which beside records is likely to be one.
    in_record: bool,
    /// There are digits that nobody can read without a region, or numbers in a text of a message.
    perhaps: bool,
}

/// Numbers that are none of another person: those that were read from the record, and those of its sender. And the
/// region that was declared.
#[derive(Default)]
pub(super) struct Known {
    pub(super) own: Vec<Zeroizing<String>>,
    pub(super) senders: Vec<Zeroizing<String>>,
    pub(super) region: Option<Region>,
}

impl Known {
    /// Whether it is one of those that were read.
    fn is_own(&self, number: &str) -> bool {
        let digits = digits_of(number);
        self.own.iter().any(|own| ends(own) == ends(&digits))
    }

    fn has(&self, digits: &str) -> bool {
        let mut known = self.own.iter().chain(&self.senders);
        // In a text a code may stand behind a number.
        let begins = |known: &str| known.len() > TEN && digits.starts_with(known);
        known.any(|known| ends(known) == ends(digits) || begins(known))
    }
}

impl<'k> People<'k> {
    /// Looks at the JSON of a value and the path to it.
    pub(super) fn of(path: &str, value: &str, known: &'k Known) -> Self {
        let mut people = Self {
            known,
            numbers: HashSet::new(),
            likely: false,
            in_list: false,
            in_record: false,
            perhaps: false,
        };
        if may_be_number(&cleaned(path)).is_some() && people.add(path) {
            people.likely = true;
        } else {
            // What cannot be read has no members.
            let _ = people.value(path, value, DEPTH);
        }
        people
    }

    /// Whether there is any.
    pub(super) fn any(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// Whether there may be any.
    pub(super) fn may_be_any(&self) -> bool {
        self.any() || self.perhaps
    }

    /// Whether a value is about the owner of the log or the like. Somebody who gets something in it is somebody else.
    fn is_owner(&self, path: &str, value: &str) -> bool {
        let few = self.numbers.len() <= 2 && !self.likely && !self.in_list;
        value.starts_with('{') && few && is_of_an_owner(path)
    }

    /// How many of them are to be told as rows that were not read, where they are in a member of this name and value.
    /// A single number may be that of whoever the log is of, or of whoever asked for it.
    pub(super) fn rows(&self, path: &str, value: &str) -> usize {
        let count = self.numbers.len();
        match count > 1 || self.likely {
            true if !self.is_owner(path, value) => count,
            _ => 0,
        }
    }

    /// The only number, as a hash, if there is one that may be the owner's or of somebody else for each record.
    pub(super) fn single(&self, path: &str) -> Option<u64> {
        let mut numbers = self.numbers.iter();
        match (numbers.next(), numbers.next()) {
            (Some(only), None) if !is_of_an_owner(path) => Some(*only),
            _ => None,
        }
    }

    /// The same beside the records, where an object with a number and a time is likely to be a record, and so is one
    /// in a list.
    pub(super) fn rows_beside(&self, path: &str, value: &str) -> usize {
        let count = self.numbers.len();
        match self.in_record && !self.is_owner(path, value) {
            true => count,
            false => self.rows(path, value),
        }
    }

    fn value(&mut self, path: &str, value: &str, depth: usize) -> Result<(), serde_json::Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(());
        };
        match value.as_bytes().first() {
            Some(b'{') => self.object(path, value, depth),
            Some(b'[') => self.list(path, value, depth),
            Some(b'"' | b'0'..=b'9') => {
                let value: &RawValue = serde_json::from_str(value)?;
                let mut text = cell(value)?.unwrap_or_default();
                self.text(path, &text, depth);
                wipe(&mut text);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn object(&mut self, path: &str, object: &str, depth: usize) -> Result<(), serde_json::Error> {
        let (mut person, mut timed, mut own) = (false, false, false);
        let (mut digits, mut assigned) = (0_usize, 0_usize);
        each_member(object, |name, value| {
            let raw = value.get();
            if may_be_number(&cleaned(&name)) == Some(false) {
                digits += 1;
                assigned += usize::from(self.is_assigned(&name));
            }
            if raw.starts_with(['"', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
                let mut text = cell(value)?.unwrap_or_default();
                person |= may_be_of_a_person(&name, &text);
                timed |= by_name(&name) == Some(Field::SentAt) || may_be_a_time(&text);
                own |= is_of_the_sender(&name) && self.known.is_own(&text);
                wipe(&mut text);
            }
            Ok(())
        })?;
        // What this person sent has the log's owner for a recipient.
        if own {
            return Ok(());
        }
        let before = self.numbers.len();
        let are_numbers = may_be_called(last(path)) || are_mostly(assigned, digits);
        each_member(object, |name, value| {
            let is_number = match may_be_number(&cleaned(&name)) {
                Some(international) => international || are_numbers && !is_compact_day(&name),
                None => false,
            };
            if is_number && !is_of_the_sender(path) && self.add(&name) {
                self.likely = true;
                return Ok(());
            }
            let path = match path.is_empty() {
                true => name.into_owned(),
                false => format!("{path}.{name}"),
            };
            self.value(&path, value.get(), depth)
        })?;
        self.in_record |= person && timed && self.numbers.len() > before;
        Ok(())
    }

    fn list(&mut self, path: &str, list: &str, depth: usize) -> Result<(), serde_json::Error> {
        let items = serde_json::from_str::<Vec<&RawValue>>(list)?;
        let (mut digits, mut assigned) = (0, Vec::new());
        for item in &items {
            let raw = item.get();
            if raw.starts_with(['{', '[']) {
                let before = self.numbers.len();
                self.value(path, raw, depth)?;
                self.in_list |= self.numbers.len() > before;
                self.in_record |= self.in_list;
                continue;
            }
            let Some(mut text) = cell(item)? else {
                continue;
            };
            match may_be_number(&cleaned(&text)) {
                // Digits may be ids; they are numbers if most of them are in a plan.
                Some(false) if !may_be_called(last(path)) => {
                    digits += 1;
                    self.perhaps |= !is_of_something_else(path) && !is_compact_day(&text);
                    let other = is_of_something_else(path) || is_of_the_sender(path);
                    if self.is_assigned(&text) && !other {
                        assigned.push(Zeroizing::new(text.to_string()));
                    }
                }
                // Nobody makes a list of a number of his own.
                Some(_) => {
                    let before = self.numbers.len();
                    self.text(path, &text, depth);
                    self.likely |= self.numbers.len() > before;
                }
                None => self.text(path, &text, depth),
            }
            wipe(&mut text);
        }
        if are_mostly(assigned.len(), digits) {
            for number in &assigned {
                self.likely |= self.add(number);
            }
        }
        Ok(())
    }

    /// Looks at a text: a number, JSON, a table, or lines with numbers in them.
    fn text(&mut self, path: &str, text: &str, depth: usize) {
        let name = last(path);
        // In an object about the sender there may be who got something.
        if text.is_empty() || is_of_the_sender(path) && !gets_something(name) {
            return;
        }
        if is_content(name) {
            self.perhaps |= written_numbers(text)
                .iter()
                .any(|number| number.starts_with('+'));
            return;
        }
        if let Some(international) = may_be_number(&cleaned(text)) {
            // An order has a number, too.
            let is_number = international || !is_bare(name) || is_of_somebody(path);
            if is_number && may_be_of_a_person(name, text) && self.add(text) {
                self.likely |= gets_something(path) || is_copy(name);
            }
            return;
        }
        if text.len() < SHORTEST {
            return;
        }
        let parts = numbers_in(text);
        if !parts.is_empty() {
            for (part, international) in parts {
                let number = international || may_be_called(name) || self.is_assigned(part);
                self.perhaps = true;
                self.likely |= number && self.add(part);
            }
            return;
        }
        let inner = text.trim();
        let before = self.numbers.len();
        if inner.starts_with(['{', '['])
            && let Ok(value) = serde_json::from_str::<&RawValue>(inner)
        {
            let _ = self.value(path, value.get(), depth);
        } else {
            for object in objects_in_text(text) {
                let _ = self.value(path, object, depth);
            }
            // Nobody writes JSON into a text for a single number of his own.
            self.likely |= self.numbers.len() > before;
            self.table(text);
            for (number, _) in numbers_in_text(text) {
                if self.is_assigned(number) {
                    self.add(number);
                }
            }
            return;
        }
        self.likely |= self.numbers.len() > before;
    }

    /// Looks at lines of cells: at those under the name of a number, or else at those with a number and a time.
    fn table(&mut self, text: &str) {
        let mut lines = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .peekable();
        let Some(first) = lines.peek().copied() else {
            return;
        };
        let named = [',', ';', '\t', '|'].into_iter().find_map(|mark| {
            let mut names = first.split(mark);
            let at = names.position(|name| {
                let name = name.trim().trim_matches('"');
                !is_of_the_sender(name)
                    && (by_name(name) == Some(Field::Number) || may_be_called(name))
            });
            at.map(|at| (mark, at))
        });
        if let Some((mark, at)) = named {
            for line in lines.skip(1) {
                let cell = line.split(mark).nth(at).unwrap_or_default();
                if may_be_number(&cleaned(cell)).is_some() && self.add(cell) {
                    self.likely = true;
                }
            }
            return;
        }
        for line in lines {
            let cells = line.split([',', ';', '\t', '|', ' ']);
            let cells = cells.map(|cell| cell.trim_matches('"'));
            if !cells.clone().any(may_be_a_time) {
                continue;
            }
            for cell in cells.filter(|cell| cell.len() >= TEN && !may_be_a_time(cell)) {
                let number = may_be_number(cell);
                if number.is_some_and(|plus| plus || self.is_assigned(cell)) && self.add(cell) {
                    self.likely = true;
                }
            }
        }
    }

    /// Adds a number, unless it is one of those that are known.
    fn add(&mut self, number: &str) -> bool {
        let digits = digits_of(&cleaned(number));
        if self.known.has(&digits) {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        ends(&digits).hash(&mut hasher);
        self.numbers.insert(hasher.finish());
        true
    }

    /// Whether digits are a number of the declared region, or with their calling code one of any plan.
    fn is_assigned(&self, number: &str) -> bool {
        let number = cleaned(number);
        if is_compact_day(&number) {
            return false;
        }
        let read = |text: &str| {
            let number = RawNumber::new(text);
            Phone::accept_raw(number, self.known.region, None).is_ok()
        };
        read(&number) || {
            let digits = digits_of(&number);
            digits.len() > TEN && read(&Zeroizing::new(format!("+{}", *digits)))
        }
    }
}

/// False if nobody is in a value: of most values its bytes show it.
pub(super) fn may_hold_people(name: &str, value: &str) -> bool {
    let bytes = value.as_bytes();
    match bytes.first() {
        Some(b'{' | b'[') => may_hold_number(bytes),
        Some(b'"') if bytes.len() >= SHORTEST => {
            let with_plus = || {
                let mut pluses = memchr_iter(b'+', bytes);
                pluses.any(|at| {
                    let behind = bytes.get(at..bytes.len().min(at + NEAR));
                    behind.is_some_and(may_hold_number)
                })
            };
            let of_parts = || memchr2(b'{', b'[', bytes).is_some() || value.contains("\\n");
            (with_plus() || of_parts() && may_hold_number(bytes)) && !is_content(name)
        }
        _ => false,
    }
}

/// The numbers of whoever sent the message that a record is about, as far as its own members say.
pub(super) fn senders_of(object: &str) -> Vec<Zeroizing<String>> {
    fn gather(path: &str, object: &str, depth: usize, into: &mut Vec<Zeroizing<String>>) {
        let _ = each_member(object, |name, value| {
            let path = format!("{path}{name}");
            let raw = value.get();
            match raw.as_bytes().first() {
                Some(b'{') if depth > 0 => gather(&format!("{path}."), raw, depth - 1, into),
                Some(b'"' | b'0'..=b'9') if is_of_the_sender(&path) => {
                    let mut text = cell(value)?.unwrap_or_default();
                    into.push(digits_of(&text));
                    wipe(&mut text);
                }
                _ => {}
            }
            Ok(())
        });
    }
    let mut found = Vec::new();
    gather("", object, 2, &mut found);
    found.retain(|digits| !digits.is_empty());
    found
}

/// Whether nearly all of so many digits are numbers of a plan: of ids only some are.
fn are_mostly(assigned: usize, digits: usize) -> bool {
    assigned > 0 && assigned * 5 >= digits * 4
}

/// A day without marks: `20240321`.
fn is_compact_day(text: &str) -> bool {
    let begins = text.starts_with("19") || text.starts_with("20");
    text.len() == 8 && begins && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The last digits of a number, by which it is known in any form.
fn ends(digits: &str) -> &str {
    digits
        .get(digits.len().saturating_sub(SAME)..)
        .unwrap_or(digits)
}

/// Whether a name is `number` or the like and says not of what.
fn is_bare(name: &str) -> bool {
    matches!(
        letters(name).as_str(),
        "number" | "no" | "num" | "nr" | "nummer" | "numero"
    )
}

/// Whether the name before the last of a path is of somebody, or of a phone.
fn is_of_somebody(path: &str) -> bool {
    let above = parent(path);
    let name = last(above);
    let plain = letters(name);
    above.is_empty()
        || may_be_called(name)
        || gets_something(name)
        || SOMEBODY.iter().any(|part| plain.contains(part))
}

/// Parts of names of people.
const SOMEBODY: [&str; 12] = [
    "client",
    "contact",
    "customer",
    "guest",
    "kontakt",
    "lead",
    "member",
    "passenger",
    "patient",
    "person",
    "target",
    "user",
];

/// Whether a name says that somebody got a copy.
fn is_copy(name: &str) -> bool {
    matches!(letters(name).as_str(), "cc" | "bcc" | "ccs" | "bccs")
}

/// Whether digits under this name are of something else than people.
fn is_of_something_else(path: &str) -> bool {
    let name = letters(last(path));
    ELSE.iter().any(|end| name.ends_with(end))
}

/// Whether a member is about whoever the log is of, or asked for it, or wrote before.
fn is_of_an_owner(path: &str) -> bool {
    let name = letters(last(path));
    OWNERS.iter().any(|owner| name.contains(owner))
}

/// Whether a text may be a time: many digits, with colons or as seconds or milliseconds.
fn may_be_a_time(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let alone = digits == text.len() && matches!(digits, 10 | 13) && text.starts_with('1');
    alone
        || (6..=26).contains(&digits) && text.contains([':', 'T']) && !text.contains('+')
        || digits >= 8 && text.contains(':') && text.len() <= 40
}

/// So many digits at the end make two numbers one.
const SAME: usize = 8;
/// Digits without a plus are a number with its calling code if there are more.
const TEN: usize = 10;
/// A shorter text holds no table and no JSON with a number.
const SHORTEST: usize = 14;
/// How far behind a plus a number goes.
const NEAR: usize = 24;
/// How deep it is looked.
const DEPTH: usize = 8;
const OWNERS: [&str; 36] = [
    "branch",
    "clinic",
    "courier",
    "creator",
    "driver",
    "employee",
    "merchant",
    "office",
    "seller",
    "sentby",
    "staff",
    "store",
    "technician",
    "vendor",
    "owner",
    "account",
    "page",
    "inreplyto",
    "replyto",
    "repliedto",
    "subscriber",
    "user",
    "requester",
    "requestor",
    "requestedby",
    "createdby",
    "exportedby",
    "asker",
    "admin",
    "agent",
    "operator",
    "support",
    "business",
    "company",
    "organi",
    "profile",
];
const ELSE: [&str; 16] = [
    "id",
    "ids",
    "sid",
    "sids",
    "uuids",
    "refs",
    "codes",
    "hashes",
    "times",
    "timestamps",
    "counts",
    "offsets",
    "sizes",
    "prices",
    "ips",
    "ports",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, value: &str) -> (usize, usize, usize) {
        let known = Known {
            own: vec![digits_of("+13035550109")],
            senders: vec![digits_of("+14155550100")],
            region: None,
        };
        let people = People::of(path, value, &known);
        let all = people.numbers.len();
        (
            all,
            people.rows(path, value),
            people.rows_beside(path, value),
        )
    }

    #[test]
    fn numbers_are_found_wherever_they_are() {
        let table = serde_json::Value::from(
            "number,sent_at\n13035550101,2024-03-21T22:34:49Z\n3035550102,2024-03-21T22:34:50Z\n",
        );
        let lines = serde_json::Value::from(
            "2024-03-21 22:34:49 13035550101 ok\n2024-03-21 22:34:49 13035550102 ok",
        );
        let json = serde_json::Value::from("[{\"to\":\"+13035550101\"},{\"to\":\"+13035550102\"}]");
        let list = serde_json::Value::from("[\"+13035550101\",\"+13035550102\"]");
        for value in [
            r#"["+13035550101","+447911123456"]"#,
            r#"[13035550101,447911123456]"#,
            r#"{"+13035550101":{"a":1},"+447911123456":"2024-03-21T22:34:49Z"}"#,
            r#"{"13035550101":1,"447911123456":2}"#,
            r#"[{"phone":"+13035550101"},{"phone":"+13035550102"}]"#,
            r#"{"a":{"b":["+13035550101"]},"c":"+13035550102"}"#,
            r#""sent to +13035550101 and +13035550102""#,
            &table.to_string(),
            &lines.to_string(),
            &json.to_string(),
            &list.to_string(),
        ] {
            assert_eq!(found("failed", value), (2, 2, 2), "{value}");
        }
    }

    #[test]
    fn a_single_number_is_told_only_if_it_is_likely_to_be_a_recipients() {
        let json = serde_json::Value::from("[{\"to\":\"+13035550101\"}]").to_string();
        for (path, value, rows) in [
            ("x", r#"{"n":"+13035550101"}"#, 0),
            ("x", r#""+13035550101""#, 0),
            ("cc", r#"["+13035550101"]"#, 1),
            ("forward", r#"{"to":"+13035550101"}"#, 1),
            ("x", r#"{"+13035550101":1}"#, 1),
            ("legacy", json.as_str(), 1),
            ("owner", r#"{"phone":"+13035550101"}"#, 0),
            // Somebody who gets something is not the owner.
            ("owner", r#"{"to":"+13035550101"}"#, 1),
            ("source", r#"{"to":["+13035550101"]}"#, 1),
            ("order", r#"{"number":"1000000"}"#, 0),
        ] {
            let number = usize::from(path != "order");
            assert_eq!(found(path, value), (number, rows, rows), "{value}");
        }
        let beside = found("old", r#"[{"phone":"+13035550101"}]"#);
        assert_eq!(beside, (1, 0, 1));
        let beside = found(
            "old",
            r#"{"phone":"+13035550101","ts":"2024-03-21T22:34:49Z"}"#,
        );
        assert_eq!(beside, (1, 0, 1));
    }

    #[test]
    fn what_is_known_of_a_sender_or_no_number_is_no_person() {
        for (path, value) in [
            ("x", r#"{"to":"+1 303-555-0109"}"#),
            ("x", r#"{"to":"+14155550100"}"#),
            ("from", r#"{"phone":"+13035550101"}"#),
            ("x", r#"{"sender":{"phone":"+13035550101"}}"#),
            (
                "in_reply_to",
                r#"{"from":"+13035550109","to":"+13035550101"}"#,
            ),
            ("body", r#""call +13035550101 or +13035550102""#),
            ("ids", r#"[13035550101,13035550102]"#),
            ("x", r#"[1711060489,1711060490]"#),
            ("x", r#"[20012345,20012346]"#),
            ("at", r#""2024-03-21T22:34:49+00:00""#),
            ("x", r#"{"10.0.0.1":1}"#),
            ("days", r#"{"20240321":1,"20240322":2}"#),
            ("x", r#"{"7000234567":1,"9110234568":2}"#),
        ] {
            assert_eq!(found(path, value), (0, 0, 0), "{path} {value}");
        }
    }
}
