//! The codes of a cell: which of its numbers may be a passcode, and which are of a network, of the post, or a year.

use super::acts::is_act;
use super::cell_text::{CellText, Kind, Part};
use super::post::{has_postal_part, is_of_india, is_pin, is_postal};
use super::words::{Says, has_part, is_of_other_code, means_code, means_password};
use crate::domain::{Field, network};

impl CellText {
    /// True if a code is beside a word for it.
    pub(super) fn code_is_named(&self, field: Field) -> bool {
        let codes = self.codes();
        if codes.is_empty() {
            return false;
        }
        let year = codes.iter().all(|at| self.is_year(*at));
        let marked = self.lower.contains(": ") || self.lower.contains('：');
        if self.other_script && has_part(&self.lower, true) {
            let kind = matches!(field, Field::Kind | Field::Channel);
            return !(kind && year && !marked && self.spoken() == 0);
        }
        let other = |at: Option<usize>| {
            let word = at.and_then(|at| self.parts.get(at));
            word.is_some_and(|word| is_of_other_code(&word.text))
        };
        let names = self.parts.iter().enumerate().filter(|(at, part)| {
            let behind = self.parts.iter().skip(at + 1).take(2);
            let mut behind = behind.filter(|part| BEHIND_CODES.contains(&part.text.as_str()));
            part.kind == Kind::Word
                && means_code(&part.text)
                && !other(at.checked_sub(1))
                && behind.next().is_none()
        });
        let names: Vec<_> = names.map(|(at, _)| at).collect();
        if !year && self.code_is_used(field, &codes) {
            return true;
        }
        // A company may be called so, as `OTP Bank`; the code would be right beside the word.
        let company = self.is_titled() && !marked && {
            let network = |at: &usize| {
                self.parts
                    .get(*at)
                    .is_some_and(|part| is_network(&part.text))
            };
            (field == Field::Carrier && codes.iter().all(network))
                || self.has_legal_form(field == Field::Carrier)
        };
        // `Código de un solo uso: 482913`
        let told = codes.first().and_then(|code| code.checked_sub(1));
        let told = told.and_then(|before| self.parts.get(before));
        let told = told.is_some_and(|before| before.after.starts_with(':'));
        let near = match (company, told) {
            (true, _) => 1,
            (false, true) => NEAR + 2,
            (false, false) => NEAR,
        };
        names.iter().any(|name| {
            let near = codes.iter().any(|code| code.abs_diff(*name) <= near);
            near && !(year && self.words <= 3 && !marked)
        })
    }

    /// True if a word says what to do with one of these codes, or somebody is spoken to about it.
    fn code_is_used(&self, field: Field, codes: &[usize]) -> bool {
        let titled = self.is_titled();
        let is_free = |at: &usize| {
            let part = self.parts.get(*at);
            let number = part.is_some_and(|part| part.kind == Kind::Number);
            let network = part.is_some_and(|part| is_network(&part.text));
            let name = self.words <= 1 || (titled && !self.lower.contains(": "));
            let known = field == Field::Carrier && network && name;
            number && !known && !self.is_year(*at) && !self.is_numbered(*at)
        };
        let used = self
            .parts
            .iter()
            .any(|part| part.is_word() && is_act(&part.text));
        let near = codes.iter().any(is_free);
        near && !self.postal
            && (self.words >= 2 || self.lower.contains(": ") || self.caseless > 0)
            && !self.has_legal_form(field == Field::Carrier)
            && ((used && (!titled || self.lower.contains(": ")))
                || (!titled && self.speaks_plainly()))
    }

