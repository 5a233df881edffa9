//! What a person typed into a form, and how it becomes the JSON that a client of the API would send.
//!
//! A form may hold phone numbers and passwords: every value is wiped when it is dropped, and has no `Debug`.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::domain::{WipedBuffer, hex, is_bare_number, may_hold_number};
use crate::vault::plaintext::SubjectToken;

/// The fields of a form or of an address, in their order.
#[derive(Default)]
pub struct Form {
    fields: Vec<(String, Zeroizing<String>)>,
    /// The names of those whose value was a text that may hold a phone number, and was forgotten.
    held_number: Vec<String>,
}

/// How a field of a form becomes a member of an operation's input. The field and the member have one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// A text. Line breaks become spaces. It is there even if it is empty, so that the rule it breaks is said.
    Text(&'static str),
    /// A text that is left out if it is empty.
    Optional(&'static str),
    /// A text that is never shown again, such as a password. It is taken as it is.
    Secret(&'static str),
    /// A whole number, left out if it is empty.
    Number(&'static str),
    /// Whether a box was ticked.
    Tick(&'static str),
    /// A list with one value in each line.
    Lines(&'static str),
    /// The same, left out if there is no line.
    AnyLines(&'static str),
    /// A list of phone numbers, between line breaks, commas, semicolons or tabs. They are never shown again.
    Numbers(&'static str),
    /// A list of keys with their holders, one in each line: the key, then the holder's name.
    Holders(&'static str),
    /// A list of the values of all fields of this name.
    Each(&'static str),
    /// The same for people by their tokens. Whatever else was typed is not shown again.
    Tokens(&'static str),
    /// A member that has members itself.
    Group(&'static str, &'static [Self]),
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`; `None` if it is not UTF-8 or an escape is broken.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let parts = bytes.split(|byte| *byte == b'&');
        let fields = parts.filter(|part| !part.is_empty()).map(|part| {
            let end = part.iter().position(|byte| *byte == b'=');
            let (name, value) = match end {
                Some(end) => (part.get(..end)?, part.get(end + 1..)?),
                None => (part, &[][..]),
            };
            Some((decode(name)?.as_str().to_owned(), decode(value)?))
        });
        Some(Self {
            fields: fields.collect::<Option<_>>()?,
            held_number: Vec::new(),
        })
    }

    /// A form whose fields came in another way.
    pub fn of(fields: Vec<(String, Zeroizing<String>)>) -> Self {
        Self {
            fields,
            held_number: Vec::new(),
        }
    }

    /// The first value of this name, without spaces around it; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Whether there is a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// All values of this name that are not empty, without spaces around them.
    pub fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        let named = self.fields.iter().filter(move |(known, _)| known == name);
        named
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// Forgets the fields of these names, wherever they came from.
    pub fn forget(&mut self, names: &[&str]) {
        self.fields
            .retain(|(name, _)| !names.contains(&name.as_str()));
    }

    /// Forgets what is never shown again: passwords, phone numbers, and every text that may hold one. It is done once
    /// the input of the operation is made, before anything is shown, kept or put into an address.
    pub fn forget_numbers(&mut self, fields: &[Field]) {
        for (name, value) in &mut self.fields {
            let kept = match Field::named(fields, name) {
                Some(field) => field.shown_again(value),
                None if is_number_at(name, value) => String::new(),
                None if name == "account" && is_count(value) => value.to_string(),
                None => whole(value),
            };
            if kept.is_empty() && (is_kept_back(value) || is_bare_number(value)) {
                self.held_number.push(name.clone());
            }
            *value = Zeroizing::new(kept);
        }
    }

    /// Whether a field was forgotten because its text may hold a phone number.
    pub fn held_number(&self, name: &str) -> bool {
        self.held_number.iter().any(|known| known == name)
    }

    /// Puts a value in place of those of this name.
    pub fn put(&mut self, name: &str, value: &str) {
        self.forget(&[name]);
        let value = Zeroizing::new(value.to_owned());
        self.fields.push((name.to_owned(), value));
    }

    /// Names and values, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The input that these fields make, as JSON. `given` has values for fields that are not in the form; a list has
    /// one for each of its values.
    pub fn to_json(&self, fields: &[Field], given: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
        let mut buffer = WipedBuffer::with_capacity(1024);
        let members = Members {
            form: self,
            fields,
            given,
        };
        match serde_json::to_writer(&mut buffer, &members) {
            Ok(()) => buffer.into_bytes(),
            Err(_) => Zeroizing::default(),
        }
    }

    /// Names and values of those of these fields that may be shown again, for a form that has to be sent once more.
    /// None of them holds a number.
    pub fn kept(&self, fields: &[Field]) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for field in fields {
            match *field {
                Field::Secret(_) | Field::Numbers(_) => {}
                Field::Group(_, inner) => kept.extend(self.kept(inner)),
                Field::Text(name)
                | Field::Optional(name)
                | Field::Number(name)
                | Field::Tick(name)
                | Field::Lines(name)
                | Field::AnyLines(name)
                | Field::Holders(name)
                | Field::Tokens(name)
                | Field::Each(name) => {
                    let values = self.all(name).map(|value| field.shown_again(value));
                    let filled = values.filter(|value| !value.is_empty());
                    kept.extend(filled.map(|value| (name.to_owned(), value)));
                }
            }
        }
        kept
    }

    /// The first value of this name as it was typed, such as a password.
    pub fn exactly(&self, name: &str) -> &str {
        let mut named = self.fields.iter().filter(|(known, _)| known == name);
        named.next().map_or("", |(_, value)| value.as_str())
    }
}

impl Field {
    /// The one of this name, in groups too.
    fn named(fields: &[Self], name: &str) -> Option<Self> {
        fields.iter().find_map(|field| match *field {
            Self::Group(_, inner) => Self::named(inner, name),
            Self::Text(own)
            | Self::Optional(own)
            | Self::Secret(own)
            | Self::Number(own)
            | Self::Tick(own)
            | Self::Lines(own)
            | Self::AnyLines(own)
            | Self::Numbers(own)
            | Self::Holders(own)
            | Self::Tokens(own)
            | Self::Each(own) => (own == name).then_some(*field),
        })
    }

    /// What of a value may be shown again: nothing of a secret, and no phone number.
    fn shown_again(self, value: &str) -> String {
        match self {
            Self::Secret(_) | Self::Numbers(_) => String::new(),
            Self::Tokens(_) => match value.trim().parse::<SubjectToken>() {
                Ok(_) => value.to_owned(),
                Err(_) => String::new(),
            },
            Self::Lines(name) | Self::AnyLines(name) | Self::Holders(name) => {
                let lines = || value.lines();
                let back =
                    |line: &str| is_kept_back(line) && !(name == "account" && is_count(line));
                match lines().any(back) {
                    true => {
                        let shown = lines().filter(|line| !back(line));
                        shown.collect::<Vec<_>>().join("\n")
                    }
                    false => value.to_owned(),
                }
            }
            // Suppliers count their customers: an account may be digits alone, as the filter takes it.
            Self::Each("account") if is_count(value) => value.to_owned(),
            Self::Each(_) | Self::Text("reason") if is_bare_number(value) => String::new(),
            _ => whole(value),
        }
    }
}

/// Whether a value in an address is a filter that may hold a phone number, and so stays in no address.
pub fn is_number_at(name: &str, value: &str) -> bool {
    match name {
        "account" if is_count(value) => false,
        "country" | "state" | "area_state" | "carrier" | "kind" | "channel" => {
            may_hold_number(value) || is_bare_number(value)
        }
        _ => may_hold_number(value),
    }
}

/// Digits alone, so few that a page has room for them.
fn is_count(value: &str) -> bool {
    let value = value.trim();
    value.len() <= 32 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// The most bytes of a text that is shown again; a longer one is looked at by nobody.
const LONGEST: usize = 8 * 1024;

fn is_kept_back(text: &str) -> bool {
    text.len() > LONGEST || may_hold_number(text)
}

/// The text, or nothing of it if it may hold a phone number.
fn whole(value: &str) -> String {
    match is_kept_back(&value.replace(['\r', '\n'], " ")) {
        true => String::new(),
        false => value.to_owned(),
    }
}

struct Members<'f> {
    form: &'f Form,
    fields: &'f [Field],
    given: &'f [(&'f str, &'f str)],
}

impl<'f> Members<'f> {
    fn held(&self, name: &str) -> &'f str {
        let given = self.given.iter().find(|(known, _)| *known == name);
        match given {
            Some((_, text)) if !self.form.has(name) => text,
            _ => self.form.text(name),
        }
    }

    fn text(&self, name: &str) -> String {
        let text = self.held(name);
        text.replace("\r\n", " ").replace(['\r', '\n'], " ")
    }

    fn each(&self, name: &str) -> Vec<&'f str> {
        let given = self.given.iter().filter(|(known, _)| *known == name);
        match self.form.has(name) {
            true => self.form.all(name).collect(),
            false => given.map(|(_, value)| *value).collect(),
        }
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = self.form;
        let mut map = serializer.serialize_map(None)?;
        for field in self.fields {
            match *field {
                Field::Text(name) => map.serialize_entry(name, &self.text(name))?,
                Field::Optional(name) if form.text(name).is_empty() => {}
                Field::Optional(name) => map.serialize_entry(name, &self.text(name))?,
                Field::Secret(name) if form.exactly(name).is_empty() => {}
                Field::Secret(name) => map.serialize_entry(name, form.exactly(name))?,
                Field::Number(name) => match (self.held(name), self.held(name).parse::<u64>()) {
                    ("", _) => {}
                    (_, Ok(number)) => map.serialize_entry(name, &number)?,
                    // The operation says what is wrong with it.
                    (text, Err(_)) => map.serialize_entry(name, text)?,
                },
                Field::Tick(name) => map.serialize_entry(name, &form.has(name))?,
                Field::AnyLines(name) if form.text(name).is_empty() => {}
                Field::Lines(name) | Field::AnyLines(name) => {
                    map.serialize_entry(name, &split(form.exactly(name), "\r\n"))?
                }
                Field::Holders(name) => {
                    let lines = split(form.exactly(name), "\r\n");
                    let holders: Vec<_> = lines.into_iter().map(Holder::of).collect();
                    map.serialize_entry(name, &holders)?;
                }
                Field::Numbers(name) => {
                    map.serialize_entry(name, &split(form.exactly(name), "\r\n\t,;"))?;
                }
                Field::Each(name) | Field::Tokens(name) => {
                    map.serialize_entry(name, &self.each(name))?
                }
                Field::Group(name, fields) => map.serialize_entry(
                    name,
                    &Members {
                        form,
                        fields,
                        given: self.given,
                    },
                )?,
            }
        }
        map.end()
    }
}

/// Who has a key.
#[derive(Serialize)]
struct Holder<'f> {
    name: &'f str,
    key: &'f str,
}

impl<'f> Holder<'f> {
    fn of(line: &'f str) -> Self {
        let (key, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        Self {
            name: name.trim(),
            key,
        }
    }
}

/// The parts between any of these characters that are not empty.
fn split<'t>(text: &'t str, at: &str) -> Vec<&'t str> {
    text.split(|letter| at.contains(letter))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

fn decode(text: &[u8]) -> Option<Zeroizing<String>> {
    let mut bytes = text.iter().copied();
    // Decoding never makes it longer, so the buffer does not move.
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?].map(|digit| digit.to_ascii_lowercase());
                u8::from_be_bytes(hex::decode(&digits)?)
            }
            other => other,
        });
    }
    match String::from_utf8(std::mem::take(&mut *decoded)) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_form_becomes_the_json_of_its_operation() {
        let form = form(
            "numbers=%2B1+202+555+0101%0D%0A%2B12025550102%2C+%2B12025550103&region=&reason=a+line%0D%0Aand+one\
             &limit=50&recipients=age1abc++The+supplier%0D%0A%0D%0Aage1def&country=US&country=GB&country=&dry=on",
        );
        let fields = [
            Field::Numbers("numbers"),
            Field::Optional("region"),
            Field::Text("reason"),
            Field::Text("purpose"),
            Field::Number("limit"),
            Field::Holders("recipients"),
            Field::Tick("dry"),
            Field::Tick("wet"),
            Field::Group("filter", &[Field::Each("country"), Field::Each("state")]),
        ];
        let json: serde_json::Value = serde_json::from_slice(&form.to_json(&fields, &[])).unwrap();
        let expected = serde_json::json!({
            "numbers": ["+1 202 555 0101", "+12025550102", "+12025550103"],
            "reason": "a line and one",
            "purpose": "",
            "limit": 50,
            "recipients": [{ "name": "The supplier", "key": "age1abc" }, { "name": "", "key": "age1def" }],
            "dry": true,
            "wet": false,
            "filter": { "country": ["US", "GB"], "state": [] },
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn lines_that_another_kind_of_request_has_are_left_out_if_there_are_none() {
        let fields = [Field::AnyLines("recipients"), Field::Lines("drop")];
        let read = |text: &str| -> serde_json::Value {
            serde_json::from_slice(&form(text).to_json(&fields, &[])).unwrap()
        };
        let none = serde_json::json!({ "drop": [] });
        assert_eq!(read("recipients=&drop="), none);
        assert_eq!(read("recipients=+%0D%0A+"), none);
        let two = serde_json::json!({ "recipients": ["age1abc", "age1def"], "drop": [] });
        assert_eq!(read("recipients=age1abc%0D%0A%0D%0Aage1def"), two);
    }

    #[test]
    fn what_was_given_before_stands_for_what_is_not_in_the_form() {
        let fields = [Field::Text("purpose"), Field::Text("reason")];
        let given = [("purpose", "scoping"), ("reason", "of before")];
        let json = form("reason=a+new+one").to_json(&fields, &given);
        assert_eq!(
            json.as_slice(),
            br#"{"purpose":"scoping","reason":"a new one"}"#
        );
        let fields = [
            Field::Each("charts"),
            Field::Number("limit"),
            Field::Text("order"),
        ];
        let given = [
            ("charts", "day"),
            ("charts", "hour"),
            ("limit", "25"),
            ("order", "time"),
        ];
        let json = form("").to_json(&fields, &given);
        let all = br#"{"charts":["day","hour"],"limit":25,"order":"time"}"#;
        assert_eq!(json.as_slice(), all);
        let json = form("charts=kind&limit=7&order=").to_json(&fields, &given);
        let own = br#"{"charts":["kind"],"limit":7,"order":""}"#;
        assert_eq!(json.as_slice(), own);
    }

    #[test]
    fn numbers_and_passwords_are_not_kept_for_another_try() {
        let form = form("numbers=%2B12025550101&password=secret&reason=because+of+it&country=US");
        let fields = [
            Field::Numbers("numbers"),
            Field::Secret("password"),
            Field::Text("reason"),
            Field::Group("filter", &[Field::Each("country")]),
        ];
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let expected = vec![pair("reason", "because of it"), pair("country", "US")];
        assert_eq!(form.kept(&fields), expected);
    }

    #[test]
    fn no_text_that_may_hold_a_number_is_shown_again_kept_or_put_into_an_address() {
        let mut form = form(
            "subjects=S-0A1B2C3D&subjects=%2B12025550101&subjects=somebody&ticket=call+%2B12025550101&region=2025550101\
             &recipients=age1abc+The+supplier%0D%0Aage1def+Call+%2B1+202+555+0101&reason=%2B1+202%0D%0A555+0101\
             &other=06+12+34+56+78&purpose=scoping&sent_from=2024-03-10T00:00:00Z&password=secret",
        );
        let fields = [
            Field::Tokens("subjects"),
            Field::Optional("ticket"),
            Field::Optional("region"),
            Field::Holders("recipients"),
            Field::Text("reason"),
            Field::Text("purpose"),
            Field::Group("filter", &[Field::Optional("sent_from")]),
            Field::Secret("password"),
        ];
        let expected = [
            ("subjects", "S-0A1B2C3D"),
            ("recipients", "age1abc The supplier"),
            ("purpose", "scoping"),
            ("sent_from", "2024-03-10T00:00:00Z"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(form.kept(&fields), expected);
        form.forget_numbers(&fields);
        let filled = form.pairs().filter(|(_, value)| !value.is_empty());
        let filled = filled.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(filled.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_number_that_is_none_is_left_for_the_operation_to_refuse() {
        let json = form("limit=ten").to_json(&[Field::Number("limit")], &[]);
        assert_eq!(json.as_slice(), br#"{"limit":"ten"}"#);
    }

    #[test]
    fn a_broken_escape_is_no_form() {
        for text in ["a=%", "a=%2", "a=%zz", "a=%ff"] {
            assert!(Form::parse(text.as_bytes()).is_none(), "{text}");
        }
        assert_eq!(form("").text("a"), "");
    }
}
