//! Whether a text that somebody types holds what reads as a phone number.
//!
//! Reasons, titles and notes are shown to many people and stay in the log's sealed details, so no number belongs in
//! them. It looks at how numbers are written, in any script, and not at numbering plans. Dates, times, addresses of
//! machines, counts, laws and numbers of registers are none; where a text may be both, it is refused. Not promised:
//! that a number somebody wants to hide, such as one in words, is found. `tests/fixtures/phone_like.txt` has examples.

use super::invisible::cleaned;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use zeroize::Zeroizing;

/// A run of digits in a text.
struct Group {
    /// Whether a plus stands before it.
    plus: bool,
    digits: String,
    /// What is between the group before, or the beginning of the text, and this one.
    between: String,
    /// What follows up to the next group or the end.
    after: String,
    /// Whether an identifier goes on with it.
    of_id: bool,
}

/// Whether the text has a number with its calling code, or one as it is written within a country.
pub(super) fn reads_as_number(text: &str) -> bool {
    chains(text).iter().any(Chain::is_written)
}

/// Whether the text has so many digits in a row that they may be a number without any mark.
pub(super) fn has_long_run(text: &str) -> bool {
    chains(text).iter().any(Chain::is_long_run)
}

/// Whether a text may hold a phone number, in whatever way it is written: it is not shown again, not kept, and in no
/// address.
pub fn may_hold_number(text: &str) -> bool {
    // Marks that nobody sees are between the digits for no reader.
    let chains = chains(&cleaned(text));
    let mut chains = chains.iter();
    chains.any(|chain| chain.is_written() || chain.is_long_run())
}

/// Whether a text is nothing but the digits of a number, with its calling code or without, whatever else they may be:
/// where neither dates nor identifiers belong.
pub fn is_bare_number(text: &str) -> bool {
    let text = cleaned(text);
    let text = text.trim();
    text.chars().all(|letter| digit(letter).is_some()) && (7..=15).contains(&text.chars().count())
}

/// Whether a text has a number with its calling code, or ten to fifteen digits that people write as one. A routing
/// number of a network (`LRN 2025550147`) is none.
pub fn holds_whole_number(text: &str) -> bool {
    let chains = chains(&cleaned(text));
    chains.iter().any(|chain| match chain.0[0].plus {
        true => chain.is_written(),
        false => {
            let size: usize = chain.sizes().iter().sum();
            let routing = chain.0[0].between.trim_end();
            size >= 10
                && !chain.is_of_networks()
                && (chain.is_written() || chain.is_long_run())
                && !last_word(routing).eq_ignore_ascii_case("lrn")
        }
    })
}

/// Whether a text is nothing but eight or nine digits, perhaps in groups, and no date: in some countries a whole
/// number, and in others none.
pub fn is_short_number(text: &str) -> bool {
    let text = cleaned(text);
    let sizes = match chains(&text).as_slice() {
        [chain] if !chain.0[0].plus => chain.sizes(),
        _ => return false,
    };
    let within = |letter: char| digit(letter).is_some() || letter == ' ';
    (8..=9).contains(&sizes.iter().sum::<usize>()) && text.trim().chars().all(within)
}

/// The numbers of a text that are written as such: with a plus, behind 00, or in groups of together ten digits or more.
/// Digits in a row are none. Each with a plus, or as digits alone if they have no calling code.
pub fn written_numbers(text: &str) -> Vec<Zeroizing<String>> {
    let mut all = Vec::new();
    for chain in chains(&cleaned(text)).iter().filter(|one| one.is_written()) {
        let digits: String = chain.0.iter().map(|group| group.digits.as_str()).collect();
        let digits = Zeroizing::new(digits);
        match digits.strip_prefix("00") {
            _ if chain.0[0].plus => all.push(Zeroizing::new(format!("+{}", *digits))),
            Some(rest) => all.push(Zeroizing::new(format!("+{rest}"))),
            None if chain.0.len() > 1 && digits.len() >= 10 => all.push(digits),
            None => {}
        }
    }
    all
}

