//! A column that is not read and looks like the country of each row: without it, numbers of several countries may be
//! read as those of one.

use std::collections::BTreeSet;

use super::usual_names::{by_name, is_of_the_sender, letters};
use crate::domain::country_code::calling_code_of;
use crate::domain::invisible::cleaned;
use crate::domain::{Field, country};
use crate::ingest::column_name::fold;
use crate::ingest::json::path::last;
use crate::ingest::rows::country::{Digits, Said};
use crate::ingest::rows::nothing::says_nothing;

/// Counts of what the cells of a column look like.
#[derive(Default)]
pub(in crate::ingest) struct CountryLook {
    cells: u32,
    countries: u32,
    /// Of these, the ones in two letters.
    two_letters: u32,
    first: Option<&'static str>,
    /// There is more than one country.
    several: bool,
    /// Cells that say a country in more words or with a plus: `UK Mobile`, `+44`; and the calling codes of those.
    placed: u32,
    places: BTreeSet<u16>,
    /// Words for what became of a message.
    deliveries: u32,
    /// What digits are as codes that are, by the name of the column, calling codes, numeric ones, or those of networks.
    calling: CodeLook,
    numeric: CodeLook,
    mobile: CodeLook,
    /// As codes of whatever kind, if no name says it.
    either: CodeLook,
    /// Of these, numeric ones that are no calling codes.
    only_numeric: u32,
    /// Digits of the length of a mobile network's code, alone or with that of its country.
    networks: u32,
}

/// Counts of codes of one kind.
#[derive(Default)]
struct CodeLook {
    known: u32,
    /// Their calling codes.
    called: BTreeSet<u16>,
}

impl CodeLook {
    fn see(&mut self, said: Said) {
        self.known += u32::from(said != Said::Unknown);
        self.called.extend(said.calling_code());
    }
}

/// What is known of a column that is not read, and that has the country of each row or may have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Standing {
    /// Its name and its cells say it. By the words that it is in: of two columns the first kind is read.
    Sure(Wording),
    /// Its name or its cells say it.
    Doubt,
}

/// How a column says its countries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Wording {
    Names,
    Numeric,
    Calling,
    Mobile,
    /// By its name alone: the first cells are blank.
    Blank,
}

impl CountryLook {
    /// Counts a cell.
    pub(in crate::ingest) fn see(&mut self, cell: &str) {
        let cell = &cleaned(cell);
        if cell.is_empty() || says_nothing(Field::Country, cell) {
            return;
        }
        self.cells += 1;
        let lower = cell.to_lowercase();
        self.deliveries += u32::from(DELIVERIES.contains(&lower.as_str()));
        if let Some(known) = country::alpha2(cell) {
            self.countries += 1;
            self.two_letters += u32::from(cell.len() == 2);
            self.several |= self.first.is_some_and(|first| first != known);
            self.first = Some(known);
            self.places.extend(calling_code_of(known));
            return;
        }
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        let in_more_words = match digits {
            // Not asked of a column of other words any more.
            0 if self.cells > FIRST_CELLS && self.countries + self.placed < self.cells / 2 => {
                Said::Unknown
            }
            0 => zone(cell).map_or(Said::Unknown, Said::Country),
            1..=LONGEST_CODE if cell.len() <= LONGEST_CELL => match self.see_code(cell) {
                Said::Unknown => zone(cell).map_or(Said::Unknown, Said::Country),
                said => said,
            },
            _ => Said::Unknown,
        };
        self.placed += u32::from(in_more_words != Said::Unknown);
        self.places.extend(in_more_words.calling_code());
    }

