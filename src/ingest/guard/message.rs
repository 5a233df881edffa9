//! Whether a cell reads like the text of a message.
//!
//! Signs are counted: a code beside a word for it, somebody spoken to, a link, the marks and the
//! shape of a sentence. One sign alone makes no message: carriers have digits in their names, a
//! state may come with its ZIP code, and an error of a network is a sentence too. What is a usual
//! part of a field's cells is no sign there.

use super::words::{
    Says, ends_in_korean, has_part, is_listed, is_of_a_sentence, is_of_other_code, means_code, says,
};
use crate::domain::{Field, country, network};

/// True if the cell reads like a message.
pub(super) fn reads_like_a_message(field: Field, cell: &str) -> bool {
    // A formula of a spreadsheet is kept as the text that it is.
    let formula = cell.starts_with('=') && !cell.starts_with("=\"");
    if formula || looks_like_a_name(field, cell) || is_product(cell) {
        return false;
    }
    if field == Field::Country && country::alpha2(cell).is_some() {
        return false;
    }
    let text = CellText::of(cell);
    let named = matches!(field, Field::Account | Field::User | Field::MessageRef);
    let spoken = text.spoken();
    let titled = text.is_titled();
    let caseless = text.spoken_without_capitals();
    // Short words are parts of names, and one word is no sentence.
    let plain = i32::from(!titled && text.speaks_plainly(named));
    let mut signs = match named && plain == 0 {
        true => spoken + 2 * caseless,
        false => 2 * spoken + caseless + if named { 0 } else { plain },
    };
    if text.parts.len() < 2 && caseless == 0 {
        signs = 0;
    }
    let code = text.code_is_named();
    signs += if code { 3 } else { 0 };
    let link = has_link(cell) && !(named && text.words < 2);
    signs += if link { 4 } else { 0 };
    let emoji = cell.chars().any(is_emoji);
    signs += if emoji { 2 } else { 0 };
    // An error of a network speaks of phones and carriers, and to nobody.
    let reports = text.count(Says::Report);
    if reports >= 2 && spoken == 0 && !code && !link && !emoji {
        return false;
    }
    signs += text.joins(named).min(2) + text.count(Says::Topic).min(1);
    signs -= if titled && !code { 2 } else { 0 };
    signs += text.sentence(cell, named);
    if field != Field::SentAt {
        signs += i32::from(has_clock(cell)) + i32::from(has_price(cell));
    }
    signs += if reports == 0 {
        text.lone_code(field)
    } else {
        0
    };
    signs >= ENOUGH
}

/// True for the usual cell, which is told by its bytes: up to four words that begin with a capital,
/// without digits and marks.
fn looks_like_a_name(field: Field, cell: &str) -> bool {
    let letters = || cell.bytes().filter(u8::is_ascii_alphabetic);
    if matches!(field, Field::SentAt | Field::Number) && cell.is_ascii() {
        return letters().count() <= OF_A_TIME
            && (field == Field::SentAt || letters().count() <= OF_A_NUMBER);
    }
    let free = matches!(field, Field::Account | Field::User | Field::MessageRef);
    let (mut begins, mut words, mut digits) = (true, 1, 0);
    for byte in cell.bytes() {
        digits += usize::from(byte.is_ascii_digit());
        match byte {
            b' ' => (begins, words) = (true, words + 1),
            b'a'..=b'z' if begins => return false,
            b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'&' | b'+' => begins = false,
            b'0'..=b'9' if free && digits < 4 => begins = false,
            _ => return false,
        }
    }
    words <= 4
}

/// True for the name of a program with its version, as in `Mozilla/5.0 (…)`.
fn is_product(cell: &str) -> bool {
    let mut words = cell.split(' ');
    let first = words.next().unwrap_or_default();
    let version = words
        .next()
        .filter(|next| next.contains('.') && cell.contains(" ("));
    let apart = version.map(|version| (first, version));
    let Some((name, version)) = first.split_once('/').or(apart) else {
        return false;
    };
    let named = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty()
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(named)
        && !name.contains('.')
        && version.starts_with(|c: char| c.is_ascii_digit() || c == 'v')
}

/// The words and numbers of a cell.
struct CellText {
    lower: String,
    parts: Vec<Part>,
    /// Words of two letters and more.
    words: usize,
    /// Letters of scripts that have no capitals, other than Arabic and the like.
    caseless: usize,
}

/// A word, a number, or a mixture.
struct Part {
    /// In lower case.
    text: String,
    kind: Kind,
    /// It begins with a capital, or is written in a script without them.
    capital: bool,
    /// All of it is capitals and digits.
    upper: bool,
    /// What is between it and the next one.
    after: String,
}