    /// True if a password is behind a word for it: a word of letters and digits, or of small letters and capitals.
    /// Behind a colon it is any word, but not where a kind may be `password: reset`.
    pub(super) fn password_follows(&self, cell: &str, field: Field) -> bool {
        if self.strong_password_follows(cell) {
            return true;
        }
        let kind = matches!(field, Field::Kind | Field::Channel);
        self.parts.iter().enumerate().any(|(at, part)| {
            if part.kind != Kind::Word {
                return false;
            }
            // Words may be between: `password is`, `Password provvisoria:`, `senha do wifi:`.
            let next = self.parts.iter().skip(at + 1).take(BETWEEN);
            let next: Vec<_> = next.take_while(|next| next.kind == Kind::Word).collect();
            let joins = next.first().filter(|next| next.says == Some(Says::Joins));
            let colon = next
                .iter()
                .find(|next| next.after.trim_start().starts_with(':'));
            let ends = [
                Some(part.end),
                joins.map(|next| next.end),
                colon.map(|next| next.end),
            ];
            let joins = joins.is_some();
            ends.into_iter().flatten().any(|end| {
                let marks = [' ', ':', '=', '：'];
                let rest = cell.get(end..).unwrap_or_default();
                let marked = rest.trim_start().starts_with([':', '=', '：']);
                let Some(rest) = rest.strip_prefix(marks) else {
                    return false;
                };
                let rest = rest.trim_start_matches(marks).trim_end();
                let token = rest.split(' ').next().unwrap_or_default();
                if token.len() < OF_A_PASSWORD {
                    return false;
                }
                // A kind may be `passcode 2fa-sms` and `password: reset`, an account `Press Pass Studio54`.
                let told = marked || joins;
                let pass = matches!(part.text.as_str(), "pass" | "clave" | "pw");
                let secret = is_password(token) && (told || !(pass || (kind && is_version(token))));
                let any_word = marked && !kind && token == rest;
                ((secret || any_word) && means_password(&part.text))
                    || (marked && is_grouped_code(token) && means_code(&part.text))
            })
        })
    }

    /// True for a word for a password, a few small ones and a password that no name looks like:
    /// `Senha provisória Xk39Lm7`.
    fn strong_password_follows(&self, cell: &str) -> bool {
        if !cell.split(' ').any(is_strong) {
            return false;
        }
        let is_small = |word: &&str| word.chars().all(char::is_lowercase);
        let named = |part: &&Part| part.kind == Kind::Word && means_password(&part.text);
        self.parts.iter().filter(named).any(|part| {
            let mut behind = cell.get(part.end..).unwrap_or_default().split(' ').skip(1);
            let small = behind.clone().take(BETWEEN).take_while(is_small).count();
            small > 0 && behind.nth(small).is_some_and(is_strong)
        })
    }

