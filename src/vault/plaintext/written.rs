//! The ways in which people, senders and spreadsheets write numbers. Texts that are not written like one number are
//! refused before their digits are used.
//!
//! A text is first made plain: marks that nobody sees are left out, and digits and punctuation of every script become
//! those of ASCII, by Unicode's tables. Everything after that looks at plain texts only.

use std::ops::Range;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use zeroize::Zeroizing;

use super::calling_code::calling_code;
use super::unreadable::Unreadable;
use crate::domain::invisible::{is_blank, is_mark};

/// The digits of a text that is written like a number.
pub(super) struct Written {
    /// At most 31 digits, wiped.
    bytes: Zeroizing<[u8; MOST]>,
    length: usize,
    /// There is a plus before them.
    pub(super) plus: bool,
    /// A part of the digits that may not belong to the number: the zero in `+44 (0)7700 900123`, a fraction.
    optional: Option<Optional>,
    /// What a cross or the like divides from the digits, which may stand for digits that are hidden.
    behind_mark: Option<BehindMark>,
    /// There is a long dash, which people also draw in the place of digits.
    pub(super) long_dash: bool,
}

/// Digits behind a cross, a hash or commas. They are an extension, or the marks are in the place of digits.
struct BehindMark {
    digits: Zeroizing<String>,
    /// So many marks there are.
    marks: usize,
    /// The mark follows a digit.
    glued: bool,
}

/// Digits that may not belong to a number.
struct Optional {
    digits: Range<usize>,
    kind: OptionalKind,
}

/// Why digits may not belong to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OptionalKind {
    /// A trunk code, which belongs to the number in few plans only.
    Trunk,
    /// `.0` behind groups that have dots between them, as a group has it or a fraction.
    Fraction,
    /// The last group once more.
    Again,
}

const MOST: usize = 31;
/// A longer text is no number.
const LONGEST: usize = 512;

impl Written {
    pub(super) fn of(text: &str) -> Result<Self, Unreadable> {
        if text.len() > LONGEST {
            return Err(Unreadable::NoNumber);
        }
        let plain = plain(text);
        if has_gap(&plain) {
            return Err(Unreadable::Masked);
        }
        let cell = unwrapped(&plain);
        if cell.is_empty() {
            return Err(Unreadable::NoNumber);
        }
        let cell = without_fraction(cell)?;
        let (cell, context) = without_parameters(cell)?;
        let (cell, id) = without_host(cell);
        let (cell, behind_mark) = without_extension(cell);
        if is_masked(cell) {
            return Err(Unreadable::Masked);
        }
        check_form(cell)?;
        let context = context.filter(|_| !cell.contains('+'));
        if let Some(context) = context {
            check_form(context)?;
        }
        let mut written = Self::collect(context.unwrap_or_default(), cell)?;
        written.plus |= id;
        written.behind_mark = behind_mark;
        written.long_dash = text.contains(LONG_DASHES);
        Ok(written)
    }

    /// The digits.
    pub(super) fn digits(&self) -> &str {
        let digits = self.bytes.get(..self.length);
        let text = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        text.unwrap_or_default()
    }

    /// The digits without those that may not belong to the number, if there are such, and why.
    pub(super) fn without_optional(&self) -> Option<(Zeroizing<String>, OptionalKind)> {
        let optional = self.optional.as_ref()?;
        let all = self.digits();
        let mut digits = Zeroizing::new(String::with_capacity(MOST));
        digits.push_str(all.get(..optional.digits.start)?);
        digits.push_str(all.get(optional.digits.end..)?);
        Some((digits, optional.kind))
    }

    /// Whether a mark that may hide digits divides an extension from the number, and follows its last digit.
    pub(super) fn is_marked(&self) -> Option<bool> {
        self.behind_mark.as_ref().map(|behind| behind.glued)
    }

    /// The digits with those behind the mark, and this digit in its place.
    pub(super) fn unmasked(&self, hidden: char) -> Option<Zeroizing<String>> {
        let behind = self.behind_mark.as_ref()?;
        let mut digits = Zeroizing::new(String::with_capacity(2 * MOST));
        digits.push_str(self.digits());
        digits.extend(std::iter::repeat_n(hidden, behind.marks));
        digits.push_str(&behind.digits);
        Some(digits)
    }

