//! Whether a cell reads like the text of a message.
//!
//! Signs are counted: a code beside a word for it, somebody spoken to, a link, the marks and the
//! shape of a sentence. One sign alone makes no message: carriers have digits in their names, a
//! state may come with its ZIP code, and an error of a network is a sentence too. What is a usual
//! part of a field's cells is no sign there.

use super::names::{has_kind_of_place, has_legal_form};
use super::post::{has_postal_part, is_of_india, is_pin, is_postal};
use super::words::{
    Says, ends_in_korean, has_part, is_listed, is_of_a_sentence, is_of_other_code, means_code,
    means_password, says, speaks_korean,
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
    let mut text = CellText::of(cell);
    text.postal = text.is_postal(field);
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
    signs += if link { 4 } else { 0 };
    let emoji = cell.chars().any(is_emoji);
    signs += if emoji { 2 } else { 0 };
    // An error of a network speaks of phones and carriers, and to nobody.
    let reports = text.count(Says::Report);
    if reports >= 2 && spoken == 0 && !code && !link && !emoji {
        return false;
    }
    let topics = text.count(Says::Topic);
    signs += text.joins(named).min(2) + (topics + text.count(Says::Ends)).min(1);
    signs -= if titled && !code { 2 } else { 0 };
    signs += text.sentence(cell, field);
    let topics = topics + text.count(Says::Code);
    if reports < 2 && topics > 0 && text.says_how_it_went() {
        signs += 3;
    }
    if field != Field::SentAt {
        let price = i32::from(has_price(cell));
        signs += i32::from(has_clock(cell)) + price + price * topics.min(1);
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

/// The words and numbers of a cell.
struct CellText {
    lower: String,
    parts: Vec<Part>,
    /// Words of two letters and more.
    words: usize,
    /// Letters of scripts that have no capitals, other than Arabic and the like.
    caseless: usize,
    /// It is not all in Latin, Greek and Cyrillic letters.
    other_script: bool,
    /// Its number is a code of the post.
    postal: bool,
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
    /// Where it ends in the cell, in bytes.
    end: usize,
    /// What the lists say of it.
    says: Option<Says>,
    /// A short piece of a name with hyphens, as `ki` in `Āwherika-ki-te-tonga`: no word of its own.
    piece: bool,
}

impl Part {
    /// True for the code of a state and the like: two capitals.
    fn is_short_code(&self) -> bool {
        self.upper && self.text.is_ascii() && self.text.len() == 2
    }

    /// True for a letter with a point: `d.d.`.
    fn is_initial(&self) -> bool {
        self.after.starts_with('.') && self.text.chars().count() == 1
    }

    /// True for what may be a word of a sentence.
    fn is_word(&self) -> bool {
        self.kind == Kind::Word && !self.piece && !self.is_short_code()
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
        for (at, c) in cell.char_indices() {
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
                    end: at,
                    says: None,
                    piece: false,
                });
            }
            if let Some(last) = parts.last_mut() {
                last.text.extend(c.to_lowercase());
                last.end = at + c.len_utf8();
                last.upper &= !c.is_lowercase();
                match last.kind {
                    Kind::Number if !digit => last.kind = Kind::Mixed,
                    Kind::Word if digit => last.kind = Kind::Mixed,
                    _ => {}
                }
            }
        }
        mark_pieces(&mut parts);
        for part in &mut parts {
            part.says = says(&part.text);
        }
        let long = |part: &&Part| part.kind == Kind::Word && part.text.chars().count() > 1;
        Self {
            lower: cell.to_lowercase(),
            words: parts.iter().filter(long).count(),
            parts,
            caseless,
            other_script: cell.chars().any(|c| c >= '\u{530}'),
            postal: false,
        }
    }

    /// How many different words speak to somebody, two at most.
    fn spoken(&self) -> i32 {
        self.count(Says::Spoken).min(2) + i32::from(self.spoken_without_capitals() > 0)
    }

    /// True if a word that speaks to somebody is too long to be a part of a name by chance.
    fn speaks_plainly(&self, named: bool) -> bool {
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
            caseless && part.says == Some(Says::Spoken)
        });
        let said = self.other_script && (word || hiragana >= 5 || has_part(&self.lower, false));
        let korean = self.parts.len() > 1 && {
            let mut words = self.parts.iter().map(|part| part.text.as_str());
            words.next_back().is_some_and(ends_in_korean) || words.any(speaks_korean)
        };
        i32::from(said || korean)
    }

    /// True for one word, which is no sentence, perhaps with hyphens. Some scripts have no spaces
    /// between words; what is as short as a name counts as one word there.
    fn is_one_word(&self, named: bool) -> bool {
        let runs_on = self
            .lower
            .chars()
            .filter(|c| is_of_script_without_spaces(*c));
        let mut others = self.parts.iter().rev().skip(1);
        others.all(|part| part.after == "-")
            && runs_on.count() <= if named { OF_A_SHORT_NAME } else { 0 }
    }

    /// How many words say this. Short words in capitals are codes of states and the like.
    fn count(&self, what: Says) -> i32 {
        let words = self
            .parts
            .iter()
            .filter(|part| part.is_word() && part.says == Some(what));
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
            .filter(|part| part.is_word() && part.says == Some(Says::Joins))
            .filter(|part| is_of_a_sentence(&part.text, named));
        let mut words: Vec<_> = words.map(|part| part.text.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        words.len() as i32
    }

    /// True if all words begin with a capital, but those that join names.
    fn is_titled(&self) -> bool {
        let mut words = self
            .parts
            .iter()
            .filter(|part| part.kind == Kind::Word && !part.piece && !part.is_initial());
        let titled = words.all(|part| part.capital || LINKS.contains(&part.text.as_str()));
        titled && self.words >= 2 && self.caseless == 0
    }

    /// True if a code is beside a word for it.
    fn code_is_named(&self, field: Field) -> bool {
        let codes = self.codes();
        if codes.is_empty() {
            return false;
        }
        if self.other_script && has_part(&self.lower, true) {
            return true;
        }
        let other = |at: Option<usize>| {
            let word = at.and_then(|at| self.parts.get(at));
            word.is_some_and(|word| is_of_other_code(&word.text))
        };
        let names = self.parts.iter().enumerate().filter(|(at, part)| {
            part.kind == Kind::Word && means_code(&part.text) && !other(at.checked_sub(1))
        });
        let names: Vec<_> = names.map(|(at, _)| at).collect();
        let year = codes.iter().all(|at| self.is_year(*at));
        // A company may be called so, as `OTP Bank`; the code would be right beside the word.
        let company = self.is_titled() && !self.lower.contains(": ") && {
            let network = |at: &usize| {
                self.parts
                    .get(*at)
                    .is_some_and(|part| is_network(&part.text))
            };
            (field == Field::Carrier && codes.iter().all(network))
                || self.has_legal_form(field == Field::Carrier)
        };
        let near = if company { 1 } else { NEAR };
        names.iter().any(|name| {
            let near = codes.iter().any(|code| code.abs_diff(*name) <= near);
            near && !(year && self.words <= 3 && !self.lower.contains(": "))
        })
    }

    /// True if a password is behind a word for it: a word of letters and digits, or of small letters and capitals.
    /// Behind a colon it is any word, but not where a kind may be `password: reset`.
    fn password_follows(&self, cell: &str, field: Field) -> bool {
        let kind = matches!(field, Field::Kind | Field::Channel);
        self.parts.iter().enumerate().any(|(at, part)| {
            if part.kind != Kind::Word {
                return false;
            }
            // A word may be between: `password is`, `Password provvisoria:`.
            let next = self.parts.get(at + 1).filter(|next| {
                next.kind == Kind::Word
                    && (next.says == Some(Says::Joins) || next.after.trim_start().starts_with(':'))
            });
            let ends = [Some(part.end), next.map(|next| next.end)];
            ends.into_iter().flatten().any(|end| {
                let rest = cell.get(end..).unwrap_or_default();
                let marked = rest.trim_start().starts_with([':', '=', '：']);
                let rest = rest.trim_start_matches([' ', ':', '=', '：']).trim_end();
                let token = rest.split_whitespace().next().unwrap_or_default();
                let secret = is_password(token) || (marked && !kind && token == rest);
                token.chars().count() >= OF_A_PASSWORD
                    && ((secret && means_password(&part.text))
                        || (marked && is_grouped_code(token) && means_code(&part.text)))
            })
        })
    }

    /// True if the number of the cell is a code of the post.
    fn is_postal(&self, field: Field) -> bool {
        let digits = |part: &Part| part.kind != Kind::Word;
        if matches!(field, Field::Kind | Field::Channel) || !self.parts.iter().any(digits) {
            return false;
        }
        if self.other_script && has_postal_part(&self.lower) {
            return true;
        }
        let mut words = self.parts.iter().enumerate();
        let postal = words.any(|(at, part)| {
            let behind = self.parts.iter().skip(at + 1).take(2);
            part.kind == Kind::Word && is_postal(&part.text) && behind.into_iter().any(digits)
        });
        postal || (matches!(field, Field::State | Field::Country) && self.has_indian_pin())
    }

    /// True for the ZIP code of a state of India, which is called a PIN: `Karnataka PIN 560001`.
    fn has_indian_pin(&self) -> bool {
        let Some(at) = self.parts.iter().position(|part| is_pin(&part.text)) else {
            return false;
        };
        let digits = self.parts.iter().filter(|part| part.kind == Kind::Number);
        let digits: String = digits.map(|part| part.text.as_str()).collect();
        let place = self.parts.iter().enumerate().filter(|(_, part)| {
            part.kind == Kind::Word && !is_pin(&part.text) && !means_code(&part.text)
        });
        let place: Vec<_> = place.collect();
        // Nobody writes a passcode so: `Mumbai PIN-400001`.
        let dashed = self.parts.get(at).is_some_and(|part| part.after == "-")
            && place
                .iter()
                .all(|(before, part)| *before < at && part.capital);
        let place: Vec<_> = place.iter().map(|(_, part)| part.text.as_str()).collect();
        digits.chars().count() == 6
            && !digits.starts_with('0')
            && !place.is_empty()
            && (dashed || is_of_india(&place.join(" ")))
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

    /// True if the text says of something how it went: `Test results negative`.
    fn says_how_it_went(&self) -> bool {
        let words: Vec<_> = self.parts.iter().filter(|part| !part.piece).collect();
        let [first, rest @ ..] = words.as_slice() else {
            return false;
        };
        let small = |part: &&Part| {
            part.kind == Kind::Number
                || part.upper
                || !part.capital
                || part.says == Some(Says::Topic)
        };
        let ends = |part: &&Part| part.says == Some(Says::Ends) || part.text == "received";
        first.capital && rest.len() >= 2 && rest.iter().all(small) && rest.iter().any(ends)
    }

    fn has_legal_form(&self, anywhere: bool) -> bool {
        let words = self.parts.iter().filter(|part| part.kind == Kind::Word);
        has_legal_form(&self.lower, words.map(|part| part.text.as_str()), anywhere)
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

    /// True if all words of more than three letters begin with a capital, as in names of places in many languages.
    fn is_loosely_titled(&self) -> bool {
        let long = self
            .parts
            .iter()
            .filter(|part| part.kind == Kind::Word && !part.piece && part.text.chars().count() > 3);
        let long: Vec<_> = long.collect();
        self.caseless == 0 && long.len() >= 2 && long.iter().all(|part| part.capital)
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
        let begins = begins || !(named || field == Field::Carrier);
        let small = small >= 2 && many && small * 2 >= words.len() && begins;
        let joined = self.joins(named) > 0;
        // A code in the middle of a sentence, which no name has.
        let codes = self.codes();
        let harmless = self.postal || (field == Field::Carrier && self.is_of_carrier());
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

    /// True for one word and the code of a network.
    fn is_one_network(&self) -> bool {
        let [_, number] = self.parts.as_slice() else {
            return false;
        };
        is_network(&number.text)
    }

    /// True for a carrier with the code of its network, or with another number behind its name: a few words that say
    /// nothing else.
    fn is_of_carrier(&self) -> bool {
        let sender = self.lower.starts_with(['[', '【', '<'])
            && self
                .parts
                .first()
                .is_some_and(|first| first.kind == Kind::Word);
        let mut numbers = self.parts.iter().filter(|part| part.kind == Kind::Number);
        if !sender && numbers.any(|part| is_network(&part.text)) {
            return true;
        }
        if sender
            || self
                .parts
                .last()
                .is_none_or(|last| last.kind != Kind::Number)
        {
            return false;
        }
        let mut words = self.parts.iter().filter(|part| part.kind == Kind::Word);
        let silent = |part: &Part| {
            !part.is_word()
                || part.text.chars().count() == 1
                || !matches!(
                    part.says,
                    Some(Says::Topic | Says::Joins | Says::Code | Says::Ends | Says::Spoken)
                ) && !means_code(&part.text)
        };
        let joins = |part: &Part| part.says == Some(Says::Joins);
        let said =
            self.other_script && (has_part(&self.lower, false) || has_part(&self.lower, true));
        self.words <= 4
            && !said
            && !self.lower.contains(": ")
            && (self.is_titled()
                || words.clone().all(silent)
                || (self.words < 2 && words.all(joins)))
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
            Field::Carrier => size == 4 || self.is_of_carrier(),
            // With the code of its post office.
            Field::State | Field::Country => size <= 6 && letters <= 24,
            Field::Kind | Field::Channel => self.is_year(at) || is_date(&part.text),
            _ => true,
        };
        if is_usual { 0 } else { 3 }
    }
}

/// Marks the short pieces of names with hyphens, but not what French and others join to a verb: `es-tu`.
fn mark_pieces(parts: &mut [Part]) {
    let joined = |part: &Part| part.kind == Kind::Word && part.after == "-";
    let mut from = 0;
    while from < parts.len() {
        let rest = parts.get_mut(from..).unwrap_or_default();
        let size = 1 + rest.iter().take_while(|part| joined(part)).count();
        for (at, part) in rest.iter_mut().take(size).enumerate() {
            let short = part.text.chars().count() <= OF_A_PIECE;
            let of_verb = size == 2 && at == 1 && BEHIND_VERBS.contains(&part.text.as_str());
            part.piece = size > 1 && short && !of_verb;
        }
        from += size;
    }
}

/// True for a password as people make them: letters and digits, or capitals within it.
fn is_password(token: &str) -> bool {
    let has = |is: fn(char) -> bool| token.contains(is);
    let inner = token.chars().skip(1).any(char::is_uppercase);
    let mixed = inner && has(char::is_lowercase);
    let coded = has(char::is_numeric) && has(char::is_alphabetic);
    (mixed || coded) && !token.contains('/')
}

/// True for a code in groups, in capitals and digits: `ABC-123`.
fn is_grouped_code(token: &str) -> bool {
    let digits = token.chars().filter(char::is_ascii_digit).count();
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    digits >= 2 && token.contains('-') && token.chars().all(fits)
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

/// True for the scripts that write without spaces: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
fn is_of_script_without_spaces(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
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
/// A name has at most so many of them.
const OF_A_NAME: i32 = 5;
/// A name in a script without spaces, as short as most texts are not.
const OF_A_SHORT_NAME: usize = 4;
/// A piece of a name with hyphens has at most so many letters.
const OF_A_PIECE: usize = 3;
/// A password has at least so many characters.
const OF_A_PASSWORD: usize = 5;
/// A time has at most so many letters: `Thursday, 21 September 2024 10:00 GMT`.
const OF_A_TIME: usize = 24;
/// A number with its extension and its channel has at most so many letters.
const OF_A_NUMBER: usize = 10;

/// What stands before a sum of money.
const CURRENCIES: [&str; 12] = [
    "Rs", "INR", "USD", "EUR", "GBP", "AED", "SAR", "KES", "NGN", "PHP", "PKR", "Rp",
];

/// What some languages join to a verb with a hyphen.
const BEHIND_VERBS: [&str; 16] = [
    "tu", "toi", "moi", "je", "il", "on", "ce", "me", "te", "se", "nos", "vos", "lhe", "lo", "la",
    "le",
];

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