/// Digits that are not letters of a script's own ten: raised, lowered, in circles, in brackets. The first one, its
/// value, and the last one.
const MARKED: [(char, u32, char); 19] = [
    ('²', 2, '³'),
    ('¹', 1, '¹'),
    ('⁰', 0, '⁰'),
    ('⁴', 4, '⁹'),
    ('₀', 0, '₉'),
    ('①', 1, '⑨'),
    ('⑴', 1, '⑼'),
    ('⒈', 1, '⒐'),
    ('⓪', 0, '⓪'),
    ('⓵', 1, '⓽'),
    ('⓿', 0, '⓿'),
    ('❶', 1, '❾'),
    ('➀', 1, '➈'),
    ('➊', 1, '➒'),
    ('\u{1f100}', 0, '\u{1f100}'),
    ('\u{1f101}', 0, '\u{1f10a}'),
    ('\u{1f10b}', 0, '\u{1f10b}'),
    ('\u{1f10c}', 0, '\u{1f10c}'),
    ('㊀', 1, '㊈'),
];

/// Those of them behind which digits are a number to call, even if they read as a date or a time.
const CALLED_WORDS: [&str; 14] = [
    "tel", "tél", "telefon", "phone", "ph", "mob", "mobile", "mobil", "handy", "cell", "call",
    "fax", "whatsapp", "msisdn",
];

/// Groups that people write as one number, or that somebody may read as one.
struct Chain(Vec<Group>);

/// What people write before a number without a space.
const PHONE_WORDS: [&str; 16] = [
    "tel", "tél", "telefon", "phone", "ph", "mob", "mobile", "mobil", "handy", "cell", "call",
    "fax", "sms", "whatsapp", "msisdn", "number",
];

impl Chain {
    /// With its calling code, or in groups as it is written within a country.
    fn is_written(&self) -> bool {
        let sizes = self.sizes();
        if self.0[0].plus {
            return !self.0[0].digits.starts_with('0') && reaches(&sizes, 7..=15);
        }
        if self.has_north_american() {
            return true;
        }
        if self.is_reference() || self.is_amount() {
            return false;
        }
        let international = self.0[0].digits.strip_prefix("00");
        if international.is_some_and(|rest| !rest.starts_with('0')) && reaches(&sizes, 9..=17) {
            return true;
        }
        sizes.len() > 1 && self.without_range().iter().sum::<usize>() >= 9
    }

    /// Codes of networks, five or six digits each, with a slash between them.
    fn is_of_networks(&self) -> bool {
        let is_code = |size: &usize| (5..=6).contains(size);
        self.0.len() > 1
            && self.sizes().iter().all(is_code)
            && self.0[1..].iter().all(|group| group.between.contains('/'))
    }

    /// Nine to fifteen digits in a row. Nine that begin with a zero are a number of a register rather than of a phone.
    fn is_long_run(&self) -> bool {
        let long = |group: &Group| match group.digits.len() {
            7..=15 if group.is_called() => true,
            9 => !group.digits.starts_with('0'),
            size => (10..=15).contains(&size),
        };
        !self.0[0].plus && !self.is_reference() && !self.is_amount() && self.0.iter().any(long)
    }

    fn sizes(&self) -> Vec<usize> {
        self.0.iter().map(|group| group.digits.len()).collect()
    }

    /// Area, exchange and line, as they are in North America.
    fn has_north_american(&self) -> bool {
        let place = |group: &Group| group.digits.len() == 3 && group.digits.as_bytes()[0] >= b'2';
        self.0
            .windows(3)
            .any(|three| place(&three[0]) && place(&three[1]) && three[2].digits.len() == 4)
    }

    /// A number of a register: behind letters in capitals, behind a year, or filled up with zeros.
    fn is_reference(&self) -> bool {
        let groups = &self.0;
        let (first, last) = (&groups[0], &groups[groups.len() - 1]);
        let behind_year = groups.len() > 1 && is_year(&first.digits);
        let in_fours = groups.len() > 1
            && groups.iter().all(|group| group.digits.len() == 4)
            && groups.iter().any(|group| is_year(&group.digits));
        let of_year = groups.len() > 1
            && [":", "/"].contains(&last.between.as_str())
            && is_year(&last.digits);
        let filled = first.digits.len() <= 6
            && !first.digits.starts_with('0')
            && groups
                .iter()
                .skip(1)
                .any(|group| group.digits.len() >= 5 && group.digits.starts_with("00"));
        first.is_marked() || behind_year || in_fours || of_year || filled
    }

