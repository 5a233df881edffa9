//! The rules by which a text becomes a phone number.
//!
//! A number is accepted if its length fits a numbering plan. The state of the result tells whether the plan also
//! assigns such numbers (`Valid`) or not (`Possible`).
//!
//! With a plus a number is read as it is written, but for a trunk zero that stands where none belongs, and for plans
//! that moved. Without a plus it is read in the declared region, else in the country of its row: as a national number,
//! else as one that begins with the calling code. If that gives no number, only formats whose digits are documented as
//! international are read as they stand. Never is a number read in a country that nobody named.

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, ValidationError,
};
use zeroize::Zeroizing;

use super::calling_code::calling_code;
use super::canonical::{canonical, e164_digits, is_canonical, possible, state_of};
use super::moved::new_form;
use super::phone::{NumberState, Parsed, Phone};
use super::raw_number::RawNumber;
use super::raw_text::RawText;
use super::region::Region;
use super::unreadable::Unreadable;
use super::written::{OptionalKind, Written};

/// A number with what the library knows of it.
type Read = Result<(PhoneNumber, Phone), Unreadable>;

/// What is known of a number that has no plus.
#[derive(Clone, Copy, Default)]
struct Known {
    /// The region that was declared for all numbers.
    declared: Option<Region>,
    /// The country of the number's row.
    country: Option<Region>,
    /// The format's digits are documented as international ones.
    international: bool,
}

impl Phone {
    /// Reads a text. A number without a calling code is read as one of `region`.
    pub fn accept(text: &RawText, region: Option<Region>) -> Result<Self, Unreadable> {
        let known = Known {
            declared: region,
            ..Known::default()
        };
        read(text.text(), known).map(|(_, phone)| phone)
    }

    /// Parses a text in the same way, and finds out the state.
    pub fn parse(text: &RawText, region: Option<Region>) -> Result<Parsed, Unreadable> {
        parsed(text.text(), region)
    }

    /// Parses a cell in the same way.
    pub fn parse_raw(number: RawNumber<'_>, region: Option<Region>) -> Result<Parsed, Unreadable> {
        parsed(number.text(), region)
    }

    /// Parses a cell of an exhibit without finding out the state. `declared` is the region that was declared for the
    /// exhibit, `country` that of the cell's row.
    pub fn accept_raw(
        number: RawNumber<'_>,
        declared: Option<Region>,
        country: Option<Region>,
    ) -> Result<Self, Unreadable> {
        let known = Known {
            declared,
            country,
            international: number.is_international(),
        };
        read(number.text(), known).map(|(_, phone)| phone)
    }
}

fn parsed(text: &str, region: Option<Region>) -> Result<Parsed, Unreadable> {
    let known = Known {
        declared: region,
        ..Known::default()
    };
    let (number, phone) = read(text, known)?;
    let state = state_of(&number);
    Ok(Parsed { phone, state })
}

fn read(text: &str, known: Known) -> Read {
    if is_canonical(text) {
        return with_plus(text);
    }
    let written = Written::of(text)?;
    let read_one = |digits: &str| match written.plus {
        true => with_plus(&e164(digits)),
        false => without_plus(digits, known),
    };
    let found = read_all_or_less(&written, read_one);
    let found = match written.is_marked() {
        Some(glued) => whole_before_mark(&written, found, glued, read_one),
        None => found,
    }?;
    // `+4915112—78` is as long as some numbers are, and has lost digits.
    match written.long_dash && !is_valid(&found) {
        true => Err(Unreadable::Masked),
        false => Ok(found),
    }
}

/// The number before a cross or the like, if that divides an extension from it and is not in the place of digits.
fn whole_before_mark(
    written: &Written,
    found: Read,
    glued: bool,
    read_one: impl Fn(&str) -> Read,
) -> Read {
    let found = match found {
        Ok(found) => found,
        // It is no number because its digits are hidden.
        Err(Unreadable::TooShort | Unreadable::NotAssigned | Unreadable::NotInRegion) => {
            return Err(Unreadable::Masked);
        }
        Err(why) => return Err(why),
    };
    let whole = is_valid(&found);
    if whole && !glued {
        return Ok(found);
    }
    let with = |digit: char| Some(read_one(&written.unmasked(digit)?));
    let mut longer = ('0'..='9').filter_map(with);
    // What is a number in two ways is one.
    let is_number = |read: &Read| matches!(read, Ok(_) | Err(Unreadable::Ambiguous));
    let is_whole = |read: &Read| is_number(read) && read.as_ref().map_or(true, is_valid);
    match whole {
        true if longer.any(|longer| is_whole(&longer)) => Err(Unreadable::Ambiguous),
        false if longer.any(|longer| is_number(&longer)) => Err(Unreadable::Masked),
        _ => Ok(found),
    }
}

