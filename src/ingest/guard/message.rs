//! Whether a cell reads like the text of a message.
//!
//! Signs are counted: a code beside a word for it, somebody spoken to, a link, the marks and the
//! shape of a sentence. One sign alone makes no message: carriers have digits in their names, a
//! state may come with its ZIP code, and an error of a network is a sentence too. What is a usual
//! part of a field's cells is no sign there.

use super::cell_text::{CellText, Kind, LINKS, Part, is_emoji};
use super::kind_words::is_of_kind_words;
use super::names::has_kind_of_place;
use super::words::{Says, ends_in_japanese, ends_in_korean, has_part, is_listed, speaks_korean};
use crate::domain::{Field, country};

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
    let mut text = CellText::of(cell);
    text.postal = text.is_postal(field);
    let named = matches!(field, Field::Account | Field::User | Field::MessageRef);
    let kind = matches!(field, Field::Kind | Field::Channel);
    if field == Field::Carrier && text.is_brand() {
        return false;
    }
    if kind && is_of_kind_words(cell) {
        return false;
    }
    if text.asks(field) {
        return true;
    }
    if kind && !cell.starts_with(char::is_uppercase) {
        text.take_kinds_for_topics();
    }
    let spoken = text.spoken();
    let titled = text.is_titled();
    let caseless = text.spoken_without_capitals();
    // Short words are parts of names, and one word is no sentence.
    let plain = i32::from(!titled && text.speaks_plainly_to(named));
    let mut signs = match named && plain == 0 {
        true => spoken + 2 * caseless,
        false => 2 * spoken + caseless + if named { 0 } else { plain },
    };
    if text.is_one_word(named) || (field == Field::Carrier && text.is_one_network()) {
        signs = 0;
    }
    let code = !text.postal && (text.code_is_named(field) || text.password_follows(cell, field));
    signs += if code { 3 } else { 0 };
    let spaced = cell.contains(char::is_whitespace);
    let link = match named && !spaced {
        true => is_short_link(cell),
        false => has_link(cell) && !(named && text.words < 2),
    };
    if named && !spaced && cell.is_ascii() {
        return code || link;
    }
    signs += if link { 4 } else { 0 };
    let emoji = !cell.is_ascii() && cell.chars().any(is_emoji);
    signs += if emoji { 2 } else { 0 };
    // An error of a network speaks of phones and carriers, and to nobody.
    let reports = text.count(Says::Report);
    if reports >= 2 && spoken == 0 && !code && !link && !emoji {
        return false;
    }
    let topics = text.count(Says::Topic);
    let joins = match text.is_label(field) {
        true => 0,
        false => text.joins(named),
    };
    signs += joins.min(if titled { 2 } else { 3 }) + (topics + text.count(Says::Ends)).min(1);
    // Hours and sums have digits, which most cells have not.
    let counted = field != Field::SentAt && cell.contains(char::is_numeric);
    let price = counted && (has_price(cell) || has_sum(&text.lower));
    let exact = price && has_cents(&text.lower);
    let offer = price && text.joins(named) > 0;
    signs -= if titled && !(code || exact || offer) {
        2
    } else {
        0
    };
    signs += i32::from(exact);
    signs += text.sentence(cell, field);
    let topics = topics + text.count(Says::Code);
    if reports < 2 && topics > 0 && text.says_how_it_went(if kind { 3 } else { 2 }) {
        signs += 3;
    }
    if counted {
        let price = i32::from(price);
        let clock = i32::from(has_clock(cell) || text.names_hour());
        signs += clock + price + (price + clock).min(1) * topics.min(1);
    }
    signs += match reports == 0 && !text.postal {
        true => text.lone_code(field),
        false => 0,
    };
    signs >= ENOUGH
        && (code
            || link
            || emoji
            || signs >= ENOUGH + OF_A_NAME
            || signs - text.signs_of_a_name(field) >= ENOUGH)
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