    /// Counts a cell with a code in it. Gives what it says where a plus or a name is beside the code.
    fn see_code(&mut self, cell: &str) -> Said {
        let either = Said::of(cell, Digits::Either);
        let numeric = Said::of(cell, Digits::Numeric);
        self.either.see(either);
        self.numeric.see(numeric);
        self.calling.see(Said::of(cell, Digits::Calling));
        self.mobile.see(Said::of(cell, Digits::Mobile));
        let digits = cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_digit());
        let length = cell.strip_suffix(".0").unwrap_or(cell).len();
        let bare = cell
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
        self.networks += u32::from(bare && matches!(length, 3 | 5..=7));
        self.only_numeric += u32::from(digits && either != Said::Unknown && either == numeric);
        match bare {
            true => Said::Unknown,
            false => either,
        }
    }

    /// The kind of code that digits of a column of this name are.
    pub(in crate::ingest) fn digits(&self, name: &str) -> Digits {
        match digits_by_name(name) {
            // `country_code` with 310 and 234 in it has codes of mobile networks.
            Some(Digits::Calling) if self.calling.known < self.mobile.known => Digits::Mobile,
            Some(said) => said,
            None if self.only_numeric > 0 => Digits::Unsure,
            None => Digits::Either,
        }
    }

    /// The calling code of what a cell of the column of this name says.
    pub(in crate::ingest) fn said(&self, name: &str, cell: &str) -> Option<u16> {
        let cell = &cleaned(cell);
        if cell.is_empty() || says_nothing(Field::Country, cell) {
            return None;
        }
        let digits = match self.digits(name) {
            Digits::Either if LOOSE.contains(&last_letters(name).as_str()) => Digits::Calling,
            digits => digits,
        };
        let said = match Said::of(cell, digits) {
            Said::Unknown => zone(cell).map_or(Said::Unknown, Said::Country),
            said => said,
        };
        said.calling_code()
    }

    fn codes(&self, digits: Digits) -> &CodeLook {
        match digits {
            Digits::Either | Digits::Unsure => &self.either,
            Digits::Numeric => &self.numeric,
            Digits::Calling => &self.calling,
            Digits::Mobile => &self.mobile,
        }
    }

    /// Whether a column of this name that is not read says the country of each row. `own` is the calling code of the
    /// country that numbers without a plus are to be read as of: a column whose codes are all of it says nothing else.
    pub(in crate::ingest) fn standing(&self, name: &str, own: Option<u16>) -> Option<Standing> {
        if let Some(wording) = self.wording(name) {
            return Some(Standing::Sure(wording));
        }
        self.is_doubt(name, own).then_some(Standing::Doubt)
    }

    /// Whether numbers of other countries than the declared one may be in its rows, if it is not read.
    pub(in crate::ingest) fn is_doubt(&self, name: &str, own: Option<u16>) -> bool {
        self.may_be_country(name) || self.has_other_codes(name, own)
    }

    /// How it says the countries, if its name and its cells leave no doubt that it does. What is blank so far may say
    /// it later. Codes of networks need not be known.
    fn wording(&self, name: &str) -> Option<Wording> {
        let digits = self.digits(name);
        let known = match digits {
            Digits::Mobile => self.networks.max(self.mobile.known),
            digits => self.codes(digits).known,
        };
        if self.cells > 0 && !self.nearly_all(self.countries + known) {
            return None;
        }
        let last = last_letters(name);
        let wording = match digits {
            _ if says_country(name) => Wording::Names,
            Digits::Numeric => Wording::Numeric,
            Digits::Calling if !VAGUE.contains(&last.as_str()) => Wording::Calling,
            Digits::Mobile => Wording::Mobile,
            _ => return None,
        };
        Some(if self.cells == 0 {
            Wording::Blank
        } else {
            wording
        })
    }

    /// Whether a column of this name has codes in digits that make some rows of another country than the declared one.
    fn has_other_codes(&self, name: &str, own: Option<u16>) -> bool {
        let last = last_letters(name);
        let loose = LOOSE.contains(&last.as_str());
        let digits = match digits_by_name(name) {
            Some(digits) => digits,
            None if loose => Digits::Calling,
            None => return false,
        };
        let codes = self.codes(digits);
        // A code of a network that several countries have is of another one, too.
        let open = digits == Digits::Mobile && self.networks > codes.known;
        let known = codes.known + if open { self.networks - codes.known } else { 0 };
        let is_other = own.is_none() || open || codes.called.iter().any(|code| Some(*code) != own);
        self.nearly_all(known) && is_other && (!loose || codes.called.len() > 1)
    }

    /// Some cells may be written in a way that is not known.
    fn nearly_all(&self, count: u32) -> bool {
        self.cells > 0 && u64::from(count) * 10 >= u64::from(self.cells) * 9
    }

    /// Whether all its cells say what became of a message: a column of that name is no place.
    pub(in crate::ingest) fn is_deliveries(&self) -> bool {
        self.cells > 0 && self.deliveries == self.cells
    }

    /// Whether a column of this name may be one of countries: its name says it, or its cells are several countries. The
    /// codes of states and of languages are those of countries too; of two letters only a name makes a state a country.
    fn may_be_country(&self, name: &str) -> bool {
        if self.cells == 0 {
            return false;
        }
        if says_country(name) {
            return true;
        }
        let is_other = match by_name(name) {
            None => is_of_the_sender(name),
            // A region is a part of a country to some, and a country to others.
            Some(Field::State) => self.two_letters > 0 && !fold(name).contains("region"),
            Some(_) => true,
        };
        let several = self.several || self.places.len() > 1;
        !is_other && several && self.nearly_all(self.countries + self.placed)
    }
}