    /// A count in groups of three, perhaps with a part behind the point; or one digit and what is behind the point.
    fn is_amount(&self) -> bool {
        let groups = &self.0;
        let sizes = self.sizes();
        if let [1, _] = sizes[..] {
            return groups[1].between == "." || groups[1].between == ",";
        }
        let Some(mark) = groups.get(1).map(|group| group.between.as_str()) else {
            return false;
        };
        let whole = match groups.last() {
            Some(last) if last.between != mark && [".", ","].contains(&last.between.as_str()) => {
                groups.len() - 1
            }
            _ => groups.len(),
        };
        let threes = groups[1..whole]
            .iter()
            .all(|group| group.digits.len() == 3 && group.between == mark);
        let first = &groups[0].digits;
        let begins = first.len() <= 3 && !first.starts_with('0');
        // Spaniards, Poles and Portuguese write their numbers so, and nobody a count as large.
        let mobile = sizes[..] == [3, 3, 3]
            && mark != ","
            && first.as_bytes()[0] >= b'6'
            && groups[2].digits != "000";
        [" ", ",", ".", "'", "’"].contains(&mark) && threes && begins && !mobile
    }

    /// The sizes of the groups, but for the end of a range such as 400-414.
    fn without_range(&self) -> Vec<usize> {
        let mut sizes = self.sizes();
        if let [.., from, to] = &self.0[..] {
            let (from, end) = (from.digits.as_str(), to.digits.as_str());
            let dash = ["-", "–", "‐", "‑"].contains(&to.between.as_str());
            let same = from.len() == end.len()
                && from.len() >= 3
                && from.as_bytes()[0] == end.as_bytes()[0];
            if dash && same && from < end {
                sizes.pop();
            }
        }
        sizes
    }
}

impl Group {
    /// Whether a word for a number to call is right before it.
    fn is_called(&self) -> bool {
        let before = self
            .between
            .trim_end_matches(|letter: char| !letter.is_alphabetic());
        let marks = self.between.get(before.len()..).unwrap_or_default();
        marks.chars().count() <= 3
            && CALLED_WORDS.contains(&last_word(before).to_lowercase().as_str())
    }

    /// Whether letters of an identifier are joined to it.
    fn is_joined(&self) -> bool {
        let word = last_word(&self.between);
        let before = match word {
            "" => self.between.ends_with('_'),
            word => {
                word.ends_with(|letter: char| letter.is_ascii_alphabetic()) && !is_phone_word(word)
            }
        };
        let mut after = self.after.chars();
        let behind = match after.next() {
            Some('_') => true,
            Some(letter) => {
                letter.is_ascii_alphabetic() && !["x", "ext", "ext."].contains(&self.after.as_str())
            }
            None => false,
        };
        before || behind
    }

    /// Whether it is behind a word in capitals, as in `INC-0012345678`, or goes on with an identifier.
    fn is_marked(&self) -> bool {
        if self.of_id {
            return true;
        }
        let Some(before) = self.between.strip_suffix(['-', '/', '_']) else {
            return false;
        };
        let word = last_word(before);
        word.len() > 1
            && word.chars().all(|letter| letter.is_ascii_uppercase())
            && !is_phone_word(word)
    }

    /// Whether what people write within one number is between it and the group before.
    fn continues(&self, international: bool) -> bool {
        let between = self.between.as_str();
        let apart = [", ", "; ", ",\u{a0}"]
            .iter()
            .any(|list| between.contains(list));
        let within = |letter: char| match international {
            true => !letter.is_alphanumeric() && letter != '+',
            false => {
                letter.is_whitespace()
                    || "-./()[]\\*|~:,·•‧∙⋅・−⁃﹣－．／（）".contains(letter)
                    || ('\u{2010}'..='\u{2015}').contains(&letter)
            }
        };
        !self.plus
            && between.chars().count() <= 5
            && between.chars().all(within)
            && (international || !apart)
    }
}

/// The letters at the end of a text.
fn last_word(text: &str) -> &str {
    let at = text
        .char_indices()
        .rev()
        .find(|(_, letter)| !letter.is_alphabetic());
    at.map_or(text, |(at, letter)| &text[at + letter.len_utf8()..])
}

fn is_phone_word(word: &str) -> bool {
    PHONE_WORDS.contains(&word.to_lowercase().as_str())
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && ("1990".."2050").contains(&digits)
}

/// Whether the digits of some first groups together are so many.
fn reaches(sizes: &[usize], length: std::ops::RangeInclusive<usize>) -> bool {
    let mut sum = 0;
    sizes.iter().any(|size| {
        sum += size;
        length.contains(&sum)
    })
}