impl CellText {
    /// How many different words speak to somebody, two at most.
    pub(super) fn spoken(&self) -> i32 {
        self.count(Says::Spoken).min(2) + i32::from(self.spoken_without_capitals() > 0)
    }

    /// True for a name of up to three words, one of which has a capital within it: `ich bin HoT`.
    fn is_brand(&self) -> bool {
        let inner = |part: &Part| part.text.is_ascii() && part.capital && part.inner && !part.upper;
        self.parts.len() <= 3
            && self.parts.iter().all(|part| part.kind == Kind::Word)
            && self.parts.iter().any(inner)
            && self.count(Says::Spoken) + self.count(Says::Topic) == 0
    }

    /// In a column of kinds, words for what is wished or welcomed are what the messages are about.
    fn take_kinds_for_topics(&mut self) {
        for part in &mut self.parts {
            if part.says == Some(Says::Spoken) && KINDS.contains(&part.text.as_str()) {
                part.says = Some(Says::Topic);
            }
        }
    }

    /// True for an hour behind a word or mark for it: `um 9`, `o 18`, `с 10 до 12`.
    fn names_hour(&self) -> bool {
        self.parts.windows(2).any(|pair| match pair {
            [word, hour] => {
                hour.kind == Kind::Number
                    && hour.text.parse::<u8>().is_ok_and(|hour| hour <= 24)
                    && word.after == " "
                    && HOURS.contains(&word.text.as_str())
            }
            _ => false,
        })
    }

    /// True if a word that speaks to somebody is too long to be a part of a name by chance, in any column.
    pub(super) fn speaks_plainly(&self) -> bool {
        self.speaks_plainly_to(true)
    }

    fn speaks_plainly_to(&self, named: bool) -> bool {
        let mut words = self.parts.iter().filter(|part| !part.piece);
        words.any(|part| {
            let word = part.text.as_str();
            if part.says != Some(Says::Spoken) {
                return false;
            }
            let long = word.chars().count() > 3;
            let listed = is_listed(word) || (!named && !word.ends_with("si"));
            long && listed
        })
    }

    /// The sign that somebody is spoken to in a script without capitals, in which names have no such
    /// words.
    fn spoken_without_capitals(&self) -> i32 {
        *self
            .speaks_without_capitals
            .get_or_init(|| self.find_spoken_without_capitals())
    }

    fn find_spoken_without_capitals(&self) -> i32 {
        if !self.other_script {
            return 0;
        }
        let is_hiragana = |c: &char| matches!(c, 'ぁ'..='ゖ');
        let hiragana = self.lower.chars().filter(is_hiragana).count();
        // A brand may be in these letters alone.
        let mixed = || self.lower.chars().any(|c| !is_hiragana(&c) && c != 'ー');
        let word = self.parts.iter().any(|part| {
            let mut letters = part.text.chars();
            part.says == Some(Says::Spoken) && letters.any(|c| !c.is_ascii() && !c.is_lowercase())
        });
        let korean = || {
            let mut words = self.parts.iter().map(|part| part.text.as_str());
            let ends = words.next_back().is_some_and(ends_in_korean);
            self.parts.len() > 1 && (ends || words.any(speaks_korean))
        };
        let said = word
            || (hiragana >= 5 && mixed())
            || has_part(&self.lower, false)
            || ends_in_japanese(self.lower.trim_end())
            || korean();
        i32::from(said)
    }

    /// True for a code that a sentence goes on behind: `482913 to log in`.
    fn goes_on_behind_code(&self) -> bool {
        let small = |part: Option<&Part>| part.is_some_and(|part| part.is_word() && !part.capital);
        self.parts.iter().enumerate().any(|(at, part)| {
            let next = self.parts.get(at + 1);
            let joins = next.is_some_and(|next| next.says == Some(Says::Joins));
            let free = at > 0 && part.after == " " && !self.is_year(at) && !self.is_numbered(at);
            joins && free && small(next) && small(self.parts.get(at + 2)) && self.is_code(at)
        })
    }

