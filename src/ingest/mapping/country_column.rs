//! A column that is not read and looks like the country of each row: without it, numbers of several countries may be
//! read as those of one.

use std::collections::BTreeSet;

use super::usual_names::{by_name, is_of_the_sender, letters};
use crate::domain::invisible::cleaned;
use crate::domain::network::is_mobile_country;
use crate::domain::{Field, country};
use crate::ingest::column_name::fold;
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
    /// Words for what became of a message.
    deliveries: u32,
    /// Codes that stand for a country in digits.
    coded: u32,
    /// Of these, numeric ones that are no calling codes.
    numeric: u32,
    /// The calling codes among them, but for very many.
    called: BTreeSet<u16>,
    /// Country codes of mobile networks, and the groups of them that a country has.
    mobile: u32,
    groups: BTreeSet<u16>,
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
        }
        if cell.bytes().any(|byte| byte.is_ascii_digit()) && cell.len() <= LONGEST_CODE {
            self.see_code(cell);
        }
    }

    /// Counts a cell with digits in it.
    fn see_code(&mut self, cell: &str) {
        let either = Said::of(cell, Digits::Either);
        let numeric = Said::of(cell, Digits::Numeric);
        self.coded += u32::from(either != Said::Unknown || numeric != Said::Unknown);
        let digits = cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_digit());
        self.numeric += u32::from(digits && either != Said::Unknown && either == numeric);
        if let Some(code) = either.calling_code() {
            self.called.insert(code);
        }
        if let Some(mcc) = mobile_country(cell) {
            self.mobile += 1;
            self.groups.insert(mcc);
        }
    }

    /// Whether numeric codes are among its cells.
    pub(in crate::ingest) fn has_numeric(&self) -> bool {
        self.numeric > 0
    }

    /// Whether a column of this name has codes in digits that make some rows of another country than the declared one,
    /// whose calling code is `own`.
    pub(in crate::ingest) fn has_other_codes(&self, name: &str, own: Option<u16>) -> bool {
        let name = last_letters(name);
        let named = |names: &[&str]| names.contains(&name.as_str());
        let nearly_all = |count: u32| u64::from(count) * 10 >= u64::from(self.cells) * 9;
        if self.cells == 0 {
            return false;
        }
        if named(&MOBILE) {
            return nearly_all(self.mobile) && self.groups.len() > 1;
        }
        let is_other = own.is_none() || self.called.iter().any(|code| Some(*code) != own);
        (named(&CALLING) || says_numeric(&name)) && nearly_all(self.coded) && is_other
    }

    /// Whether nearly all cells are countries. Some may be written in a way that is not known.
    fn is_countries(&self) -> bool {
        self.cells > 0 && u64::from(self.countries) * 10 >= u64::from(self.cells) * 9
    }

    /// Whether all its cells say what became of a message: a column of that name is no place.
    pub(in crate::ingest) fn is_deliveries(&self) -> bool {
        self.cells > 0 && self.deliveries == self.cells
    }

    /// Whether a column of this name is one of countries, beyond doubt: its name says it and its cells are.
    pub(in crate::ingest) fn is_country(&self, name: &str) -> bool {
        self.is_countries() && says_country(name)
    }

    /// Whether a column of this name may be one of countries: its name says it, or its cells are several countries. The
    /// codes of states and of languages are those of countries too; of two letters only a name makes a state a country.
    pub(in crate::ingest) fn may_be_country(&self, name: &str) -> bool {
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
        !is_other && self.several && self.is_countries()
    }
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
    letters(path.rsplit('.').next().unwrap_or(path))
}

/// Whether the letters of a name say that digits are numeric codes.
fn says_numeric(name: &str) -> bool {
    name.contains("numeric") || NUMERIC.contains(&name)
}

/// The group of the country code of a mobile network: one for each country. More codes than one are in use in few.
fn mobile_country(cell: &str) -> Option<u16> {
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    let mcc = cell.get(..3).filter(|mcc| is_mobile_country(mcc))?;
    let alone = matches!(cell.len(), 3 | 5..=7);
    let code: u16 = mcc.parse().ok().filter(|_| alone)?;
    let groups = [
        (310..=316),
        (404..=406),
        (234..=235),
        (440..=441),
        (460..=461),
    ];
    let mut groups = groups.into_iter();
    let group = groups.find(|group| group.contains(&code));
    Some(group.map_or(code, |group| *group.start()))
}

/// Names of columns of calling codes, as their letters alone.
const CALLING: [&str; 22] = [
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
];
/// The same of numeric codes.
const NUMERIC: [&str; 5] = ["isonum", "isonumber", "m49", "un49", "unm49"];
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
/// The longest code that is looked at, in bytes.
const LONGEST_CODE: usize = 32;

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
        for (name, cells, is, may_be) in [
            ("Ctry", ["GBR", "MEX"], true, true),
            ("ISO country", ["gb", "MX"], true, true),
            ("Country Code", ["+44", "+52"], false, true),
            ("Ctry", ["", "-"], false, false),
            ("X7", ["GBR", "MEX"], false, true),
            ("X7", ["GB", "GB"], false, false),
            ("X7", ["GB", "sent"], false, false),
            ("Region", ["Mexico", "United Kingdom"], false, true),
            ("Region", ["GB", "MX"], false, true),
            ("State", ["CA", "MD"], false, false),
            ("sender_country", ["GB", "MX"], false, false),
            ("Network", ["GB", "MX"], false, false),
        ] {
            let look = look(&cells);
            assert_eq!(look.is_country(name), is, "{name} {cells:?}");
            assert_eq!(look.may_be_country(name), may_be, "{name} {cells:?}");
        }
    }
}