/// All digits, or those without the ones that may not belong to the number.
fn read_all_or_less(written: &Written, read_one: impl Fn(&str) -> Read) -> Read {
    let all = read_one(written.digits());
    let Some((less, kind)) = written.without_optional() else {
        return all;
    };
    // They belong to the number in few plans only.
    match (all, read_one(&less)) {
        (Ok(all), Ok(less)) if is_valid(&all) && is_valid(&less) && differ(&all, &less) => {
            Err(Unreadable::Ambiguous)
        }
        (Ok(all), _) if is_valid(&all) => Ok(all),
        (_, less) if kind == OptionalKind::Trunk => less,
        (_, Ok(less)) if is_valid(&less) => match kind {
            OptionalKind::Again => Err(Unreadable::Ambiguous),
            _ => Ok(less),
        },
        // Nobody has such a number, with them or without.
        (Ok(all), Ok(less)) if kind == OptionalKind::Fraction && differ(&all, &less) => {
            Err(Unreadable::Ambiguous)
        }
        (Err(_), Ok(less)) if kind == OptionalKind::Fraction => Ok(less),
        (all, _) => all,
    }
}

/// A plus and digits.
fn with_plus(text: &str) -> Read {
    if let Some(new) = text.strip_prefix('+').and_then(new_form) {
        return canonical(&e164(&new));
    }
    as_written(text).or_else(|why| match without_trunk_zero(text) {
        Some(without) => with_plus(&e164(&without)),
        None => Err(why),
    })
}

/// As it is written, but for a zero that only keeps it from being a number of its plan.
fn as_written(text: &str) -> Read {
    let read = canonical(text)?;
    Ok(without_needless_zero(text, &read).unwrap_or(read))
}

/// The number without one or two zeros behind its calling code, if that makes a number of the plan of one that is none.
fn without_needless_zero(
    text: &str,
    as_written: &(PhoneNumber, Phone),
) -> Option<(PhoneNumber, Phone)> {
    let code = calling_code(as_written.1.digits()).to_string();
    let rest = text.strip_prefix('+')?.strip_prefix(code.as_str())?;
    let one_less = rest.strip_prefix('0').filter(|_| !is_valid(as_written))?;
    let mut choices = [Some(one_less), one_less.strip_prefix('0')]
        .into_iter()
        .flatten();
    choices.find_map(|rest| {
        let less = Zeroizing::new(format!("+{code}{rest}"));
        canonical(&less).ok().filter(is_valid)
    })
}

/// The digits without a national prefix that begins with a zero and stands where only a call inside the country has it
/// (`+4407700900170`), if the library knows it as one. In Argentina it knows the 15 of a mobile phone as well, which is
/// a 9 before the area code for those who call from abroad.
fn without_trunk_zero(text: &str) -> Option<Zeroizing<String>> {
    let number = PHONE_NUMBER_UTIL.parse(text, None).ok()?;
    let code = number.country_code.to_string();
    let digits = Zeroizing::new(e164_digits(&number)?.to_string());
    if code == ARGENTINA && is_valid_number(&number) {
        return Some(digits);
    }
    let national = digits.strip_prefix(code.as_str())?;
    let written = text.strip_prefix('+')?.strip_prefix(code.as_str())?;
    let prefix = written.strip_suffix(national)?;
    (matches!(prefix.len(), 1 | 2) && prefix.starts_with('0')).then_some(digits)
}

fn without_plus(digits: &str, known: Known) -> Read {
    let base = known.declared.or(known.country);
    let read = match (base, known.international) {
        (Some(base), false) => in_region(digits, base),
        (Some(base), true) => in_region_or_abroad(digits, base),
        (None, true) => as_it_stands(digits),
        (None, false) => Err(needs_region(digits)),
    };
    let (number, phone) = read?;
    let code = known.country.and_then(Region::calling_code);
    match code {
        Some(code) if code != calling_code(phone.digits()) => Err(Unreadable::OtherCountry),
        _ => Ok((number, phone)),
    }
}

/// A national number of the region, else one that begins with the region's calling code.
///
/// German numbers that lost their plus are also national numbers without their zero. A text that may be two people's is
/// nobody's.
fn in_region(digits: &str, region: Region) -> Read {
    let found = of_region(digits, region)?;
    if is_anothers(digits, &found) || is_mobile_behind_code(digits, &found, region) {
        return Err(Unreadable::Ambiguous);
    }
    if is_valid(&found) {
        return Ok(found);
    }
    if is_never_american(&found) {
        return Err(Unreadable::NotInRegion);
    }
    // What nobody is assigned is a number only if it is written as one of the plan.
    is_whole(digits, &found, region)?;
    match lost_a_zero(digits, &found) || has_zero_too_many(digits, &found, region) {
        true => Err(Unreadable::Ambiguous),
        false => Ok(found),
    }
}

/// Whether it would be a number of North America whose area or exchange begins with 0 or 1, which none does.
fn is_never_american((_, phone): &(PhoneNumber, Phone)) -> bool {
    let digits = phone.digits().to_string();
    let national = digits.strip_prefix('1').filter(|rest| rest.len() == 10);
    national.is_some_and(|national| {
        let begins = |at: usize| matches!(national.as_bytes().get(at), Some(b'0' | b'1'));
        begins(0) || begins(3)
    })
}

/// Whether the digits may as well be somebody's in another country: they begin with the exit code of another region, or
/// they are no assigned number here, as they are written, and may be one there. A number that lost its plus looks like
/// that.
fn is_anothers(digits: &str, found: &(PhoneNumber, Phone)) -> bool {
    let is_own = is_valid(found) && ends_with(digits, found);
    let exits: &[&str] = match is_own {
        true => &["00"],
        false => &["00", "", "011", "0011", "810"],
    };
    let mut worlds = exits
        .iter()
        .filter_map(|exit| behind_exit(digits, exit, found));
    worlds.any(|world| is_valid(&world) || !is_valid(found))
}