    /// True if the text says of something how it went: `Test results negative`. At least so many words are behind the
    /// first.
    fn says_how_it_went(&self, least: usize) -> bool {
        let mut words = self.parts.iter();
        let begins = words.next().is_some_and(|first| first.capital);
        let rest: Vec<_> = words.filter(|part| !part.piece).collect();
        let small = |part: &&Part| {
            let named = part.upper || part.says == Some(Says::Topic);
            part.kind == Kind::Number || named || !part.capital
        };
        let ends = |part: &&Part| {
            part.says == Some(Says::Ends) || matches!(part.text.as_str(), "received" | "blocked")
        };
        begins && rest.len() >= least && rest.iter().all(small) && rest.iter().any(ends)
    }

    /// True for what a kind of messages is called, with small words between others: `réinitialisation du mot de passe`.
    fn is_label(&self, field: Field) -> bool {
        if !matches!(field, Field::Kind | Field::Channel) {
            return false;
        }
        let words: Vec<&Part> = self.parts.iter().filter(|part| part.is_word()).collect();
        let joins = |part: &&Part| part.says == Some(Says::Joins);
        let mut edges = [words.first(), words.last()].into_iter().flatten();
        let mut within = words.iter().filter(|part| joins(part));
        words.len() <= OF_A_LABEL
            && self.parts.iter().all(|part| part.kind == Kind::Word)
            && !self
                .lower
                .contains(['.', ':', ',', '!', '?', '…', '¿', '¡'])
            && self.spoken() == 0
            && !edges.any(joins)
            && within.all(|part| OF_LABELS.contains(&part.text.as_str()))
    }

    /// How many signs of a message a name of this field may have, if the cell looks like a name.
    fn signs_of_a_name(&self, field: Field) -> i32 {
        let cries = self.lower.contains(['!', '?', '…', '。', '！', '？']);
        let spoken = self.spoken();
        match field {
            _ if cries => 0,
            Field::Country | Field::State => {
                if self.parts.iter().any(|part| part.kind == Kind::Number) {
                    return 0;
                }
                let place = 3 * i32::from(has_kind_of_place(&self.lower));
                let loose = 2 * i32::from(self.is_loosely_titled());
                place + loose
            }
            Field::Carrier | Field::Account | Field::User
                if self.has_legal_form(field == Field::Carrier) =>
            {
                if spoken == 0 {
                    4
                } else {
                    3
                }
            }
            _ => 0,
        }
    }