/// What may be a number, in its order: international ones first, then what is no time, no address and no identifier.
fn chains(text: &str) -> Vec<Chain> {
    let mut all = groups(text).into_iter().peekable();
    let (mut chains, mut groups) = (Vec::new(), Vec::new());
    let mut ended = false;
    while let Some(mut group) = all.next() {
        if group.plus {
            let mut chain = vec![group];
            while let Some(next) = all.next_if(|next| next.continues(true)) {
                chain.push(next);
            }
            chains.push(Chain(chain));
            ended = true;
        } else {
            // What is on both sides of a number is not one number.
            if std::mem::take(&mut ended) {
                group.between.push_str(" … ");
            }
            groups.push(group);
        }
    }
    let known = known(&groups);
    let mut chain: Vec<Group> = Vec::new();
    let mut behind_id = false;
    for (mut group, known) in groups.into_iter().zip(known) {
        let apart = known || group.is_joined();
        if (apart || !group.continues(false)) && !chain.is_empty() {
            chains.push(Chain(std::mem::take(&mut chain)));
        }
        group.of_id = behind_id && ["-", "_"].contains(&group.between.as_str());
        behind_id = apart && !known;
        if !apart {
            chain.push(group);
        }
    }
    if !chain.is_empty() {
        chains.push(Chain(chain));
    }
    chains
}

/// Which groups are of a date, a time, or an address of the Internet.
fn known(groups: &[Group]) -> Vec<bool> {
    let mut known = vec![false; groups.len()];
    let mut at = 0;
    while at < groups.len() {
        let rest = &groups[at..];
        let size = date(rest)
            .or_else(|| time(rest))
            .or_else(|| address(rest))
            .unwrap_or(0);
        known[at..at + size].fill(true);
        at += size.max(1);
    }
    known
}

/// How many groups are one date or one time without marks.
fn date(groups: &[Group]) -> Option<usize> {
    let first = &groups[0].digits;
    let called = groups[0].is_called();
    if !called && (is_date(first) || is_time(first) || is_unix_time(first)) {
        return Some(1);
    }
    let [a, b, c, ..] = groups else {
        return None;
    };
    let mark = b.between.as_str();
    let day = |digits: &str| digits.len() <= 2 && matches!(digits.parse(), Ok(1..=31));
    let year_first = is_year(&a.digits)
        && day(&b.digits)
        && day(&c.digits)
        && ["-", ".", "/", " "].contains(&mark);
    let year_last =
        day(&a.digits) && day(&b.digits) && is_year(&c.digits) && ["-", ".", "/"].contains(&mark);
    (c.between == mark && (year_first || year_last)).then_some(3)
}

/// How many groups are one time of a day.
fn time(groups: &[Group]) -> Option<usize> {
    let [hour, minute, ..] = groups else {
        return None;
    };
    let part = |digits: &str, most: u32| {
        digits.len() == 2 && digits.parse().is_ok_and(|part: u32| part <= most)
    };
    let starts = hour.digits.len() <= 2
        && hour.digits.parse().is_ok_and(|hour: u32| hour <= 24)
        && minute.between == ":"
        && part(&minute.digits, 59);
    if !starts {
        return None;
    }
    match groups.get(2) {
        Some(second) if second.between == ":" && part(&second.digits, 60) => match groups.get(3) {
            Some(fraction) if [".", ","].contains(&fraction.between.as_str()) => Some(4),
            // More than a time has: an address of hardware, or a number.
            Some(more) if more.between == ":" => hardware(groups),
            _ => Some(3),
        },
        Some(more) if more.between == ":" => hardware(groups),
        _ => Some(2),
    }
}

/// Six pairs, as addresses of hardware have them.
fn hardware(groups: &[Group]) -> Option<usize> {
    let six = groups.get(..6)?;
    let pairs = six.iter().all(|group| group.digits.len() == 2);
    (pairs && six[1..].iter().all(|group| group.between == ":")).then_some(6)
}

/// Four numbers below 256 with points between, and no more of them.
fn address(groups: &[Group]) -> Option<usize> {
    let four = groups.get(..4)?;
    let byte = |group: &Group| {
        let filled = group.digits.len() > 1 && group.digits.starts_with('0');
        !filled && group.digits.len() <= 3 && group.digits.parse::<u8>().is_ok()
    };
    let points = four[1..].iter().all(|group| group.between == ".");
    let more = groups.get(4).is_some_and(|group| group.between == ".");
    match points && !more && !four[0].between.ends_with('.') && four.iter().all(byte) {
        // A port may follow.
        true => Some(4 + usize::from(groups.get(4).is_some_and(|port| port.between == ":"))),
        false => None,
    }
}