    /// Takes the digits of the context of a `tel:` address, and of the number.
    fn collect(context: &str, cell: &str) -> Result<Self, Unreadable> {
        let mut written = Self {
            bytes: Zeroizing::new([0; MOST]),
            length: 0,
            plus: context.contains('+') || cell.contains('+'),
            optional: None,
            behind_mark: None,
            long_dash: false,
        };
        let of_context = count_digits(context);
        let context = context.chars().map(|c| (None, c));
        let all = context.chain(cell.char_indices().map(|(at, c)| (Some(at), c)));
        for (at, digit) in all.filter(|(_, c)| c.is_ascii_digit()) {
            let before = written.length;
            let in_brackets = at.is_some_and(|at| stands_in_brackets(cell, at));
            let is_first = at.is_some() && before == of_context;
            let alone = before > 0 && (in_brackets || is_first);
            if alone && written.optional.is_none() && is_trunk(digit, written.digits(), is_first) {
                written.optional = Some(Optional {
                    digits: before..before + 1,
                    kind: OptionalKind::Trunk,
                });
            }
            let place = written.bytes.get_mut(before);
            *place.ok_or(Unreadable::TooLong)? = u8::try_from(digit).unwrap_or(b'0');
            written.length += 1;
        }
        if written.length == 0 {
            return Err(Unreadable::NoNumber);
        }
        if written.optional.is_none() {
            written.optional = last_group(cell, written.length);
        }
        Ok(written)
    }
}

/// Whether a digit is one that people dial before a number inside the country, behind these digits of the calling code.
/// `in_tel`: it is the first of a `tel:` address with a context.
fn is_trunk(digit: char, code: &str, in_tel: bool) -> bool {
    match digit {
        '0' => true,
        '8' => matches!(code, "7" | "375" | "993"),
        '1' => in_tel && code == "1",
        _ => false,
    }
}

/// The last group of a number of so many digits, if it may not belong to it: `.0` behind other dots, or the group
/// before it once more.
fn last_group(cell: &str, length: usize) -> Option<Optional> {
    let mut groups = cell.rsplit(|c: char| !c.is_ascii_digit());
    let last = groups.next()?;
    let before = groups.find(|group| !group.is_empty())?;
    let dotted = cell
        .strip_suffix(".0")
        .is_some_and(|whole| whole.contains('.'));
    let kind = match last {
        "0" if dotted => OptionalKind::Fraction,
        _ if last.len() >= REPEATED && last == before => OptionalKind::Again,
        _ => return None,
    };
    let start = length.checked_sub(last.len()).filter(|start| *start > 0)?;
    Some(Optional {
        digits: start..length,
        kind,
    })
}

/// Whether marks stand in the place of digits: two dots, or three dashes or slashes; two of these at the end, or in
/// one place only with blanks around them. A long dash counts as two.
fn has_gap(plain: &str) -> bool {
    let text = plain.trim_matches(|c: char| matches!(c, ' ' | '\n' | '"' | '\'' | '<' | '>'));
    let is_mark = |c: char| matches!(c, '.' | '-' | '/' | ' ' | '\n' | '(' | ')' | '+');
    let is_digit = |c: char| c.is_ascii_digit();
    let places = text
        .split(is_digit)
        .filter(|place| place.chars().all(is_mark));
    let count = |place: &str, mark: char| place.chars().filter(|c| *c == mark).count();
    let dashes = |place: &str| count(place, '-').max(count(place, '/'));
    let apart = |place: &&str| {
        dashes(place) == 2 && place.starts_with([' ', '(']) && place.ends_with([' ', ')'])
    };
    let ends_so = dashes(text.rsplit(is_digit).next().unwrap_or_default()) >= 2;
    count_digits(text) > 0
        && (places
            .clone()
            .any(|place| count(place, '.') >= 2 || dashes(place) >= 3)
            || places.filter(apart).count() == 1
            || ends_so)
}

const LONG_DASHES: [char; 4] = ['\u{2014}', '\u{2015}', '\u{2e3a}', '\u{2e3b}'];

/// The text in plain characters and lower case.
fn plain(text: &str) -> Zeroizing<String> {
    // Room for all of it: a text that grew would leave parts of a number in freed memory. A letter in lower case has
    // at most three times as many bytes.
    let mut plain = Zeroizing::new(String::with_capacity(3 * text.len()));
    for c in text.chars().filter(|c| !is_mark(*c)) {
        // People draw a long one in the place of digits.
        if LONG_DASHES.contains(&c) {
            plain.push('-');
        }
        match plain_character(c) {
            Some(c) => plain.push(c),
            None => plain.extend(c.to_lowercase()),
        }
    }
    // As in the address of a page. What is put in is shorter, so nothing is left behind.
    for (code, c) in [("%2b", "+"), ("%20", " ")] {
        while let Some(at) = plain.find(code) {
            plain.replace_range(at..at + code.len(), c);
        }
    }
    plain
}