/// Whether what is nobody's number here would be somebody's behind a `00` that lost a zero, or behind the exit code of
/// a few regions, by which many national numbers begin elsewhere.
fn lost_a_zero(digits: &str, found: &(PhoneNumber, Phone)) -> bool {
    let exits = ["0", "001", "009", "010", "119"].iter();
    let mut worlds = exits.filter_map(|exit| behind_exit(digits, exit, found));
    worlds.any(|world| is_valid(&world))
}

/// Another number than the one found, in any country, if the exit code stands before it.
fn behind_exit(
    digits: &str,
    exit: &str,
    found: &(PhoneNumber, Phone),
) -> Option<(PhoneNumber, Phone)> {
    let world = digits
        .strip_prefix(exit)
        .filter(|rest| !rest.starts_with('0'))?;
    let world = with_plus(&e164(world)).ok()?;
    differ(&world, found).then_some(world)
}

/// Whether what is nobody's number would be somebody's here without its first zero: one too many was written before
/// it, which looks like an exit code then. Long lines do not count: some plans have one for nearly all digits.
fn has_zero_too_many(digits: &str, found: &(PhoneNumber, Phone), region: Region) -> bool {
    digits.strip_prefix("00").is_some_and(|less| {
        national(less, region).is_ok_and(|less| {
            let is_line = PHONE_NUMBER_UTIL.get_number_type(&less.0) == PhoneNumberType::FixedLine;
            let is_usual = !is_line || behind_code(&less.1).len() <= LINE;
            is_valid(&less) && is_usual && differ(&less, found)
        })
    })
}

/// Lines have at most so many digits behind their calling code, with few exceptions.
const LINE: usize = 10;

/// Whether the digits are a mobile phone of the region behind a zero and the calling code (`049 151 …`), which lost one
/// zero, and are no less one of the region with its trunk zero.
fn is_mobile_behind_code(digits: &str, found: &(PhoneNumber, Phone), region: Region) -> bool {
    let coded = digits
        .strip_prefix('0')
        .filter(|coded| begins_with_code(coded, region));
    let coded = coded.and_then(|coded| with_plus(&e164(coded)).ok());
    coded.is_some_and(|coded| {
        PHONE_NUMBER_UTIL.get_number_type(&coded.0) == PhoneNumberType::Mobile
            && differ(&coded, found)
    })
}

/// Whether the national digits of a number are at the end of those that were written, with no more before them than a
/// trunk code. Those of a plan that moved are others.
fn ends_with(digits: &str, (_, phone): &(PhoneNumber, Phone)) -> bool {
    digits
        .strip_suffix(behind_code(phone).as_str())
        .is_some_and(|before| before.is_empty() || before.starts_with('0') || before == "8")
}

/// The digits behind the calling code.
fn behind_code(phone: &Phone) -> Zeroizing<String> {
    let mut digits = Zeroizing::new(phone.digits().to_string());
    let code = calling_code(phone.digits()).to_string();
    if digits.starts_with(&code) {
        digits.drain(..code.len());
    }
    digits
}

/// As the region's own people write it, or with its calling code.
fn of_region(digits: &str, region: Region) -> Read {
    let national = national(digits, region);
    if !begins_with_code(digits, region) {
        return national;
    }
    let coded = with_plus(&e164(digits));
    match (national, coded) {
        (Ok(national), Ok(coded)) if differ(&national, &coded) && is_valid(&coded) => {
            Err(Unreadable::Ambiguous)
        }
        (Err(_), coded) => coded.map_err(|_| match digits.len() {
            ..SHORT => Unreadable::TooShort,
            _ => Unreadable::NotInRegion,
        }),
        (national, _) => national,
    }
}

/// A number of a format whose digits are international ones. Still a national number counts as one if it is valid and
/// no other country assigns the digits; but digits that begin with the calling code of their own region are what the
/// format says.
fn in_region_or_abroad(digits: &str, region: Region) -> Read {
    let world = as_it_stands(digits);
    let own = begins_with_code(digits, region);
    if own && world.as_ref().is_ok_and(is_valid) {
        return world;
    }
    // Ten digits are usual in North America only. Elsewhere they may be a number of the world too, though also one of
    // calling code 1.
    let american = region.calling_code() == Some(1);
    let as_written = with_plus(&e164(digits)).ok().filter(|_| !american);
    let world = match as_written.filter(is_valid) {
        Some(valid) if world.is_err() => {
            return match in_region(digits, region) {
                Ok(home) if !differ(&home, &valid) => Ok(home),
                Ok(_) => Err(Unreadable::Ambiguous),
                Err(why) => Err(why),
            };
        }
        _ => world,
    };
    match (in_region(digits, region), world) {
        (Ok(home), Ok(world)) if differ(&home, &world) && is_valid(&home) && is_valid(&world) => {
            Err(Unreadable::Ambiguous)
        }
        (Ok(home), Ok(world)) if is_valid(&home) || !(own || is_valid(&world)) => Ok(home),
        (_, Ok(world)) => Ok(world),
        (home, Err(_)) => home,
    }
}