/// The country that a cell begins with, before other words: `UK Mobile`, `Germany - Proper`, `US_Landline`.
fn zone(cell: &str) -> Option<&'static str> {
    if cell.len() > LONGEST_ZONE {
        return None;
    }
    let ends = cell
        .char_indices()
        .filter(|(_, c)| matches!(c, ' ' | '-' | '_' | '/' | '(' | ',' | ':' | '|' | '.'));
    let mut begun = ends.filter_map(|(end, _)| {
        let begun = cell.get(..end)?;
        // A word of two or three letters is a country only in capitals.
        let is_code = begun.len() > 3 || begun.chars().all(char::is_uppercase);
        country::alpha2(begun).filter(|_| is_code)
    });
    begun.next_back()
}

fn says_country(name: &str) -> bool {
    // Where the device of whoever signed in was.
    let of_a_device = name
        .split('.')
        .any(|part| letters(part) == "geographicalcontext");
    !of_a_device && !is_of_the_sender(name) && by_name(name) == Some(Field::Country)
}

/// What the name of a column of countries says that digits in it are. Of a path the last part counts.
pub(in crate::ingest) fn digits_by_name(name: &str) -> Option<Digits> {
    let name = last_letters(name);
    let is_one_of = |names: &[&str]| names.contains(&name.as_str());
    if is_one_of(&MOBILE) {
        Some(Digits::Mobile)
    } else if says_numeric(&name) {
        Some(Digits::Numeric)
    } else if is_one_of(&CALLING) || name == "countrycode" {
        Some(Digits::Calling)
    } else {
        None
    }
}

/// The letters of the last part of a path.
fn last_letters(path: &str) -> String {
    letters(last(path))
}

/// Whether the letters of a name say that digits are numeric codes.
fn says_numeric(name: &str) -> bool {
    name.contains("numeric") || NUMERIC.contains(&name)
}

/// Names of columns of calling codes, as their letters alone.
const CALLING: [&str; 38] = [
    "callingcode",
    "callcode",
    "cc",
    "countrycallingcode",
    "countrydialcode",
    "countrydialingcode",
    "countrydiallingcode",
    "countryprefix",
    "countryphonecode",
    "dialcode",
    "dialingcode",
    "diallingcode",
    "dialprefix",
    "idd",
    "internationalcode",
    "internationalprefix",
    "intlcode",
    "intlprefix",
    "isd",
    "isdcode",
    "phonecode",
    "prefix",
    "landesvorwahl",
    "laendervorwahl",
    "landervorwahl",
    "landnummer",
    "indicatifpays",
    "prefijopais",
    "codigopais",
    "codigodepais",
    "countryid",
    "countrynum",
    "ddi",
    "dialingprefix",
    "diallingprefix",
    "国番号",
    "国家代码",
    "国际区号",
];
/// Those of them that may say something else, such as a cost centre or what is dialled before a call abroad.
const VAGUE: [&str; 7] = [
    "cc",
    "countryid",
    "ddi",
    "idd",
    "internationalprefix",
    "intlprefix",
    "prefix",
];
/// Names that may be of calling codes and of much else: only several of them count.
const LOOSE: [&str; 12] = [
    "area",
    "areacode",
    "code",
    "dial",
    "indicatif",
    "kod",
    "prefijo",
    "prefisso",
    "route",
    "vorwahl",
    "zone",
    "区号",
];
/// The same of numeric codes.
const NUMERIC: [&str; 6] = ["iso31661", "isonum", "isonumber", "m49", "un49", "unm49"];
/// The same of country codes of mobile networks, alone or with the network's.
const MOBILE: [&str; 10] = [
    "e212",
    "imsiprefix",
    "mcc",
    "mccmnc",
    "mobilecountrycode",
    "imsimcc",
    "destmcc",
    "destinationmcc",
    "plmn",
    "tomcc",
];
/// How many digits the longest code has that is looked at, with the network's; and the longest cell with a code or with
/// the words of a zone, in bytes.
const LONGEST_CODE: usize = 7;
const LONGEST_CELL: usize = 40;
const LONGEST_ZONE: usize = 64;
/// After so many cells a column of other words is known.
const FIRST_CELLS: u32 = 32;