/// Whether it is a year of this century or the last, a month and a day.
fn is_date(digits: &str) -> bool {
    digits.len() == 8
        && is_year(&digits[..4])
        && part_of(digits, 4, 1, 12)
        && part_of(digits, 6, 1, 31)
}

/// Whether it is a date, an hour, a minute, and perhaps a second.
fn is_time(digits: &str) -> bool {
    let shape = matches!(digits.len(), 12 | 14) && is_date(&digits[..8]);
    shape && part_of(digits, 8, 0, 23) && part_of(digits, 10, 0, 59)
}

/// Whether it is a time of these years in seconds since 1970, or in thousandths of them.
fn is_unix_time(digits: &str) -> bool {
    let seconds = match digits.len() {
        10 => digits,
        13 => &digits[..10],
        _ => return false,
    };
    ("1400000000".."1800000000").contains(&seconds)
}

fn part_of(digits: &str, from: usize, least: u32, most: u32) -> bool {
    let part = digits
        .get(from..from + 2)
        .and_then(|part| part.parse().ok());
    part.is_some_and(|part: u32| (least..=most).contains(&part))
}

fn groups(text: &str) -> Vec<Group> {
    let text = without_uuids(text).replace("%2B", "+");
    let text = text.replace("%2b", "+");
    let mut groups: Vec<Group> = Vec::new();
    let mut between = String::new();
    let mut in_group = false;
    for letter in text.chars() {
        match (digit(letter), groups.last_mut()) {
            (Some(digit), Some(group)) if in_group => group.digits.push(digit),
            (Some(digit), before) => {
                let plus = has_plus(&between, before.is_some());
                if let Some(before) = before {
                    before.after.clone_from(&between);
                }
                groups.push(Group {
                    plus,
                    digits: digit.to_string(),
                    between: std::mem::take(&mut between),
                    after: String::new(),
                    of_id: false,
                });
                in_group = true;
            }
            (None, _) => {
                in_group = false;
                between.push(if is_plus(letter) { '+' } else { letter });
            }
        }
    }
    if let Some(last) = groups.last_mut() {
        last.after = between;
    }
    groups
}

/// The text without universal identifiers, whose digits nobody dials.
pub(super) fn without_uuids(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut letters = text.char_indices();
    let mut before = ' ';
    while let Some((at, letter)) = letters.next() {
        let uuid = !before.is_alphanumeric() && text.as_bytes().get(at..).is_some_and(is_uuid);
        match uuid {
            true => {
                rest.push_str("id");
                // The letters of an identifier have one byte each.
                letters.nth(UUID - 2);
            }
            false => rest.push(letter),
        }
        before = letter;
    }
    rest
}

/// How many letters a universal identifier has.
const UUID: usize = 36;

fn is_uuid(text: &[u8]) -> bool {
    let Some((id, rest)) = text.split_at_checked(UUID) else {
        return false;
    };
    let fits = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let ends = !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    ends && id.iter().enumerate().all(fits)
}

/// Whether what is before a group ends with a plus that belongs to it, and not to a sum.
fn has_plus(between: &str, second: bool) -> bool {
    let Some(before) = between.trim_end_matches([' ', '(']).strip_suffix('+') else {
        return false;
    };
    let sum = second && before.trim().is_empty() && between.ends_with(' ');
    !sum
}

pub(super) fn is_plus(letter: char) -> bool {
    matches!(letter, '+' | '＋' | '﹢' | '⁺' | '₊' | '➕')
}

/// The digit in ASCII, whichever script it is of.
pub fn digit(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return letter.is_ascii_digit().then_some(letter);
    }
    let code = u32::from(letter);
    let marked = MARKED.iter().find_map(|(first, value, last)| {
        let within = (*first..=*last).contains(&letter);
        within.then(|| value + code - u32::from(*first))
    });
    char::from_digit(marked.or_else(|| decimal(code))?, 10)
}