/// Digits as if a plus stood before them. Ten digits may as well be a number of calling code 1.
fn as_it_stands(digits: &str) -> Read {
    let ten = digits.len() == 10;
    if ten && canonical(&e164(&one(digits))).is_ok_and(|other| is_valid(&other)) {
        return Err(Unreadable::NeedsRegion);
    }
    with_plus(&e164(digits)).map_err(|_| needs_region(digits))
}

/// The region's own way to read a number without a plus, with its trunk and exit codes.
fn national(digits: &str, region: Region) -> Read {
    let number = PHONE_NUMBER_UTIL.parse(digits, Some(region.code()));
    let number = number.map_err(|_| match digits.len() {
        ..SHORT => Unreadable::TooShort,
        _ => Unreadable::NotInRegion,
    })?;
    let found = Zeroizing::new(e164_digits(&number).ok_or(Unreadable::TooLong)?.to_string());
    if let Some(new) = new_form(&found) {
        return canonical(&e164(&new));
    }
    possible(&number).map_err(|why| match why {
        Unreadable::TooShort => why,
        _ => Unreadable::NotInRegion,
    })?;
    // The same digits with a plus are the same number: one rule says which zero is needless.
    let read = as_written(&e164(&found)).map_err(|_| Unreadable::NotInRegion)?;
    // Two zeros are an exit code here, or nothing.
    if digits.starts_with("00") && found.len() == length(&read) + 2 {
        return Err(Unreadable::NotInRegion);
    }
    // So few digits may be a short code.
    match digits.len() >= SHORT || is_valid(&read) {
        true => Ok(read),
        false => Err(Unreadable::TooShort),
    }
}

/// Fails if the digits begin with an exit code that the region does not have, or lack their area code, as people leave
/// it out who write to somebody in the same town. Those are fewer than the digits of a mobile phone, which has no area
/// code to leave out.
fn is_whole(
    digits: &str,
    (number, phone): &(PhoneNumber, Phone),
    region: Region,
) -> Result<(), Unreadable> {
    if let Some(abroad) = digits.strip_prefix("00") {
        let all = Zeroizing::new(phone.digits().to_string());
        return match abroad == all.as_str() {
            true => Ok(()),
            false => Err(Unreadable::NotInRegion),
        };
    }
    if behind_code(phone).as_str() != digits {
        return Ok(());
    }
    let mobile =
        PHONE_NUMBER_UTIL.is_possible_number_for_type_with_reason(number, PhoneNumberType::Mobile);
    let is_short = matches!(
        mobile,
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort)
    );
    let mut local = LOCAL_MOBILE.iter();
    let is_local = local.any(|(of, prefix)| *of == region.code() && digits.starts_with(prefix));
    match is_short || is_local {
        true => Err(Unreadable::TooShort),
        false => Ok(()),
    }
}

/// What stands in the place of the area code where a mobile phone is called from the same town.
const LOCAL_MOBILE: [(rlibphonenumber::Region, &str); 1] = [(rlibphonenumber::Region::AR, "15")];

/// Fewer digits than these may be a short code.
const SHORT: usize = 7;

fn needs_region(digits: &str) -> Unreadable {
    match digits.len() {
        ..SHORT => Unreadable::TooShort,
        16.. => Unreadable::TooLong,
        _ => Unreadable::NeedsRegion,
    }
}

fn begins_with_code(digits: &str, region: Region) -> bool {
    let code = region.calling_code();
    code.is_some_and(|code| digits.starts_with(&code.to_string()))
}

fn length((_, phone): &(PhoneNumber, Phone)) -> usize {
    phone.e164().len() - 1
}

fn differ((_, one): &(PhoneNumber, Phone), (_, other): &(PhoneNumber, Phone)) -> bool {
    one.digits() != other.digits()
}

fn is_valid((number, _): &(PhoneNumber, Phone)) -> bool {
    is_valid_number(number)
}

fn is_valid_number(number: &PhoneNumber) -> bool {
    state_of(number) == NumberState::Valid
}

const ARGENTINA: &str = "54";

fn e164(digits: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("+{digits}"))
}