    /// The signs of a sentence: its marks, its length, its small letters. Accounts and users are
    /// names, which may be long.
    fn sentence(&self, cell: &str, field: Field) -> i32 {
        let named = matches!(field, Field::Account | Field::User | Field::MessageRef);
        let cell = cell.trim_end();
        let last = self
            .parts
            .last()
            .map_or(0, |part| part.text.chars().count());
        // Greek asks with a semicolon.
        let greek = cell.ends_with(';') && cell.contains(|c| matches!(c, 'α'..='ω'));
        let stops = cell.ends_with(['!', '?', '…', '。', '！', '？', '।', '؟'])
            || greek
            || (cell.ends_with('.') && last > 4);
        let asks = greek || cell.ends_with(['?', '？', '؟']) || cell.starts_with(['¿', '¡']);
        let cries = cell.contains(['!', '?', '…', '¿', '¡', '؟']);
        let listed = cell.contains('、') && !matches!(field, Field::Country | Field::State);
        let wide = listed || cell.contains(['，', '。', '！', '？', '：', '；', '【', '「']);
        let names_sender = cell
            .split_once(": ")
            .is_some_and(|(_, rest)| rest.contains(' '));
        let within = self.parts.iter().rev().skip(1).any(|part| {
            let ends = part.after.starts_with(". ") || part.after.starts_with("! ");
            ends && part.text.chars().count() > 3
        });
        let words = self.parts.iter().filter(|part| part.kind == Kind::Word);
        let words = words.filter(|part| !part.piece && part.text.chars().count() > 1);
        let words: Vec<_> = words.collect();
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
            .filter(|part| part.kind == Kind::Word && !part.piece)
            .count()
            >= 3;
        // Names in small letters are no sentences.
        let begins = self.parts.first().is_some_and(|part| part.capital);
        let begins = match field {
            Field::Carrier => begins || self.joins(named) >= 2,
            _ => begins || !named,
        };
        let others = words.iter().filter(|part| named || !links(part)).count();
        let small = small >= 2 && many && small * 2 >= others && begins;
        let joined = self.joins(named) > 0 && !self.is_label(field);
        // A code in the middle of a sentence, which no name has.
        let codes = self.codes();
        let harmless = self.postal || self.is_numbered_name(field);
        let coded = !harmless
            && codes
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
            + 3 * i32::from(coded && self.goes_on_behind_code())
            + 2 * i32::from(wide)
            + i32::from(names_sender)
            + i32::from(within)
            + i32::from(small || (caseless && words.len() >= 4))
            + i32::from(words.len() >= 6 && !named)
            + i32::from(words.len() >= 9)
    }
}

/// True for a link that says nothing but where it leads, as `bit.ly/3xYz`: one word behind the host, made by chance. An
/// account may be an address of the web.
fn is_short_link(cell: &str) -> bool {
    let rest = cell.split_once("://").map_or(cell, |(_, rest)| rest);
    let Some((host, path)) = rest.split_once('/') else {
        return false;
    };
    let has = |is: fn(char) -> bool| path.contains(is);
    let chance = has(|c| c.is_ascii_digit()) && has(|c| c.is_ascii_alphabetic())
        || has(|c| c.is_ascii_lowercase()) && path.chars().skip(1).any(|c| c.is_ascii_uppercase());
    has_link(cell)
        && host.contains('.')
        && !host.contains('@')
        && (3..=12).contains(&path.len())
        && path.chars().all(|c| c.is_ascii_alphanumeric())
        && chance
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
            let www = word.get(..4).unwrap_or_default();
            path || www.eq_ignore_ascii_case("www.")
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
            digits(hour)
                && hour.len() <= 2
                && (digits(minute) && minute.len() == 2 || word.ends_with('h'))
        });
        pair || hour.is_some_and(|hour| hour.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// True if a sum of money or a share is in the text.
fn has_price(cell: &str) -> bool {
    let mut words = cell.split([' ', '.']).peekable();
    while let Some(word) = words.next() {
        let sum = words
            .peek()
            .is_some_and(|sum| sum.starts_with(|c: char| c.is_numeric()));
        if sum && CURRENCIES.contains(&word) {
            return true;
        }
    }
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

/// True for a number with two digits behind a comma or point: `12,50`.
fn has_cents(lower: &str) -> bool {
    lower.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_numeric());
        word.rsplit_once([',', '.']).is_some_and(|(sum, cents)| {
            let digits = |text: &str| !text.is_empty() && text.chars().all(char::is_numeric);
            cents.chars().count() == 2 && digits(cents) && digits(&sum.replace(['.', ','], ""))
        })
    })
}

/// True for a number beside a word for money, or `2x1`, in a text in lower case.
fn has_sum(lower: &str) -> bool {
    let is_number = |word: &str| {
        let word = word.trim_end_matches([',', '.', '!']);
        word.starts_with(char::is_numeric)
            && word
                .chars()
                .all(|c| c.is_numeric() || matches!(c, ',' | '.'))
    };
    let is_money = |word: &str| {
        let bare = word.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | '!' | '(' | ')'));
        MONEY.contains(&bare)
    };
    let mut before = "";
    lower.split_whitespace().any(|word| {
        let sum = match (is_number(before), is_number(word)) {
            (true, _) if is_money(word) => true,
            (_, true) => is_money(before),
            _ => false,
        };
        before = word;
        let deal = word.split_once('x').is_some_and(|(one, other)| {
            let is_digit = |text: &str| text.len() == 1 && is_number(text);
            is_digit(one) && is_digit(other)
        });
        sum || deal
    })
}

