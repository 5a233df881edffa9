//! The look of a column: which field its cells may be of. Of the cells only counts are kept.

use super::time_look::{TimeGuess, TimeLook};
use crate::domain::invisible::cleaned;
use crate::domain::{Field, country};
use crate::ingest::rows::nothing::says_nothing;

/// Counts of what the cells of a column look like.
#[derive(Default)]
pub(super) struct ColumnLook {
    cells: u32,
    /// Numbers with a plus, or with what only phone numbers have before them.
    numbers: u32,
    /// Digits that a number without a plus may have.
    digits: u32,
    /// Digits, with any marks, that are no number without a region.
    national: u32,
    /// Ten digits, which a number or a time may have.
    ten: u32,
    alpha2: u32,
    alpha3: u32,
    countries: u32,
    joined: u32,
    /// Ids that Twilio gives to calls: `CA` and digits of a hexadecimal number.
    calls: u32,
    pub(super) times: TimeLook,
}

impl ColumnLook {
    /// Counts a cell.
    pub(super) fn see(&mut self, cell: &str) {
        let cell = &cleaned(cell);
        if cell.is_empty() || says_nothing(Field::User, cell) {
            return;
        }
        // A spreadsheet or a data frame adds `.0` to a number.
        let whole = cell.strip_suffix(".0").unwrap_or(cell);
        let digits = whole.bytes().all(|byte| byte.is_ascii_digit());
        let known = country::alpha2(cell).is_some();
        self.cells += 1;
        self.numbers += u32::from(is_number(cell));
        self.digits += u32::from(digits && (7..=15).contains(&whole.len()));
        let abroad = cell.contains('+') || cell.starts_with("00");
        self.national += u32::from(!abroad && cell.bytes().any(|byte| byte.is_ascii_digit()));
        self.ten += u32::from(digits && whole.len() == 10);
        self.countries += u32::from(known);
        self.alpha2 += u32::from(known && cell.len() == 2);
        self.alpha3 += u32::from(known && cell.len() == 3);
        self.joined += u32::from(digits && matches!(whole.len(), 5 | 6));
        let id = cell.strip_prefix("CA").filter(|id| !id.is_empty());
        self.calls +=
            u32::from(id.is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit())));
        self.times.see(cell);
    }

    /// Whether its cells may be numbers without a plus as well as times: ten digits.
    pub(super) fn is_number_or_time(&self) -> bool {
        self.all(self.ten)
    }

    /// Whether its cells may be numbers without a plus, and are no times.
    pub(super) fn is_digits(&self) -> bool {
        self.all(self.digits) && self.times.whole() == TimeGuess::Nothing
    }

    /// Whether all its cells may be numbers.
    pub(super) fn may_be_numbers(&self) -> bool {
        self.all(self.numbers.max(self.digits)) || self.all(self.numbers + self.digits)
    }

    /// Whether some of its numbers have neither a plus nor a calling code behind `00`.
    pub(super) fn lacks_a_plus(&self) -> bool {
        self.national > 0
    }

    /// The field that its cells make likely, whatever its name.
    pub(super) fn field(&self) -> Option<Field> {
        if self.all(self.numbers) {
            Some(Field::Number)
        } else if self.is_number_or_time() || self.times.whole() == TimeGuess::Nothing {
            None
        } else {
            Some(Field::SentAt)
        }
    }

    /// What kind of values it has, in words: none of them is in it.
    pub(super) fn values(&self) -> String {
        let plain = |text: &str| text.to_owned();
        if self.cells == 0 {
            return plain("nothing in the first records");
        }
        if self.all(self.numbers) {
            return plain("phone numbers with a plus or a calling code");
        }
        if self.is_number_or_time() {
            return plain("ten digits: phone numbers without a plus, or times in seconds");
        }
        let zone = match self.times.needs_a_zone() {
            true => "times without a zone",
            false => "times",
        };
        match (self.times.whole(), self.times.days(), self.times.clocks()) {
            (TimeGuess::Plain, ..) => return plain(zone),
            (TimeGuess::One(form), ..) => return format!("{zone}, written as {form}"),
            (TimeGuess::OneOf(_), ..) => {
                return format!("{zone}; day, month and year cannot be told apart");
            }
            (_, TimeGuess::One(form), _) => return format!("days, written as {form}"),
            (_, TimeGuess::OneOf(_), _) => {
                return plain("days; day, month and year cannot be told apart");
            }
            (.., TimeGuess::One(form)) => return format!("times of day, written as {form}"),
            _ => {}
        }
        plain(match self {
            _ if self.all(self.countries) => "countries",
            _ if self.is_digits() => "digits, which may be phone numbers without a plus",
            _ if self.all(self.joined) => "codes of mobile networks, or other short numbers",
            _ if self.numbers > 0 => "phone numbers, and other values",
            _ => "other values",
        })
    }

    /// Whether all its cells are ids of calls.
    pub(super) fn is_calls(&self) -> bool {
        self.all(self.calls)
    }

    /// Whether all its cells are countries.
    pub(super) fn is_countries(&self) -> bool {
        self.all(self.countries)
    }

    /// The `form` of its countries in a mapping.
    pub(super) fn country_form(&self) -> Option<&'static str> {
        if self.all(self.alpha2) {
            Some("alpha2")
        } else if self.all(self.alpha3) {
            Some("alpha3")
        } else {
            None
        }
    }

    /// The `form` of its carriers in a mapping.
    pub(super) fn carrier_form(&self) -> Option<&'static str> {
        self.all(self.joined).then_some("mcc-mnc")
    }

    /// True if all cells were counted in `count`.
    fn all(&self, count: u32) -> bool {
        self.cells > 0 && count == self.cells
    }
}

/// True for a number with a plus, a calling code behind `00`, an area code in brackets, or a scheme before it.
fn is_number(cell: &str) -> bool {
    let mut schemes = ["tel:", "sms:", "whatsapp:"].into_iter();
    let bare = schemes.find_map(|scheme| cell.strip_prefix(scheme));
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let marks = |c: char| c.is_ascii_digit() || " +-.()/".contains(c);
    let marked = bare.is_some() || cell.starts_with(['+', '(']);
    let abroad = cell.starts_with("00") && cell.bytes().all(|byte| byte.is_ascii_digit());
    bare.unwrap_or(cell).chars().all(marks)
        && ((marked && (7..=15).contains(&digits)) || (abroad && (11..=17).contains(&digits)))
}