impl Part {
    /// True for the code of a state and the like: two capitals.
    fn is_short_code(&self) -> bool {
        self.upper && self.text.is_ascii() && self.text.len() == 2
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Number,
    Mixed,
}

impl CellText {
    fn of(cell: &str) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut open = false;
        let mut caseless = 0;
        for c in cell.chars() {
            let (letter, digit) = (is_letter(c), c.is_numeric());
            caseless +=
                usize::from(letter && !c.is_ascii() && !c.is_lowercase() && !c.is_uppercase());
            if !letter && !digit {
                open = false;
                if let Some(last) = parts.last_mut() {
                    last.after.push(c);
                }
                continue;
            }
            // Where words are written without spaces, a number between them is one of its own.
            let splits = parts.last().is_some_and(|last| match last.kind {
                Kind::Number => letter && !c.is_ascii(),
                Kind::Word => digit && !last.text.is_ascii(),
                Kind::Mixed => false,
            });
            if !open || splits {
                open = true;
                parts.push(Part {
                    text: String::new(),
                    kind: if digit { Kind::Number } else { Kind::Word },
                    capital: !c.is_lowercase(),
                    upper: true,
                    after: String::new(),
                });
            }
            if let Some(last) = parts.last_mut() {
                last.text.extend(c.to_lowercase());
                last.upper &= !c.is_lowercase();
                match last.kind {
                    Kind::Number if !digit => last.kind = Kind::Mixed,
                    Kind::Word if digit => last.kind = Kind::Mixed,
                    _ => {}
                }
            }
        }
        let long = |part: &&Part| part.kind == Kind::Word && part.text.chars().count() > 1;
        Self {
            lower: cell.to_lowercase(),
            words: parts.iter().filter(long).count(),
            parts,
            caseless,
        }
    }

    /// How many different words speak to somebody, two at most.
    fn spoken(&self) -> i32 {
        self.count(Says::Spoken).min(2) + i32::from(self.spoken_without_capitals() > 0)
    }

    /// True if a word that speaks to somebody is too long to be a part of a name by chance.
    fn speaks_plainly(&self, named: bool) -> bool {
        let mut words = self.parts.iter();
        words.any(|part| {
            let word = part.text.as_str();
            let long = word.chars().count() > 3;
            let listed = is_listed(word) || (!named && !word.ends_with("si"));
            long && listed && says(word) == Some(Says::Spoken)
        })
    }

    /// The sign that somebody is spoken to in a script without capitals, in which names have no such
    /// words.
    fn spoken_without_capitals(&self) -> i32 {
        let hiragana = self
            .lower
            .chars()
            .filter(|c| matches!(c, 'ぁ'..='ゖ'))
            .count();
        let word = self.parts.iter().any(|part| {
            let caseless = part
                .text
                .chars()
                .any(|c| !c.is_ascii() && !c.is_lowercase());
            caseless && says(&part.text) == Some(Says::Spoken)
        });
        let said =
            !self.lower.is_ascii() && (word || hiragana >= 5 || has_part(&self.lower, false));
        let korean = self
            .parts
            .last()
            .is_some_and(|last| ends_in_korean(&last.text));
        if said || korean { 1 } else { 0 }
    }