/// Words for what became of a message, in lower case. `ok` is not one of them: it is Oklahoma.
const DELIVERIES: [&str; 30] = [
    "accepted",
    "acknowledged",
    "answered",
    "busy",
    "canceled",
    "cancelled",
    "completed",
    "delivered",
    "delivrd",
    "delivery failed",
    "error",
    "expired",
    "failed",
    "failure",
    "no-answer",
    "pending",
    "processing",
    "queued",
    "read",
    "received",
    "rejected",
    "scheduled",
    "sending",
    "sent",
    "submitted",
    "success",
    "successful",
    "undelivered",
    "undeliv",
    "undeliverable",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn look(cells: &[&str]) -> CountryLook {
        let mut look = CountryLook::default();
        for cell in cells {
            look.see(cell);
        }
        look
    }

    #[test]
    fn what_became_of_messages_is_told_from_places() {
        assert!(look(&["delivered", "FAILED", "", "Sent"]).is_deliveries());
        for cells in [["delivered", "TX"], ["OK", "OK"], ["", ""]] {
            assert!(!look(&cells).is_deliveries(), "{cells:?}");
        }
    }

    #[test]
    fn a_name_and_cells_together_leave_no_doubt() {
        use Standing::{Doubt, Sure};
        use Wording::{Blank, Calling, Mobile, Names, Numeric};
        for (name, cells, standing) in [
            ("Ctry", ["GBR", "MEX"], Some(Sure(Names))),
            ("ISO country", ["gb", "MX"], Some(Sure(Names))),
            ("Country Code", ["+44", "+52"], Some(Sure(Names))),
            ("Country", ["UK (+44)", "52 - Mexico"], Some(Sure(Names))),
            ("Dial code", ["44", "+52"], Some(Sure(Calling))),
            ("ISO numeric", ["826", "36"], Some(Sure(Numeric))),
            ("MCC", ["234", "310"], Some(Sure(Mobile))),
            ("mcc_mnc", ["23415", "310260"], Some(Sure(Mobile))),
            ("mcc", ["234", "234"], Some(Sure(Mobile))),
            ("Ctry", ["", "-"], Some(Sure(Blank))),
            ("MCC", ["425", "425"], Some(Sure(Mobile))),
            ("Dial code", ["", ""], Some(Sure(Blank))),
            ("cc", ["", ""], None),
            ("X7", ["", ""], None),
            ("Ctry", ["Untied Kingdom", "Mexico"], Some(Doubt)),
            ("X7", ["GBR", "MEX"], Some(Doubt)),
            ("X7", ["GB", "GB"], None),
            ("X7", ["GB", "sent"], None),
            ("X7", ["+44", "+52"], Some(Doubt)),
            ("X7", ["44", "52"], None),
            ("code", ["44", "52"], Some(Doubt)),
            ("Vorwahl", ["0049", "0043"], Some(Doubt)),
            ("code", ["44", "44"], None),
            ("code", ["404", "500"], None),
            ("cc", ["44", "52"], Some(Doubt)),
            ("Area", ["212", "415"], None),
            (
                "Destination zone",
                ["UK Mobile", "Mexico - Telcel"],
                Some(Doubt),
            ),
            ("Zone", ["Germany-Mobile-O2", "US_Landline"], Some(Doubt)),
            ("Customer", ["Jordan Smith", "Jane Doe"], None),
            ("Comment", ["in time", "no answer yet"], None),
            ("Region", ["Mexico", "United Kingdom"], Some(Doubt)),
            ("Region", ["GB", "MX"], Some(Doubt)),
            ("State", ["CA", "MD"], None),
            ("sender_country", ["GB", "MX"], None),
            ("Network", ["GB", "MX"], None),
        ] {
            assert_eq!(
                look(&cells).standing(name, Some(1)),
                standing,
                "{name} {cells:?}"
            );
        }
        let own = look(&["44", "44"]);
        assert_eq!(own.standing("cc", Some(44)), None);
        assert_eq!(own.standing("cc", Some(1)), Some(Doubt));
    }
}