/// The value of a digit of a script. Each has its ten in a row, and some have several such rows behind each other.
fn decimal(code: u32) -> Option<u32> {
    let is_one = |code: u32| {
        let letter = char::from_u32(code);
        letter.is_some_and(|letter| letter.general_category() == GeneralCategory::DecimalNumber)
    };
    let mut before = 0;
    while is_one(code.checked_sub(before)?) {
        before += 1;
    }
    before.checked_sub(1).map(|before| before % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One case in each line: `number` or `none`, and a text.
    const CASES: &str = include_str!("../../tests/fixtures/phone_like.txt");

    #[test]
    fn numbers_are_found_as_people_write_them_and_what_is_none_is_let_in() {
        let cases = CASES.lines().filter(|line| !line.starts_with('#'));
        let (mut numbers, mut none) = (0, 0);
        for case in cases {
            let (word, text) = case.split_once(' ').unwrap();
            let expected = match word {
                "number" => true,
                "none" => false,
                _ => panic!("{case}"),
            };
            numbers += usize::from(expected);
            none += usize::from(!expected);
            assert_eq!(may_hold_number(text), expected, "{text}");
        }
        assert!(numbers > 150 && none > 100);
    }

    #[test]
    fn whole_numbers_are_told_from_digits_of_other_kinds() {
        for text in [
            "+12025550147",
            "12025550147",
            "2025550147",
            "(202) 555-0147",
            "Bell 2025550147",
            "tel 447700900147",
            "0044 7700 900147",
            "+447700900147 x7",
            "٠١٦٣٢٩٦٠٠٠١",
        ] {
            assert!(holds_whole_number(text), "{text}");
        }
        for text in [
            "Example Mobile 310260",
            "TX 75001-1234",
            "mfa 2024",
            "20240331",
            "2024-03-31 22:14:00",
            "LRN 2025550147 Example",
            "INC-0012345678",
            "1711060489",
            "24-001234",
            "123e4567-e89b-12d3-a456-426614174000",
            "United States (+1)",
        ] {
            assert!(!holds_whole_number(text), "{text}");
        }
        for text in ["20123456", "20 12 34 56", "612345678"] {
            assert!(is_short_number(text), "{text}");
        }
        for text in [
            "20240331",
            "75001-1234",
            "Bell 20123456",
            "2012345",
            "+20123456",
        ] {
            assert!(!is_short_number(text), "{text}");
        }
    }

    #[test]
    fn an_account_of_digits_alone_is_no_written_number() {
        let written = |text: &str| -> Vec<String> {
            let all = written_numbers(text);
            all.iter().map(|one| one.to_string()).collect()
        };
        assert_eq!(written("+1 202-555-0147"), ["+12025550147"]);
        assert_eq!(written("0012025550147"), ["+12025550147"]);
        assert_eq!(written("202-555-0147"), ["2025550147"]);
        for text in ["2025550147", "123456789012", "00123", "ACME 12-3456789"] {
            assert!(written(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn digits_in_a_row_are_a_number_of_another_system_where_such_belong() {
        for text in ["case 447700900123", "2025550147", "ticket 12025550101"] {
            assert!(!reads_as_number(text) && has_long_run(text), "{text}");
        }
        for text in ["+12025550147", "202-555-0147", "06 12 34 56 78"] {
            assert!(reads_as_number(text), "{text}");
        }
    }

    #[test]
    fn digits_alone_are_a_number_whatever_else_they_read_as() {
        for text in [
            "20240331",
            "1711060489",
            " 5550147 ",
            "202403312214",
            "٠١٦٣٢٩٦٠٠٠١",
            "012345678",
        ] {
            assert!(is_bare_number(text), "{text}");
        }
        for text in [
            "",
            "310410",
            "2024-03-31",
            "1234567890123456",
            "US",
            "4711081x",
        ] {
            assert!(!is_bare_number(text), "{text}");
        }
    }

    #[test]
    fn a_digit_of_any_script_is_one() {
        for (zero, nine) in [
            ('0', '9'),
            ('\u{660}', '\u{669}'),
            ('\u{e50}', '\u{e59}'),
            ('\u{1d7ce}', '\u{1d7d7}'),
            ('\u{1d7f6}', '\u{1d7ff}'),
            ('\u{1fbf0}', '\u{1fbf9}'),
        ] {
            assert_eq!((digit(zero), digit(nine)), (Some('0'), Some('9')));
        }
        for none in ['a', '½', 'Ⅷ', '一', '⑩'] {
            assert_eq!(digit(none), None);
        }
    }
}