    /// How many words say this. Short words in capitals are codes of states and the like.
    fn count(&self, what: Says) -> i32 {
        let words = self.parts.iter().filter(|part| {
            part.kind == Kind::Word && !part.is_short_code() && says(&part.text) == Some(what)
        });
        let mut words: Vec<_> = words.map(|part| part.text.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        words.len() as i32
    }

    /// How many different words are of a sentence.
    fn joins(&self, named: bool) -> i32 {
        let words = self
            .parts
            .iter()
            .filter(|part| !part.is_short_code() && is_of_a_sentence(&part.text, named));
        let mut words: Vec<_> = words.map(|part| part.text.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        words.len() as i32
    }

    /// True if all words begin with a capital, but those that join names.
    fn is_titled(&self) -> bool {
        let mut words = self.parts.iter().filter(|part| part.kind == Kind::Word);
        let titled = words.all(|part| part.capital || LINKS.contains(&part.text.as_str()));
        titled && self.words >= 2 && self.caseless == 0
    }

    /// True if a code is beside a word for it.
    fn code_is_named(&self) -> bool {
        let codes = self.codes();
        if codes.is_empty() {
            return false;
        }
        if !self.lower.is_ascii() && has_part(&self.lower, true) {
            return true;
        }
        let names = self.parts.iter().enumerate().filter(|(at, part)| {
            let before = at.checked_sub(1).and_then(|before| self.parts.get(before));
            let other = before.is_some_and(|before| is_of_other_code(&before.text));
            part.kind == Kind::Word && means_code(&part.text) && !other
        });
        let names: Vec<_> = names.map(|(at, _)| at).collect();
        let year = codes.iter().all(|at| self.is_year(*at));
        names.iter().any(|name| {
            let near = codes.iter().any(|code| code.abs_diff(*name) <= NEAR);
            near && !(year && self.words <= 3 && !self.lower.contains(": "))
        })
    }

    /// True for four to eight digits, in one or two groups, or capitals and digits mixed.
    fn is_code(&self, at: usize) -> bool {
        let Some(part) = self.parts.get(at) else {
            return false;
        };
        let size = part.text.chars().count();
        let digits = part.text.chars().filter(|c| c.is_numeric()).count();
        match part.kind {
            Kind::Number if (4..=8).contains(&size) => true,
            Kind::Number if matches!(size, 2..=4) && matches!(part.after.as_str(), " " | "-") => {
                let next = self.parts.get(at + 1);
                let next = next.filter(|next| next.kind == Kind::Number);
                next.is_some_and(|next| (6..=8).contains(&(size + next.text.chars().count())))
            }
            Kind::Mixed => part.upper && digits >= 2 && (5..=10).contains(&size),
            _ => false,
        }
    }

    /// The places of all codes.
    fn codes(&self) -> Vec<usize> {
        let places = 0..self.parts.len();
        places.filter(|at| self.is_code(*at)).collect()
    }

    /// True for a number that follows a word for a number that is no secret.
    fn is_numbered(&self, at: usize) -> bool {
        let back = |by| at.checked_sub(by).and_then(|before| self.parts.get(before));
        let other = |part: &Part| is_of_other_code(&part.text);
        let numbered = |part: &Part| other(part) || NUMBERED.contains(&part.text.as_str());
        let code = back(1).is_some_and(|before| means_code(&before.text));
        back(1).is_some_and(numbered) || (code && back(2).is_some_and(other))
    }

    /// True for the years of our time.
    fn is_year(&self, at: usize) -> bool {
        let part = self.parts.get(at).map(|part| part.text.as_str());
        part.is_some_and(|text| text.len() == 4 && AGES.iter().any(|age| text.starts_with(age)))
    }

    /// The signs of a sentence: its marks, its length, its small letters. `named`: the cell is a
    /// name, which may be long.
    fn sentence(&self, cell: &str, named: bool) -> i32 {
        let cell = cell.trim_end();
        let last = self
            .parts
            .last()
            .map_or(0, |part| part.text.chars().count());
        let stops = cell.ends_with(['!', '?', '…', '。', '！', '？', '।', '؟'])
            || (cell.ends_with('.') && last > 4);
        let asks = cell.ends_with(['?', '？', '؟']) || cell.starts_with(['¿', '¡']);
        let cries = cell.contains(['!', '?', '…', '¿', '¡', '؟']);
        let wide = cell.contains(['，', '。', '！', '？', '：', '；', '【', '「', '、']);
        let names_sender = cell
            .split_once(": ")
            .is_some_and(|(_, rest)| rest.contains(' '));
        let within = self.parts.iter().rev().skip(1).any(|part| {
            let ends = part.after.starts_with(". ") || part.after.starts_with("! ");
            ends && part.text.chars().count() > 3
        });
        let words = self.parts.iter().filter(|part| part.kind == Kind::Word);
        let words: Vec<_> = words.filter(|part| part.text.chars().count() > 1).collect();
        let links = |part: &&&Part| LINKS.contains(&part.text.as_str());
        let small = words
            .iter()
            .filter(|part| !part.capital)
            .filter(|part| !links(part))
            .count();
        let caseless = self.caseless * 2 > self.lower.chars().count();
        let many = self
            .parts
            .iter()
            .filter(|part| part.kind == Kind::Word)
            .count()
            >= 3;
        // Names in small letters are no sentences.
        let begins = self.parts.first().is_some_and(|part| part.capital);
        let small = small >= 2 && many && small * 2 >= words.len() && (begins || !named);
        let joined = self.joins(named) > 0;
        // A code in the middle of a sentence, which no name has.
        let codes = self.codes();
        let coded = codes
            .iter()
            .any(|at| !self.is_year(*at) && !self.is_numbered(*at));
        let coded_within = caseless
            && words.len() >= 3
            && codes
                .iter()
                .any(|at| (1..self.parts.len() - 1).contains(at));
        i32::from(stops)
            + i32::from(cries)
            + i32::from(asks)
            + i32::from(small && joined)
            + 2 * i32::from(small && coded && (joined || !named))
            + 3 * i32::from(coded && cell.starts_with(['[', '【', '<']))
            + 3 * i32::from(coded_within)
            + 2 * i32::from(wide)
            + i32::from(names_sender)
            + i32::from(within)
            + i32::from(small || (caseless && words.len() >= 4))
            + i32::from(words.len() >= 6 && !named)
            + i32::from(words.len() >= 9)
    }

    /// The signs of a code that no word names, in a field whose cells have none.
    fn lone_code(&self, field: Field) -> i32 {
        let mut codes = (0..self.parts.len()).filter(|at| self.is_code(*at));
        let Some(at) = codes.next() else {
            return 0;
        };
        let Some(part) = self.parts.get(at) else {
            return 0;
        };
        let size = part.text.chars().count();
        let letters = self.parts.iter().filter(|part| part.kind != Kind::Number);
        let letters: usize = letters.map(|part| part.text.chars().count()).sum();
        if part.kind != Kind::Number || letters == 0 {
            return 0;
        }
        if self.is_numbered(at) {
            return 0;
        }
        let is_usual = match field {
            // A network's code, or a company's number.
            Field::Carrier => size == 4 || is_network(&part.text),
            // With the code of its post office.
            Field::State | Field::Country => size <= 6 && letters <= 24,
            Field::Kind | Field::Channel => self.is_year(at) || is_date(&part.text),
            _ => true,
        };
        if is_usual { 0 } else { 3 }
    }
}

/// True for the codes of a mobile network, in one number.
fn is_network(digits: &str) -> bool {
    network::split_joined(digits).is_some_and(|(mcc, _)| network::is_mobile_country(mcc))
}

/// True for a month or a day in one number: `202403`, `20240321`.
fn is_date(digits: &str) -> bool {
    let month = digits.get(4..6).and_then(|month| month.parse::<u8>().ok());
    let this_age = digits.starts_with("19") || digits.starts_with("20");
    this_age
        && matches!(digits.len(), 6 | 8)
        && month.is_some_and(|month| (1..=12).contains(&month))
}

/// True if an address of the web is in the text.
fn has_link(cell: &str) -> bool {
    cell.contains("://")
        || cell.split_whitespace().any(|word| {
            let host = word.split_once('/').map(|(host, _)| host);
            let path = host.is_some_and(|host| {
                let end = host.rsplit_once('.').map(|(_, end)| end);
                end.is_some_and(|end| {
                    end.len() >= 2 && end.bytes().all(|b| b.is_ascii_alphabetic())
                })
            });
            path || word.to_ascii_lowercase().starts_with("www.")
        })
}

/// True if a time of day is in the text.
fn has_clock(cell: &str) -> bool {
    cell.split_whitespace().any(|word| {
        let word = word
            .trim_end_matches(['.', ',', '!', '?'])
            .to_ascii_lowercase();
        let hour = word.strip_suffix("am").or_else(|| word.strip_suffix("pm"));
        let pair = word.split_once([':', 'h']).is_some_and(|(hour, minute)| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits(hour) && hour.len() <= 2 && digits(minute) && minute.len() == 2
        });
        pair || hour.is_some_and(|hour| hour.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// True if a sum of money or a share is in the text.
fn has_price(cell: &str) -> bool {
    let mut last = ' ';
    for c in cell.chars() {
        let sign = |c: char| "$€£¥₹₽₺₩₦₴₫฿".contains(c);
        if (sign(last) && c.is_numeric()) || (last.is_numeric() && (sign(c) || c == '%')) {
            return true;
        }
        last = c;
    }
    false
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

/// Letters, and the marks that belong to them.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\'' | '’')
        || (!c.is_ascii()
            && !c.is_whitespace()
            && !c.is_numeric()
            && !is_emoji(c)
            && !matches!(c, '\u{a0}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}'
                | '\u{ff1a}'..='\u{ff20}' | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{964}' | '\u{965}'))
}

/// How the years of our time begin.
const AGES: [&str; 5] = ["199", "200", "201", "202", "203"];
/// How many signs make a message.
const ENOUGH: i32 = 3;
/// Between a code and the word for it are at most so many words.
const NEAR: usize = 4;
/// A time has at most so many letters: `Thursday, 21 September 2024 10:00 GMT`.
const OF_A_TIME: usize = 24;
/// A number with its extension and its channel has at most so many letters.
const OF_A_NUMBER: usize = 10;

/// Small words within the names of places and companies.
const LINKS: [&str; 28] = [
    "of", "the", "and", "de", "la", "le", "les", "du", "des", "del", "los", "las", "von", "und",
    "der", "die", "das", "y", "et", "da", "do", "dos", "di", "della", "van", "het", "al", "en",
];

/// Words before a number that is no secret.
const NUMBERED: [&str; 24] = [
    "campaign", "template", "version", "id", "no", "nr", "number", "num", "store", "site", "unit",
    "account", "batch", "sender", "from", "to", "v", "ver", "route", "flow", "step", "case",
    "ticket", "rev",
];