    /// True if the number of the cell is a code of the post.
    pub(super) fn is_postal(&self, field: Field) -> bool {
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
    pub(super) fn has_indian_pin(&self) -> bool {
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
        // `PIN code 482913` alone may be a passcode, but not in one word, or as Hindi and Urdu have it.
        let alone = self.parts.get(at).is_some_and(|part| part.text != "pin");
        digits.chars().count() == 6
            && !digits.starts_with('0')
            && match place.is_empty() {
                true => alone,
                false => dashed || is_of_india(&place.join(" ")),
            }
    }

    /// True for four to eight digits, in one or two groups, or capitals and digits mixed.
    pub(super) fn is_code(&self, at: usize) -> bool {
        let Some(part) = self.parts.get(at) else {
            return false;
        };
        if part.kind == Kind::Word {
            return false;
        }
        let size = part.text.chars().count();
        let digits = || part.text.chars().filter(|c| c.is_numeric()).count();
        match part.kind {
            Kind::Number if (4..=8).contains(&size) => true,
            Kind::Number if matches!(size, 2..=4) && matches!(part.after.as_str(), " " | "-") => {
                let next = self.parts.get(at + 1);
                let next = next.filter(|next| next.kind == Kind::Number);
                next.is_some_and(|next| (6..=8).contains(&(size + next.text.chars().count())))
            }
            Kind::Mixed => part.upper && digits() >= 2 && (5..=10).contains(&size),
            _ => false,
        }
    }

    /// The places of all codes.
    pub(super) fn codes(&self) -> Vec<usize> {
        let places = 0..self.parts.len();
        places.filter(|at| self.is_code(*at)).collect()
    }

    /// True for a number that follows a word for a number that is no secret.
    pub(super) fn is_numbered(&self, at: usize) -> bool {
        let back = |by| at.checked_sub(by).and_then(|before| self.parts.get(before));
        let other = |part: &Part| is_of_other_code(&part.text);
        let numbered = |part: &Part| other(part) || NUMBERED.contains(&part.text.as_str());
        let code = back(1).is_some_and(|before| means_code(&before.text));
        back(1).is_some_and(numbered) || (code && back(2).is_some_and(other))
    }

    /// True for the years of our time.
    pub(super) fn is_year(&self, at: usize) -> bool {
        let part = self.parts.get(at).map(|part| part.text.as_str());
        part.is_some_and(|text| text.len() == 4 && AGES.iter().any(|age| text.starts_with(age)))
    }

    /// True for one word and the code of a network.
    pub(super) fn is_one_network(&self) -> bool {
        let [_, number] = self.parts.as_slice() else {
            return false;
        };
        is_network(&number.text)
    }

    /// True for a name with a number that its field usually has: a carrier with the code of its
    /// network or another number behind it, a state with its ZIP code before or behind it.
    pub(super) fn is_numbered_name(&self, field: Field) -> bool {
        let is_number = |part: Option<&Part>| part.is_some_and(|part| part.kind == Kind::Number);
        // A sender in brackets begins a message.
        let sender = self.lower.starts_with(['[', '【', '<']) && !is_number(self.parts.first());
        let mut numbers = self.parts.iter().filter(|part| part.kind == Kind::Number);
        match field {
            _ if sender => false,
            Field::Carrier => {
                numbers.any(|part| is_network(&part.text))
                    || (is_number(self.parts.last()) && self.is_silent())
            }
            Field::State | Field::Country => {
                (is_number(self.parts.first()) || is_number(self.parts.last())) && self.is_silent()
            }
            _ => false,
        }
    }

    /// True for a few words that say nothing, as those of a name.
    fn is_silent(&self) -> bool {
        let mut words = self.parts.iter().filter(|part| part.kind == Kind::Word);
        let silent = |part: &Part| {
            let says = part.is_word() && part.text.chars().count() > 1;
            !says || (matches!(part.says, None | Some(Says::Report)) && !means_code(&part.text))
        };
        let joins = |part: &Part| part.says == Some(Says::Joins) || silent(part);
        let said =
            self.other_script && (has_part(&self.lower, false) || has_part(&self.lower, true));
        // Small words may stand within a name; and one word may be one that another language joins
        // its sentences with.
        let loose = self.words < 2 || self.is_loosely_titled();
        let silent = self.is_titled() || words.clone().all(silent) || (loose && words.all(joins));
        let few = self.words <= if loose { 3 * OF_A_NAME } else { OF_A_NAME };
        silent && few && !said && !self.lower.contains(": ")
    }

    /// The signs of a code that no word names, in a field whose cells have none.
    pub(super) fn lone_code(&self, field: Field) -> i32 {
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
            Field::Carrier => size == 4 || self.is_numbered_name(field),
            // With the code of its post office.
            Field::State | Field::Country => {
                (size <= 6 && letters <= 24) || self.is_numbered_name(field)
            }
            Field::Kind | Field::Channel => self.is_year(at) || is_date(&part.text),
            _ => true,
        };
        if is_usual { 0 } else { 3 }
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

/// True for a password that no name looks like: with small letters, capitals and digits, and a capital within it.
fn is_strong(token: &str) -> bool {
    let has = |is: fn(char) -> bool| token.chars().any(is);
    token.chars().count() >= OF_A_PASSWORD
        && token.chars().all(char::is_alphanumeric)
        && token.chars().skip(1).any(char::is_uppercase)
        && has(char::is_lowercase)
        && has(char::is_numeric)
}

/// True for what a kind may have behind a word: `2fa-sms`, `v2024`, `sms_2024`.
fn is_version(token: &str) -> bool {
    let digits = token.chars().filter(|c| c.is_numeric()).count();
    let versed = token.starts_with('v') || token.contains('_');
    !token.contains(char::is_uppercase) && (digits < 2 || versed)
}

/// True for a code in groups, in capitals and digits: `ABC-123`.
fn is_grouped_code(token: &str) -> bool {
    let digits = token.chars().filter(char::is_ascii_digit).count();
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    digits >= 2 && token.contains('-') && token.chars().all(fits)
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

/// How the years of our time begin.
const AGES: [&str; 5] = ["199", "200", "201", "202", "203"];

/// Between a code and the word for it are at most so many words.
const NEAR: usize = 4;

/// A name with a number has at most so many words.
const OF_A_NAME: usize = 4;
/// Between the word for a password and a colon are at most so many words.
const BETWEEN: usize = 3;
/// A password has at least so many characters.
const OF_A_PASSWORD: usize = 5;

/// Words behind one for a code, perhaps with `de` between, that mean no secret.
const BEHIND_CODES: [&str; 12] = [
    "error",
    "erreur",
    "errore",
    "erro",
    "área",
    "area",
    "país",
    "pays",
    "paese",
    "région",
    "região",
    "ошибки",
];

/// Words before a number that is no secret.
const NUMBERED: [&str; 24] = [
    "campaign", "template", "version", "id", "no", "nr", "number", "num", "store", "site", "unit",
    "account", "batch", "sender", "from", "to", "v", "ver", "route", "flow", "step", "case",
    "ticket", "rev",
];