/// The digits behind calling code 1.
fn one(digits: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("1{digits}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vault::plaintext::canonical::e164_digits;
    use rlibphonenumber::PhoneNumber;

    fn parse(text: &str, region: &str) -> Result<(u64, NumberState), Unreadable> {
        let parsed = Phone::parse_raw(RawNumber::new(text), region.parse().ok())?;
        Ok((parsed.phone.digits(), parsed.state))
    }

    fn digits(text: &str, region: &str) -> Result<u64, Unreadable> {
        parse(text, region).map(|found| found.0)
    }

    /// `\t`, `\xad` and `\u200b` as the characters they stand for.
    fn unescaped(text: &str) -> String {
        let mut plain = String::new();
        let mut parts = text.split('\\');
        plain += parts.next().unwrap();
        for part in parts {
            let (code, rest) = match &part[..1] {
                "t" => ("09", &part[1..]),
                "x" => part[1..].split_at(2),
                "u" => part[1..].split_at(4),
                other => panic!("\\{other}"),
            };
            plain.extend(char::from_u32(u32::from_str_radix(code, 16).unwrap()));
            plain += rest;
        }
        plain
    }

    #[test]
    fn spellings_that_people_report_are_read() {
        let cases = include_str!("../../../tests/cases/lookups.tsv");
        let mut count = 0;
        for line in cases.lines().skip(1) {
            let [in_vault, spelling, region, expected, _strict] =
                line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let known = digits(in_vault, "").unwrap();
            let state = match digits(&unescaped(spelling), region) {
                Ok(asked) if asked == known => "exposed",
                Ok(_) => "not_exposed",
                Err(_) => "unreadable",
            };
            assert!(
                expected.split('|').any(|one| one == state),
                "{line}: {state}"
            );
            count += 1;
        }
        assert_eq!(count, 45);
    }

    /// A cell of a row.
    fn in_row(text: &str, declared: &str, country: &str) -> Result<u64, Unreadable> {
        let number = RawNumber::new(text);
        let phone = Phone::accept_raw(number, declared.parse().ok(), country.parse().ok())?;
        Ok(phone.digits())
    }

    /// A cell of a row of a format with international digits.
    fn abroad(text: &str, declared: &str, country: &str) -> Result<u64, Unreadable> {
        let number = RawNumber::of_international(text, true);
        let phone = Phone::accept_raw(number, declared.parse().ok(), country.parse().ok())?;
        Ok(phone.digits())
    }

    #[test]
    fn e164_comes_out_unchanged_with_its_state() {
        use NumberState::{Possible, Valid};
        for (text, digits, state) in [
            ("+12025550142", 12_025_550_142, Valid),
            ("+61491570156", 61_491_570_156, Valid),
            ("+447700900123", 447_700_900_123, Possible),
            ("+441632960123", 441_632_960_123, Possible),
        ] {
            assert_eq!(parse(text, ""), Ok((digits, state)));
            assert_eq!(parse(text, "DE"), Ok((digits, state)));
        }
    }

    #[test]
    fn e164_that_is_no_number_says_why() {
        use Unreadable::{NotAssigned, TooLong, TooShort};
        for (text, why) in [
            ("+44123", TooShort),
            ("+12345", TooShort),
            ("+120255501", TooShort),
            ("+99912345678", NotAssigned),
            ("+12025550142001", TooLong),
            ("+12025550142001234", TooLong),
            ("+0012025550142", NotAssigned),
            ("+112025550142", NotAssigned),
            ("+789123456789", NotAssigned),
        ] {
            assert_eq!(parse(text, ""), Err(why), "{text}");
        }
    }

    #[test]
    fn a_trunk_zero_behind_the_calling_code_is_left_out() {
        for (text, number) in [
            ("+4407700900123", 447_700_900_123),
            ("+44 07700 900123", 447_700_900_123),
            ("+44 (0)7700 900123", 447_700_900_123),
            ("+44 [0]7700 900123", 447_700_900_123),
            ("+49 (0) 30 123456", 4_930_123_456),
            ("+49030123456", 4_930_123_456),
            ("+39 06 1234567", 39_061_234_567),
            ("+39 (0)6 1234567", 39_061_234_567),
            ("+352 (0)621 123 456", 352_621_123_456),
            ("+57 0 321 123 4567", 573_211_234_567),
            ("+5703211234567", 573_211_234_567),
            ("+1 (0)202 555 0142", 12_025_550_142),
        ] {
            assert_eq!(digits(text, ""), Ok(number), "{text}");
        }
    }

    #[test]
    fn without_a_plus_the_declared_region_says_which_number_it_is() {
        for (text, region, number) in [
            ("07700900123", "GB", 447_700_900_123),
            ("07700 900123", "GB", 447_700_900_123),
            ("447700900123", "GB", 447_700_900_123),
            ("4407700900123", "GB", 447_700_900_123),
            ("0044 7700 900123", "GB", 447_700_900_123),
            ("0044 7700 900123", "DE", 447_700_900_123),
            ("011 44 7700 900123", "US", 447_700_900_123),
            ("2025550142", "US", 12_025_550_142),
            ("2025550142", "CA", 12_025_550_142),
            ("(202) 555-0142", "US", 12_025_550_142),
            ("1 (202) 555-0142", "US", 12_025_550_142),
            ("0491570156", "AU", 61_491_570_156),
            ("030/123456", "DE", 4_930_123_456),
            ("044 55 1234 5670", "MX", 525_512_345_670),
            ("01 55 1234 5670", "MX", 525_512_345_670),
            ("5215512345670", "MX", 525_512_345_670),
            ("0120 123 4567", "VN", 84_701_234_567),
            ("07 12 34 56", "CI", 2_250_707_123_456),
            ("0320000000", "IT", 39_320_000_000),
            ("+390320000000", "IT", 39_320_000_000),
            ("201234", "FO", 298_201_234),
            ("7700900123", "GB", 447_700_900_123),
            ("0800 1111", "GB", 448_001_111),
            ("30123456", "DE", 4_930_123_456),
            ("030 123456.0", "DE", 4_930_123_456),
            ("030-123456,0", "DE", 4_930_123_456),
        ] {
            assert_eq!(digits(text, region), Ok(number), "{text} {region}");
        }
    }

    #[test]
    fn without_a_plus_no_number_is_read_in_a_country_that_nobody_named() {
        use Unreadable::{Ambiguous, NeedsRegion, NotInRegion, TooLong, TooShort};
        for (text, region, why) in [
            ("447700900123", "", NeedsRegion),
            ("07700900123", "", NeedsRegion),
            ("2025550142", "", NeedsRegion),
            ("6465550143", "", NeedsRegion),
            ("(202) 555-0142", "", NeedsRegion),
            ("0012065550170", "", NeedsRegion),
            ("12065550170.0", "", NeedsRegion),
            ("5550142", "", NeedsRegion),
            ("12345", "", TooShort),
            ("911", "", TooShort),
            ("1202555014200000", "", TooLong),
            ("447700900123", "US", NotInRegion),
            ("5512345670123", "US", NotInRegion),
            ("4915112345678", "DE", Ambiguous),
            ("4915112345678", "JP", Ambiguous),
            ("12065550170", "DE", Ambiguous),
            ("12065550170", "IT", Ambiguous),
            ("8613812345678", "IN", Ambiguous),
            ("0061412345678", "AU", Ambiguous),
            ("0012065550170", "JP", Ambiguous),
            ("008613812345678", "SG", Ambiguous),
            ("0033612345678", "SG", Ambiguous),
            ("+39 (0)312 345 6789", "", Ambiguous),
            ("555-0142", "US", TooShort),
            ("911", "US", TooShort),
            ("12345", "DE", TooShort),
            ("12345", "US", TooShort),
            // Read as +49000000, which as E.164 loses a zero and is too short then.
            ("0000000", "DE", NotInRegion),
            // Numbers within a town.
            ("1234567", "DE", TooShort),
            ("237 8914", "GB", TooShort),
            ("1234 1755", "AU", TooShort),
            ("23408046", "BR", TooShort),
            ("3457818", "TR", TooShort),
            ("1863600", "NL", TooShort),
            ("12716977", "JP", TooShort),
            ("15 2345-6780", "AR", TooShort),
            // A number of New Jersey, and one of Mexico as it was called from abroad, without their plus.
            ("15512345670", "MX", Ambiguous),
            ("1 323 555 0143", "MX", Ambiguous),
            // Nobody's there, and in a plan of another country.
            ("447700900170", "AU", Ambiguous),
            ("44 7700 900170", "JP", Ambiguous),
            ("441632960123", "AT", Ambiguous),
            // No exit code of the region.
            ("00124744852", "ID", NotInRegion),
            ("009012354249", "JP", NotInRegion),
        ] {
            assert_eq!(digits(text, region), Err(why), "{text} {region}");
        }
    }

    #[test]
    fn a_number_from_abroad_that_lost_a_zero_is_ambiguous() {
        for (text, region) in [
            ("049 151 12340077", "DE"),
            ("0 49 151 12340077", "DE"),
            ("0971 50 123 4577", "AE"),
            ("081 90 1234 0077", "JP"),
            ("061 412 340 077", "AU"),
            ("0919876540077", "IN"),
            ("0491711234077", "AU"),
            ("0436641234077", "JP"),
            ("010 43664123983", "AT"),
            ("001 3558001518", "AL"),
            ("009 244923188644", "AO"),
            ("119 4930125039", "DE"),
        ] {
            assert_eq!(
                digits(text, region),
                Err(Unreadable::Ambiguous),
                "{text} {region}"
            );
            let row = in_row(text, "", region);
            assert_eq!(row, Err(Unreadable::Ambiguous), "{text} {region}");
        }
        // What the plan assigns, and no mobile phone behind the calling code.
        for (text, region, number) in [
            ("0491 5112340", "DE", 494_915_112_340),
            ("04941 123456", "DE", 494_941_123_456),
            ("081 234 567", "ID", 6_281_234_567),
        ] {
            assert_eq!(digits(text, region), Ok(number), "{text} {region}");
        }
    }

    #[test]
    fn a_doubled_trunk_zero_is_one_or_two_peoples() {
        for (text, region) in [
            ("00151 12340077", "DE"),
            ("00672123427", "AL"),
            ("00900289117", "AE"),
        ] {
            assert_eq!(
                digits(text, region),
                Err(Unreadable::Ambiguous),
                "{text} {region}"
            );
        }
        for (text, region, number) in [
            ("+6200812345596", "", 62_812_345_596),
            ("6200812345596", "ID", 62_812_345_596),
            ("+81 0090 1234 0077", "", 819_012_340_077),
        ] {
            assert_eq!(digits(text, region), Ok(number), "{text} {region}");
        }
    }

    #[test]
    fn a_last_group_that_may_not_belong_to_the_number_is_read_if_one_reading_is_valid() {
        for (text, read) in [
            ("+46.70.12.34.61.0", Ok(46_701_234_610)),
            ("+49.30.1234567.0", Err(Unreadable::Ambiguous)),
            ("+49.30.12.34.56.7.0", Err(Unreadable::Ambiguous)),
            ("+1.206.555.0170.0", Ok(12_065_550_170)),
            ("+503 800 1367 - 1367", Err(Unreadable::Ambiguous)),
            ("+503 800 1367 1367", Err(Unreadable::Ambiguous)),
            ("+376 325 626 626", Err(Unreadable::Ambiguous)),
            ("+1 206 555 5555", Ok(12_065_555_555)),
        ] {
            assert_eq!(digits(text, ""), read, "{text}");
        }
    }

    #[test]
    fn no_number_of_north_america_has_an_area_or_an_exchange_with_zero_or_one_before() {
        for text in [
            "0612345679",
            "0301234567",
            "1303555012",
            "2021550142",
            "(061) 234-5679",
        ] {
            assert!(digits(text, "US").is_err(), "{text}");
            assert!(in_row(text, "", "US").is_err(), "{text}");
        }
        assert_eq!(digits("2025550142", "US"), Ok(12_025_550_142));
        assert_eq!(digits("12025550142", "CA"), Ok(12_025_550_142));
    }

    #[test]
    fn a_cross_in_the_place_of_a_digit_divides_no_extension_from_a_number() {
        use Unreadable::{Ambiguous, Masked, NeedsRegion};
        for (text, region, why) in [
            ("+376180015X7", "", Ambiguous),
            ("+376180015#7", "", Ambiguous),
            ("+49 30 123456x12", "", Ambiguous),
            ("+4479112X4567", "", Masked),
            ("+4479112x4567#", "", Masked),
            ("+4479112#4567", "", Masked),
            ("+447911,,4567", "", Masked),
            ("+44 7911 X23456", "", Masked),
            ("+49 171 234 x567", "", Masked),
            ("+49171234x567", "", Masked),
            ("+49 1512 3456-x-7", "", Masked),
            ("+43664123x4567", "", Masked),
            ("+1 202 555 x147", "", Masked),
            ("20255501x7", "US", Masked),
            ("07911 12x456", "GB", Masked),
            ("0171 234x5678", "DE", Masked),
            ("2025550147x5", "", NeedsRegion),
            ("49151123456x8", "DE", Ambiguous),
            ("49170123456x8", "DE", Ambiguous),
            ("+4915112\u{2014}78", "", Masked),
            ("+44791112\u{2014}456", "", Masked),
            ("+4420794601\u{2014}3", "", Masked),
        ] {
            assert_eq!(digits(text, region), Err(why), "{text} {region}");
            assert_eq!(in_row(text, "", region), Err(why), "{text} {region}");
        }
        for (text, region, number) in [
            ("+1 202 555 0147 x5", "", 12_025_550_147),
            ("+1 202 555 0147x5", "", 12_025_550_147),
            ("+1 202 555 0147x 5", "", 12_025_550_147),
            ("2025550147x5", "US", 12_025_550_147),
            ("2025550147#5", "US", 12_025_550_147),
            ("+1 202 555 0147 #12", "", 12_025_550_147),
            ("+12025550147,,12#", "", 12_025_550_147),
            ("+1 202 555 0147 - 503#", "", 12_025_550_147),
            ("+44 7700 900123 x5", "", 447_700_900_123),
            ("+44 7700 900123x12", "", 447_700_900_123),
            ("07700 900123 x12", "GB", 447_700_900_123),
            ("+49 30 123456 x12", "", 4_930_123_456),
            ("+4930123456,,12", "", 4_930_123_456),
            ("+44 20\u{2014}7946\u{2014}0958", "", 442_079_460_958),
            ("+49 1512 3456789x5", "", 4_915_123_456_789),
            ("+376 180 015 x7", "", 376_180_015),
            ("+376180015 ext. 7", "", 376_180_015),
            ("+376180015;ext=7", "", 376_180_015),
            ("+376180015ext7", "", 376_180_015),
        ] {
            assert_eq!(digits(text, region), Ok(number), "{text} {region}");
        }
    }

    #[test]
    fn trunk_codes_of_other_digits_are_left_out_where_they_stand_alone() {
        for (text, number) in [
            ("+375 (8) 29 123 45 67", 375_291_234_567),
            ("+7 (8) 912 345 67 89", 79_123_456_789),
            ("+54 (0)11 15 2345-6780", 5_491_123_456_780),
            ("+54 11 15 2345-6780", 5_491_123_456_780),
            ("tel:0301234567;phone-context=+49", 49_301_234_567),
            ("tel:12065550170;phone-context=+1", 12_065_550_170),
            ("tel:89123456789;phone-context=+7", 79_123_456_789),
        ] {
            assert_eq!(digits(text, ""), Ok(number), "{text}");
        }
    }

    #[test]
    fn a_row_without_a_declared_region_is_read_in_its_country() {
        assert_eq!(in_row("6465550142", "", "US"), Ok(16_465_550_142));
        assert_eq!(in_row("13123456780", "", "CN"), Ok(8_613_123_456_780));
        assert_eq!(in_row("8613123456780", "", "CN"), Ok(8_613_123_456_780));
        assert_eq!(in_row("6465550142", "", ""), Err(Unreadable::NeedsRegion));
        assert_eq!(in_row("+447700900123", "", "US"), Ok(447_700_900_123));
        // A country without a plan of its own is none.
        assert_eq!(in_row("6465550142", "", "AQ"), Err(Unreadable::NeedsRegion));
    }

    #[test]
    fn a_number_without_a_plus_is_of_the_calling_code_of_its_row() {
        for (text, declared, country) in [
            ("4795550143", "US", "NO"),
            ("6592345678", "US", "SG"),
            ("0044 7700 900123", "DE", "DE"),
        ] {
            let found = in_row(text, declared, country);
            assert_eq!(found, Err(Unreadable::OtherCountry), "{text}");
        }
        for (text, declared, country, number) in [
            ("2045550142", "US", "CA", 12_045_550_142),
            ("7875550142", "US", "PR", 17_875_550_142),
            ("07700900123", "GB", "JE", 447_700_900_123),
            ("87010000000", "KZ", "RU", 77_010_000_000),
            ("+447700900123", "US", "DE", 447_700_900_123),
        ] {
            assert_eq!(in_row(text, declared, country), Ok(number), "{text}");
        }
    }

    #[test]
    fn documented_international_digits_stand_for_themselves() {
        for (text, declared, country, number) in [
            ("447700900123", "", "", 447_700_900_123),
            ("447700900123", "US", "", 447_700_900_123),
            ("12025550142", "", "", 12_025_550_142),
            ("4915112345678", "", "DE", 4_915_112_345_678),
            ("491701234567", "DE", "", 491_701_234_567),
            ("4520123456", "", "", 4_520_123_456),
            ("6465550198", "US", "", 16_465_550_198),
            ("2065550198", "", "US", 12_065_550_198),
            ("5215512345670", "", "", 525_512_345_670),
            ("+447700900123", "", "US", 447_700_900_123),
            // No plan of calling code 1 has these, whether or not their own assigns them.
            ("4712345678", "", "", 4_712_345_678),
            ("8521234567", "", "", 8_521_234_567),
        ] {
            assert_eq!(abroad(text, declared, country), Ok(number), "{text}");
        }
        for text in [
            "6465550198",
            "3235550198",
            "2065550198",
            "07700900123",
            "0012025550142",
        ] {
            assert_eq!(abroad(text, "", ""), Err(Unreadable::NeedsRegion), "{text}");
        }
        // Valid in the region and as they stand; ten digits are no exception outside North America.
        for (text, region) in [
            ("442079460958", "DE"),
            ("33612345678", "DE"),
            ("3612345981", "DE"),
            ("2203013981", "CN"),
            ("2672403981", "IN"),
        ] {
            let read = abroad(text, region, "");
            assert_eq!(read, Err(Unreadable::Ambiguous), "{text} {region}");
        }
        let other = abroad("447700900123", "", "FR");
        assert_eq!(other, Err(Unreadable::OtherCountry));
    }

    #[test]
    fn numbers_of_plans_that_moved_are_their_new_numbers() {
        for text in [
            "+5215512345670",
            "+52 1 55 1234 5670",
            "+52 044 55 1234 5670",
            "+525512345670",
        ] {
            assert_eq!(digits(text, ""), Ok(525_512_345_670), "{text}");
        }
        assert_eq!(digits("+84 0120 123 4567", ""), Ok(84_701_234_567));
        assert_eq!(digits("+22997123456", ""), Ok(2_290_197_123_456));
        assert_eq!(digits("+84 511 312 3456", ""), Ok(842_363_123_456));
        assert_eq!(digits("0511 312 3456", "VN"), Ok(842_363_123_456));
        assert_eq!(digits("+386 49 123 456", ""), Ok(38_349_123_456));
        // A line and a mobile phone of Argentina may be two people's.
        assert_eq!(digits("+54 11 2345-6780", ""), Ok(541_123_456_780));
        assert_eq!(digits("+54 9 11 2345-6780", ""), Ok(5_491_123_456_780));
    }

    #[test]
    fn leading_zeros_of_a_national_number_are_kept() {
        let number = PhoneNumber {
            country_code: 39,
            national_number: 1,
            italian_leading_zero: Some(true),
            number_of_leading_zeros: Some(6),
            ..PhoneNumber::default()
        };
        assert_eq!(e164_digits(&number), Some(390_000_001));
    }

    #[test]
    fn a_number_in_the_clear_is_its_e164() {
        let parsed = Phone::parse(&RawText::new("+1 202 555 0142".to_owned()), None)
            .ok()
            .unwrap();
        assert_eq!(parsed.phone.e164().as_str(), "+12025550142");
        let back = Phone::from_exposed_digits(parsed.phone.expose_digits());
        assert_eq!(back.digits(), 12_025_550_142);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn canonical_text_is_unchanged_or_refused(text in r"\+[1-9][0-9]{6,14}", region in "|US|GB|DE|IT") {
            let moved = new_form(&text[1..]).is_some()
                || without_trunk_zero(&text).is_some()
                || canonical(&text).is_ok_and(|read| without_needless_zero(&text, &read).is_some());
            if let Ok((digits, _)) = parse(&text, &region) && !moved {
                prop_assert_eq!(format!("+{digits}"), text);
            }
        }

        #[test]
        fn what_was_accepted_is_accepted_again(
            text in r"[+]?[0-9 ().-]{0,20}",
            region in "|US|GB|DE|IT|SM|MX|AR|BR|CI|VN|AU|JP|KZ|BJ",
        ) {
            if let Ok((digits, state)) = parse(&text, &region) {
                prop_assert_eq!(parse(&format!("+{digits}"), &region), Ok((digits, state)));
            }
        }

        #[test]
        fn accepting_is_parsing_without_the_state(text in r"[+]?[0-9 ()-]{0,18}", region in "|US|GB|DE|IT") {
            let region = region.parse().ok();
            let accepted = Phone::accept_raw(RawNumber::new(&text), region, None).map(|phone| phone.digits());
            let parsed = Phone::parse_raw(RawNumber::new(&text), region);
            prop_assert_eq!(accepted, parsed.map(|parsed| parsed.phone.digits()));
        }

        #[test]
        fn parsing_never_panics(text in r"\PC*|[+0-9xX*#eE., ()-]{0,40}", region in "|US|GB|DE|IT") {
            let _ = parse(&text, &region);
        }
    }
}