/// The plain character for one of another script or width; `None` for a letter, which has to be put in lower case.
fn plain_character(c: char) -> Option<char> {
    use GeneralCategory as Is;
    if c.is_ascii() {
        return match c {
            '\t' => Some(' '),
            '\r' => Some('\n'),
            '[' | '{' => Some('('),
            ']' | '}' => Some(')'),
            '`' => Some('\''),
            'A'..='Z' => None,
            _ => Some(c),
        };
    }
    if let Some(digit) = digit(c) {
        return Some(digit);
    }
    match c {
        '\u{2028}' | '\u{2029}' | '\u{85}' => Some('\n'),
        _ if is_blank(c) => Some(' '),
        '\u{ff0b}' | '\u{fe62}' | '\u{fb29}' | '\u{207a}' | '\u{208a}' | '\u{2795}' => Some('+'),
        // Minus signs, the bullet of a hyphen, and the long mark of Japanese, which stands for a dash.
        '\u{2212}' | '\u{2d7}' | '\u{2043}' | '\u{207b}' | '\u{208b}' | '\u{2796}' | '\u{30fc}'
        | '\u{ff70}' => Some('-'),
        '\u{ff0e}' | '\u{2024}' | '\u{fe52}' | '\u{ff61}' | '\u{3002}' | '\u{b7}' | '\u{30fb}'
        | '\u{ff65}' => Some('.'),
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => Some('/'),
        '\u{60c}' | '\u{3001}' | '\u{ff64}' => Some(','),
        '\u{61b}' => Some(';'),
        '\u{2032}' | '\u{b4}' => Some('\''),
        '\u{2018}' | '\u{2019}' | '\u{201b}' => Some('\''),
        _ => match c.general_category() {
            Is::DashPunctuation => Some('-'),
            Is::OpenPunctuation => Some('('),
            Is::ClosePunctuation => Some(')'),
            Is::InitialPunctuation | Is::FinalPunctuation => Some('"'),
            _ => {
                // The full-width forms of ASCII.
                let ascii = u32::from(c).checked_sub(0xfee0).and_then(char::from_u32);
                let ascii = ascii.filter(|ascii| ('!'..='~').contains(ascii));
                ascii.map(|ascii| ascii.to_ascii_lowercase())
            }
        },
    }
}

/// The ASCII digit for a decimal digit of any script. Unicode keeps those of a script together, from 0 to 9 (its
/// stability policy), and sets of mathematical digits one behind the other.
fn digit(c: char) -> Option<char> {
    let is_digit = |c: char| c.general_category() == GeneralCategory::DecimalNumber;
    if !is_digit(c) {
        return None;
    }
    let before = (1..).map(|back| u32::from(c).checked_sub(back).and_then(char::from_u32));
    let digits_before = before.take_while(|c| c.is_some_and(is_digit)).count();
    char::from_digit(u32::try_from(digits_before % 10).ok()?, 10)
}

/// What senders and spreadsheets put around a number is taken off: `="…"`, quotes, a scheme, separators of lists.
fn unwrapped(plain: &str) -> &str {
    let around = |c: char| matches!(c, ' ' | '\n' | '"' | '\'' | '<' | '>');
    let mut cell = plain.trim_matches(around);
    if let Some(formula) = cell.strip_prefix('=') {
        cell = formula.trim_start_matches(around);
    }
    let scheme = SCHEMES.iter().find_map(|scheme| cell.strip_prefix(scheme));
    if let Some(number) = scheme {
        cell = number.trim_start_matches('/').trim_matches(around);
    }
    let separator = |c: char| matches!(c, ',' | ';' | ':') || around(c);
    let cell = cell.trim_start_matches(separator);
    cell.trim_end_matches(|c: char| c == '.' || separator(c))
}

/// What stands before a number in addresses, in logs of messengers and in lists of advertisers (`p:`).
const SCHEMES: [&str; 18] = [
    "tel:",
    "tel.:",
    "tel.",
    "telephone:",
    "telefon:",
    "phone:",
    "mobile:",
    "mobil:",
    "mob:",
    "cell:",
    "handy:",
    "whatsapp:",
    "sms:",
    "smsto:",
    "callto:",
    "sips:",
    "sip:",
    "p:",
];