/// How many signs make a message.
const ENOUGH: i32 = 3;
/// A name has at most so many of them.
const OF_A_NAME: i32 = 5;
/// A kind of messages is called with at most so many words.
const OF_A_LABEL: usize = 5;
/// A time has at most so many letters: `Thursday, 21 September 2024 10:00 GMT`.
const OF_A_TIME: usize = 24;
/// A number with its extension and its channel has at most so many letters.
const OF_A_NUMBER: usize = 10;

/// Small words within the names of kinds, which join sentences in another language or elsewhere.
const OF_LABELS: [&str; 53] = [
    "hai", "du", "de", "des", "d", "au", "aux", "à", "a", "pour", "par", "sur", "en", "em", "da",
    "do", "dos", "das", "no", "na", "para", "por", "con", "com", "di", "del", "dell", "per", "due",
    "dua", "im", "am", "zum", "zur", "vom", "für", "mit", "van", "voor", "op", "w", "o", "z", "i",
    "på", "av", "af", "til", "för", "med", "for", "of", "via",
];

/// What stands before a sum of money.
const CURRENCIES: [&str; 12] = [
    "Rs", "INR", "USD", "EUR", "GBP", "AED", "SAR", "KES", "NGN", "PHP", "PKR", "Rp",
];

/// Words for money, in lower case.
const MONEY: [&str; 59] = [
    "r$",
    "%",
    "€",
    "$",
    "£",
    "₽",
    "₺",
    "eur",
    "euro",
    "euros",
    "usd",
    "gbp",
    "chf",
    "sek",
    "nok",
    "dkk",
    "pln",
    "czk",
    "huf",
    "ron",
    "bgn",
    "try",
    "inr",
    "aed",
    "sar",
    "egp",
    "kes",
    "ngn",
    "zar",
    "idr",
    "vnd",
    "thb",
    "jpy",
    "cny",
    "brl",
    "mxn",
    "kr",
    "zł",
    "zl",
    "kč",
    "ft",
    "lei",
    "leva",
    "лв",
    "tl",
    "руб",
    "рублей",
    "рубля",
    "грн",
    "тг",
    "сум",
    "pesos",
    "reais",
    "dollars",
    "rupees",
    "ريال",
    "درهم",
    "جنيه",
    "تومان",
];

/// What stands before an hour.
const HOURS: [&str; 31] = [
    "las",
    "entre",
    "zwischen",
    "mezi",
    "między",
    "между",
    "між",
    "um",
    "gegen",
    "klo",
    "kl",
    "o",
    "à",
    "às",
    "alle",
    "ore",
    "om",
    "uur",
    "saat",
    "pukul",
    "jam",
    "в",
    "до",
    "с",
    "о",
    "lúc",
    "στις",
    "ob",
    "u",
    "ve",
    "الساعة",
];

/// Words for what a kind of messages is, which are said to somebody elsewhere.
const KINDS: [&str; 26] = [
    "urodzin",
    "narozenin",
    "narozeniny",
    "narozeninám",
    "születésnap",
    "födelsedag",
    "fødselsdag",
    "syntymäpäivä",
    "рождения",
    "народження",
    "ميلاد",
    "הולדת",
    "anniversaire",
    "cumpleaños",
    "geburtstag",
    "compleanno",
    "aniversário",
    "verjaardag",
    "chào",
    "mừng",
    "chúc",
    "selamat",
    "auguri",
    "thanks",
    "thank",
    "ring",
];