/// Takes off what stands behind a number in an id of WhatsApp, whose digits are international ones without a plus, and
/// in an address of internet telephony, if its number has a plus. True for such an id.
fn without_host(cell: &str) -> (&str, bool) {
    let Some((user, host)) = cell.split_once('@') else {
        return (cell, false);
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // `15550100123:7@s.whatsapp.net` is one of the phone's devices.
    let number = user.split(':').next().unwrap_or_default();
    match user.strip_prefix('+') {
        _ if digits(number) && ID_HOSTS.contains(&host) => (number, true),
        // A host has a letter. An `@` without one may stand for a digit.
        Some(number) if digits(number) && host.contains(char::is_alphabetic) => (user, false),
        _ => (cell, false),
    }
}

/// What stands behind a person's number in ids of WhatsApp. Behind the number of a group stands another.
const ID_HOSTS: [&str; 2] = ["s.whatsapp.net", "c.us"];

/// Takes off `.0`, which a spreadsheet or a data frame adds to a number. Refuses what lost digits: `1.20255E+10`,
/// `########`.
fn without_fraction(cell: &str) -> Result<&str, Unreadable> {
    if cell.chars().all(|c| c == '#') {
        return Err(Unreadable::Damaged);
    }
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = |text: &str| {
        let signed = text.strip_prefix(['+', '-']);
        numeric(signed.unwrap_or(text))
    };
    let parts = |text: &str| match text.split_once(['.', ',']) {
        Some((whole, fraction)) => unsigned(whole) && numeric(fraction),
        None => unsigned(text),
    };
    if let Some((mantissa, exponent)) = cell.split_once('e') {
        let damaged = parts(mantissa) && unsigned(exponent);
        return if damaged {
            Err(Unreadable::Damaged)
        } else {
            Ok(cell)
        };
    }
    // It was added twice, or something else behind it.
    let tail = cell.trim_end_matches(['-', ' ']);
    let added = |text: &str| [".0", ",0"].iter().any(|end| text.ends_with(end));
    let twice = [".0.0", ",0,0"].iter().any(|end| tail.ends_with(end));
    if count_digits(cell) > 2 && (twice || (tail != cell && added(tail))) {
        return Err(Unreadable::Damaged);
    }
    // A last group of one zero is no group of a number, unless dots set the others apart too.
    if let Some(whole) = cell.strip_suffix(".0").or_else(|| cell.strip_suffix(",0"))
        && count_digits(whole) > 0
        && !whole.contains('.')
    {
        return Ok(whole);
    }
    match cell.split_once(['.', ',']) {
        Some((whole, fraction)) if unsigned(whole) && numeric(fraction) => {
            let long = whole.len() >= 7;
            match fraction.len() {
                _ if fraction.bytes().all(|b| b == b'0') && long => Ok(whole),
                2 if fraction == "00" => Err(Unreadable::Damaged),
                1 | 2 if long => Err(Unreadable::Damaged),
                _ => Ok(cell),
            }
        }
        _ => Ok(cell),
    }
}

/// Takes off the parameters of a `tel:` address (RFC 3966). The second text is what `phone-context=` says, if it is
/// the beginning of a number.
fn without_parameters(cell: &str) -> Result<(&str, Option<&str>), Unreadable> {
    let Some((number, parameters)) = cell.split_once(';') else {
        return Ok((cell, None));
    };
    let mut context = None;
    for parameter in parameters
        .split(';')
        .map(|text| text.trim_matches([' ', '\n']))
    {
        if let Some(said) = parameter.strip_prefix("phone-context=") {
            context = Some(said).filter(|said| said.starts_with('+'));
        } else if !parameter.is_empty() && !parameter.starts_with(char::is_alphabetic) {
            return Err(several_or_none(cell));
        }
    }
    Ok((number, context))
}

/// Takes off an extension: `x5`, `ext. 5`, `#5`, `доб. 5`. A mark that may hide digits is told.
fn without_extension(cell: &str) -> (&str, Option<BehindMark>) {
    let end = |c: char| matches!(c, ')' | ' ' | '.');
    let tail = cell.trim_end_matches(end);
    let (tail, hash) = match tail.strip_suffix('#') {
        Some(tail) => (tail.trim_end_matches(' '), true),
        None => (tail, false),
    };
    let head = tail.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = tail.get(head.len()..).unwrap_or_default();
    if extension.is_empty() || extension.len() > EXTENSION {
        return (cell, None);
    }
    let label_end = head.trim_end_matches([' ', ':', '.', '-', '=']);
    let label = LABELS.iter().find(|label| label_end.ends_with(**label));
    let (before, marks) = match label {
        Some(label) => {
            let marks = if MARKS.contains(label) {
                label.len()
            } else {
                0
            };
            (label_end.strip_suffix(label).unwrap_or(label_end), marks)
        }
        // `+1 206 555 0170 - 503#`
        None if hash && head.ends_with(" - ") => (label_end, 1),
        None => return (cell, None),
    };
    let number = before.trim_end_matches([' ', ',', '.', '-', '(', '\n']);
    let ends_well = number.ends_with(|c: char| c.is_ascii_digit() || c == ')');
    if !ends_well || count_digits(number) < LEAST {
        return (cell, None);
    }
    let behind = (marks > 0).then(|| BehindMark {
        digits: Zeroizing::new(extension.to_owned()),
        marks,
        // Two commas are a pause before the extension is dialled.
        glued: marks == 1 && label.is_some() && number.len() == before.len(),
    });
    (number, behind)
}

/// The words for an extension that libphonenumber knows, and those of some more languages. A longer word stands before
/// its end.
const LABELS: [&str; 29] = [
    "extension",
    "extensión",
    "extensio\u{301}n",
    "extensi\u{f3}",
    "extensão",
    "extn",
    "ext",
    "xtn",
    "xt",
    "x",
    "#",
    "доб",
    "anexo",
    "interno",
    "int",
    "poste",
    "durchwahl",
    "toestel",
    "ramal",
    "内線",
    "内线",
    "分机",
    "내선",
    "durchwahl",
    "apparat",
    "app",
    "dw",
    "nst",
    ",,",
];
/// Those of them that people also write in the place of digits.
const MARKS: [&str; 3] = ["x", "#", ",,"];
/// The most digits of an extension.
const EXTENSION: usize = 9;
/// The fewest digits of a number before an extension.
const LEAST: usize = 5;

/// Whether digits are replaced by crosses, stars or the like, or by a letter.
fn is_masked(cell: &str) -> bool {
    let mut letters = cell.chars().filter(|c| c.is_alphabetic() || is_cross(*c));
    let first = letters.next();
    let crosses = cell.chars().filter(|c| is_cross(*c)).count();
    match first {
        None => cell.contains(STARS),
        Some(letter) if is_cross(letter) && letters.all(is_cross) => {
            crosses > 1 || cell.contains(STARS) || touches_digit(cell, letter)
        }
        Some(letter) => letters.all(|c| c == letter) && hides_digits(cell, letter),
    }
}

const STARS: [char; 27] = [
    '*', '@', '#', '•', '●', '∙', '…', '‥', '⋯', '_', '?', '█', '▓', '▒', '░', '■', '▪', '□', '○',
    '◯', '◼', '⚫', '⬛', '∗', '⋆', '★', '✱',
];

fn is_cross(c: char) -> bool {
    matches!(c, 'x' | '×' | '✕' | '✖' | '╳' | '⨯')
}

/// Whether a letter, the only one in the text, is put for digits: behind the first of them, beside one or more than
/// once. `A12345` is a name.
fn hides_digits(cell: &str, letter: char) -> bool {
    let begins = cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('));
    let count = cell.chars().filter(|c| *c == letter).count();
    begins
        && (count > 1 || touches_digit(cell, letter))
        && several_or_none(cell) == Unreadable::NoNumber
}

fn touches_digit(cell: &str, letter: char) -> bool {
    let pairs = cell.chars().zip(cell.chars().skip(1));
    pairs.into_iter().any(|(one, other)| {
        one == letter && other.is_ascii_digit() || one.is_ascii_digit() && other == letter
    })
}

/// Refuses what is not written like one number.
fn check_form(cell: &str) -> Result<(), Unreadable> {
    let mut begun = false;
    for c in cell.chars() {
        let fits = match c {
            '0'..='9' | '+' => !(begun && c == '+'),
            '(' | ' ' => true,
            ')' | '-' | '.' | '/' | '\n' => begun,
            _ => false,
        };
        if !fits {
            return Err(several_or_none(cell));
        }
        begun |= c.is_ascii_digit() || c == '+';
    }
    let lines = cell.split('\n').filter(|line| count_digits(line) >= NUMBER);
    if lines.count() > 1 || slashes_divide_numbers(cell) || ends_in_two(cell) {
        return Err(Unreadable::SeveralNumbers);
    }
    match ends_in_note(cell) {
        true => Err(Unreadable::NoNumber),
        false => Ok(()),
    }
}

/// Whether brackets with a few digits end the text, as they number a person's phones: `+27 10 123 6077 (2)`.
fn ends_in_note(cell: &str) -> bool {
    let tail = cell.trim_end_matches(|c: char| !c.is_ascii_digit());
    let head = tail.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let digits = count_digits(tail) - count_digits(head);
    head.ends_with('(') && digits <= NOTE && count_digits(head) > digits
}

/// The most digits of a note in brackets.
const NOTE: usize = 3;

/// A group of so many digits that stands twice at the end may be one too many.
const REPEATED: usize = 3;

/// Whether two numbers of one subscriber or of one range stand behind one area code: `+43 1 51234 51235`. Two such long
/// groups that begin alike are seldom those of one number.
fn ends_in_two(cell: &str) -> bool {
    let mut groups = cell.rsplit(|c: char| !c.is_ascii_digit());
    let mut next = || groups.find(|group| !group.is_empty()).unwrap_or_default();
    let (last, before) = (next(), next());
    let is_long = last.len() >= LONG_GROUP && last.len() == before.len();
    is_long && last.get(..3) == before.get(..3)
}

/// A group of so many digits may be a number within a town.
const LONG_GROUP: usize = 5;

/// What is wrong with a text that has other characters than a number.
fn several_or_none(cell: &str) -> Unreadable {
    let of_number = |c: char| matches!(c, '0'..='9' | ' ' | '-' | '.' | '(' | ')');
    let parts = cell.split(|c| !of_number(c));
    match parts.filter(|part| count_digits(part) >= NUMBER).count() {
        0 | 1 => Unreadable::NoNumber,
        _ => Unreadable::SeveralNumbers,
    }
}

/// The fewest digits of a number beside another.
const NUMBER: usize = 6;

/// One slash stands behind an area code, perhaps with another behind the calling code, several between pairs or threes
/// of digits. Otherwise a slash divides two numbers, or a number from the other end that it may have (`030 123456/57`).
fn slashes_divide_numbers(cell: &str) -> bool {
    let groups = || cell.split('/').map(count_digits);
    let Some((before, after)) = cell.split_once('/') else {
        return false;
    };
    let digits = Zeroizing::new(before.replace(|c: char| !c.is_ascii_digit(), ""));
    let abroad = match (before.contains('+'), digits.strip_prefix("00")) {
        (true, _) => Some(digits.as_str()),
        (false, abroad) => abroad,
    };
    if after.contains('/') {
        // `+49/030/123456`
        let coded = abroad.is_some_and(|code| area_digits(code) == 0);
        let divided = !coded || slashes_divide_numbers(after);
        return divided && groups().any(|digits| digits > GROUP);
    }
    let (area, trunk) = match abroad {
        Some(digits) => (area_digits(digits), true),
        None => (digits.len(), digits.starts_with('0')),
    };
    // The other end of a number is shorter than what is before it.
    let end = count_digits(after);
    let is_end = (1..GROUP).contains(&end) && end + 1 < area;
    is_end || area > if trunk { AREA + 1 } else { AREA - 1 }
}

/// The most digits of an area code, and of a group of digits.
const AREA: usize = 5;
const GROUP: usize = 4;

/// How many digits there are behind the calling code.
fn area_digits(digits: &str) -> usize {
    let head = digits
        .get(..digits.len().min(3))
        .and_then(|head| head.parse().ok());
    let code = match calling_code(head.unwrap_or_default()) {
        0..10 => 1,
        10..100 => 2,
        _ => 3,
    };
    digits.len().saturating_sub(code)
}

fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether the character at this place stands alone in brackets.
fn stands_in_brackets(cell: &str, at: usize) -> bool {
    let before = cell.get(..at).unwrap_or_default().trim_end();
    let after = cell.get(at + 1..).unwrap_or_default().trim_start();
    before.ends_with('(') && after.starts_with(')')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digits(text: &str) -> Result<String, Unreadable> {
        let written = Written::of(text)?;
        let plus = if written.plus { "+" } else { "" };
        Ok(format!("{plus}{}", written.digits()))
    }

    #[test]
    fn one_number_is_read_however_it_is_written() {
        for text in [
            "+1 206 555 0170",
            "(+1) 206-555-0170",
            "[+1] 206/555-0170",
            "( + 1 ) 206 . 555 . 0170",
            "+1 (206) 555\u{2013}0170",
            "+1\t206\t555\t0170",
            "\u{feff}+1\u{ad}206\u{a0}555\u{202f}0170\u{200e}",
            "'+12065550170",
            "\"+12065550170\"",
            "“+1 206 555 0170”",
            "<+12065550170>",
            "=\"+12065550170\"",
            "=+12065550170",
            "tel:+1-206-555-0170",
            "TEL:+1-206-555-0170;ext=12",
            "tel:206-555-0170;phone-context=+1",
            "whatsapp: +12065550170",
            "+12065550170.0",
            "+12065550170,00",
            "+1 206 555 0170,",
            "+1 206 555 0170 ;",
            "+1 206 555 0170 x12",
            "+1 206 555 0170x12",
            "+1 206 555 0170 ext. 12",
            "+1 206 555 0170 (ext. 12)",
            "+1 206 555 0170, Ext 12",
            "+1 206 555 0170 extension: 12",
            "+1 206 555 0170 #12",
            "+1 206 555 0170 - 503#",
            "+1 206 555 0170 доб. 12",
            "+1 206 555 0170 ｅｘｔｎ １２",
            "+1 206 555 0170 内線12",
            "+1 206 555 0170,,12#",
            "+1 206 555 0170 DW 12",
            "+1 206 555 0170 App. 12",
            "Tel. +1 206 555 0170",
            "Tel.: +1 206 555 0170",
            "Phone: +1 206 555 0170",
            "＋１（２０６）５５５－０１７０",
            "﹢१ २०६ ५५५ ०१७०",
            "+١ ٢٠٦ ٥٥٥ ٠١٧٠",
            "+𝟏𝟐𝟎𝟔𝟓𝟓𝟓𝟎𝟏𝟕𝟎",
            "+1 206ー555ー0170",
            "+1 206⸺555〜0170",
            "%2B12065550170",
            "tel:%2b1%20206%20555%200170",
            "12065550170@s.whatsapp.net",
            "12065550170:7@s.whatsapp.net",
            "12065550170@c.us",
            "sip:+12065550170@example.org",
            "sips:+12065550170@example.org;user=phone",
        ] {
            assert_eq!(digits(text).as_deref(), Ok("+12065550170"), "{text}");
        }
    }

    #[test]
    fn a_slash_stands_behind_an_area_code_or_between_groups() {
        for (text, read) in [
            ("030/123456", "030123456"),
            ("+49 30/123456", "+4930123456"),
            ("0049 2151/123456", "00492151123456"),
            ("206/555-0170", "2065550170"),
            ("06/12/34/56/78", "0612345678"),
            ("+49/030/123456", "+49030123456"),
            ("+49/30/123456", "+4930123456"),
            ("0049/30/123456", "004930123456"),
            ("0900/828", "0900828"),
        ] {
            assert_eq!(digits(text).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn two_numbers_are_not_one() {
        for text in [
            "12065550170/12065550171",
            "030 123456/57",
            "030 123456 / 030 123457",
            "+376 325 677/78",
            "+376 325 677 / 78",
            "+376 325 677/0",
            "123456/123457",
            "2065550170, 2065550171",
            "+12065550170 +12065550171",
            "+12065550170;+12065550171",
            "2065550170 or 2065550171",
            "2065550170\n2065550171",
            "206 555 0170 | 206 555 0171",
        ] {
            assert_eq!(digits(text), Err(Unreadable::SeveralNumbers), "{text}");
        }
    }

    #[test]
    fn marks_in_the_place_of_digits_make_a_number_masked() {
        for text in [
            "+49171123....",
            "+49171123..",
            "+49171123. . .",
            "+27101236...",
            "+97150123\u{b7}\u{b7}\u{b7}\u{b7}",
            "+97150123\u{30fb}\u{30fb}\u{30fb}",
            "+49171123----",
            "+49171123--",
            "+49171123\u{2014}",
            "+49171123 \u{2e3a}",
            "+49171123////",
            "+436....4077",
            "+436..4077",
            "+436 ---- 4077",
            "+436 - - - 4077",
            "+436 \u{2014} 4077",
            "+436[...]4077",
            "+436(--)4077",
            "+436\u{2014}\u{2014}4077",
            "+4366412 ....",
            "...4077",
            "----4077",
            "=\"+49171123....\"",
            "tel:+49171123....",
            "+43664123\u{2025}",
            "+376180015\u{d7}7",
            "+376180015\u{445}7",
            "+376180015_7",
            "+376180015?7",
            "+376180015*7",
            "+376180015\u{2022}7",
            "+376180015N7",
            "+376180015n7",
            "+376180015d7",
            "+1206555NNNN",
            "20255501NN",
            "2025550x147x5",
            "12x5550147",
            "+120255501x",
            "+447911123@@@",
            "+44791112345@",
            "tel:+447911123@@@",
            "+4915112@@@@78",
            "+120255501#",
            "+1 202 555 01## ",
        ] {
            assert_eq!(digits(text), Err(Unreadable::Masked), "{text}");
        }
        for (text, read) in [
            ("06--12--34--56--78", "0612345678"),
            (
                "+44 \u{2014} 20 \u{2014} 7946 \u{2014} 0958",
                "+442079460958",
            ),
            ("+1 206\u{2014}555\u{2014}0170", "+12065550170"),
            ("+1 (206). 555. 0170.", "+12065550170"),
            ("+1 206 555 0170-", "+12065550170"),
        ] {
            assert_eq!(digits(text).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_stands_behind_a_number_is_no_digit_of_it() {
        use Unreadable::{Damaged, NoNumber};
        for (text, why) in [
            ("+27 10 123 6077 (2)", NoNumber),
            ("+27 10 123 6077 (12)", NoNumber),
            ("+27 10 123 6077 [12]", NoNumber),
            ("+376325677.0.0", Damaged),
            ("+376325677,0,0", Damaged),
            ("+376325677.0-", Damaged),
            ("+376 325 677.0 -", Damaged),
        ] {
            assert_eq!(digits(text), Err(why), "{text}");
        }
        for text in [
            "+376325677.0",
            "+376325677.00",
            "+376325677.000",
            "+376325677,0000",
            "+376 325 677.0",
        ] {
            assert_eq!(digits(text).as_deref(), Ok("+376325677"), "{text}");
        }
    }

    #[test]
    fn digits_that_may_not_belong_to_a_number_are_told() {
        use OptionalKind::{Again, Fraction, Trunk};
        for (text, less, kind) in [
            ("+46.70.12.34.61.0", "4670123461", Fraction),
            ("+503 800 1367 - 1367", "5038001367", Again),
            ("+7 (8) 912 345 67 89", "79123456789", Trunk),
            ("+375 (8) 29 123 45 67", "375291234567", Trunk),
            ("tel:030123456;phone-context=+49", "4930123456", Trunk),
            ("tel:12065550170;phone-context=+1", "12065550170", Trunk),
        ] {
            let written = Written::of(text).ok().unwrap();
            let (digits, of) = written.without_optional().unwrap();
            assert_eq!((digits.as_str(), of), (less, kind), "{text}");
        }
        for text in [
            "+49 (8) 912 345",
            "+46.70.12.34.61",
            "tel:206;phone-context=+1",
        ] {
            let written = Written::of(text).ok().unwrap();
            assert!(written.without_optional().is_none(), "{text}");
        }
    }

    #[test]
    fn a_zero_alone_in_brackets_may_be_left_out() {
        for text in [
            "+44 (0)7700 900123",
            "+44 [0] 7700 900123",
            "+44（０）7700 900123",
        ] {
            let written = Written::of(text).ok().unwrap();
            assert_eq!(written.digits(), "4407700900123");
            let without = written.without_optional().unwrap();
            assert_eq!(without.0.as_str(), "447700900123");
            assert_eq!(without.1, OptionalKind::Trunk);
        }
        for text in ["+44 (07700) 900123", "(0)30 123456", "+44 7700 900123"] {
            let written = Written::of(text).ok().unwrap();
            let first = written.without_optional().is_none();
            assert!(first, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_what_it_is() {
        use Unreadable::{Damaged, Masked, NoNumber, TooLong};
        for (text, why) in [
            ("", NoNumber),
            (" \t\u{200b}", NoNumber),
            ("tel:", NoNumber),
            ("\"\"", NoNumber),
            ("+", NoNumber),
            ("-", NoNumber),
            ("DUOSEC", NoNumber),
            ("+1 206 555 0170 (mobile)", NoNumber),
            ("1-555-LETTERS", NoNumber),
            ("someone@example.org", NoNumber),
            ("sip:2065550170@example.org", NoNumber),
            ("2065550170@example.org", NoNumber),
            ("12065550170-1600000000@g.us", NoNumber),
            ("120655501701600000@g.us", NoNumber),
            ("-12065550170", NoNumber),
            ("***", Masked),
            ("XXX", Masked),
            ("+1******0170", Masked),
            ("+1XXXXXX0170", Masked),
            ("+1 (xxx) xxx-0170", Masked),
            ("+1 206 555 xx70", Masked),
            ("+1 ••• ••• ••42", Masked),
            ("1.20655E+10", Damaged),
            ("1,20655E+10", Damaged),
            ("+1.20655e10", Damaged),
            ("12065550170.5", Damaged),
            ("########", Damaged),
            ("12345678901234567890123456789012", TooLong),
        ] {
            assert_eq!(digits(text), Err(why), "{text}");
        }
        assert_eq!(digits(&"1".repeat(LONGEST + 1)), Err(NoNumber));
    }

    #[test]
    fn every_decimal_digit_of_unicode_has_its_value() {
        let all =
            ('\0'..=char::MAX).filter(|c| c.general_category() == GeneralCategory::DecimalNumber);
        let all: Vec<char> = all.collect();
        assert!(all.len() > 600 && all.len().is_multiple_of(10));
        for ten in all.chunks(10) {
            let values: String = ten.iter().filter_map(|c| digit(*c)).collect();
            assert_eq!(values, "0123456789");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}|[-+0-9xX*#eE.,;/() \n]{0,60}") {
            let _ = digits(&text);
        }
    }
}
