//! From cells to a row: every check that needs no key, in one place.

use std::ops::Range;

use zeroize::Zeroizing;

use super::carrier;
use super::cells::{Cells, FIELDS, SeenCells};
use super::country::{Digits, Said};
use super::fineness::fineness;
use super::joined_time::{halves, is_midnight, join};
use super::nothing::says_nothing;
use super::reference::reference;
use crate::domain::country_code::calling_code_of;
use crate::domain::{AccountName, Field, Format, country};
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::{Reads, Shape};
use crate::ingest::guard::cells as guard;
use crate::ingest::guard::numbers::{holds_number, holds_number_of};
use crate::ingest::mapping::column::ColumnMapping;
use crate::ingest::mapping::meaning::{Constants, CountryForm};
use crate::ingest::times::form::TimeForm;
use crate::ingest::times::reader::{TimeFault, TimeReader};
use crate::ingest::times::serial::bad_time;
use crate::vault::plaintext::{
    Basis, Fineness, NumberState, Phone, RawNumber, Region, Reject, RejectCells, RejectKind, Row,
    RowBatch, SkipKind, region_of,
};

/// Makes rows of records of one file.
pub(in crate::ingest) struct RowMaker {
    account: Option<AccountName>,
    kind: String,
    kinds: Vec<(String, String)>,
    /// The format has no column of kinds: the reference says the kind.
    kind_by_reference: bool,
    /// Numbers begin with a calling code, with or without a plus.
    international: bool,
    /// The format documents its references as ids of messages.
    reference_is_id: bool,
    /// The account is part of an address.
    account_in_uri: bool,
    country_form: CountryForm,
    country_digits: Digits,
    constants: Constants,
    /// In which numbers without a calling code are read.
    region: Option<Region>,
    /// Nothing but a name of a column or a mapping says that the cells of the account are accounts.
    account_by_name: bool,
    times: TimeReader,
    lower: [String; 2],
    network: String,
    /// A day and a time of day, put together.
    joined: String,
    /// A number with its calling code put before it.
    with_code: Zeroizing<String>,
    /// The last row named a country that is not known.
    unknown_country: bool,
    /// The last row named no account.
    blank_account: bool,
}

/// Where a record is in its file.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) struct Place {
    /// The line it begins at, counted from 1.
    pub(in crate::ingest) line: u64,
    /// How many lines it has that no record before it has.
    pub(in crate::ingest) lines: u64,
}

/// The row, or why the record is none.
type Made<'a> = Result<Row<'a>, Unmade>;

/// Why a record is no row.
enum Unmade {
    /// The field that is wrong, and how.
    Rejected(Field, RejectKind),
    /// It is no message to a person.
    Skipped(SkipKind),
}

impl RowMaker {
    pub(in crate::ingest) fn new(declared: Declared, shape: &Shape) -> Self {
        let any = |reads| shape.columns.iter().any(|column| column.reads == reads);
        let zone = declared.zone().cloned();
        // A column that somebody mapped may hold anything, such as the name of a campaign.
        let mapped_ref = |column: &ColumnMapping| column.field() == Field::MessageRef;
        let reference_is_id = !matches!(shape.format, Format::SupplierCsv | Format::Mapped)
            && !declared.columns.iter().any(mapped_ref);
        let mapped_account = |column: &ColumnMapping| column.field() == Field::Account;
        let mapped = declared.mapping;
        let (form, country_form, constants) = match mapped {
            Some(said) => (said.time, said.country_form, said.constants),
            None => (TimeForm::Any, CountryForm::Any, Constants::default()),
        };
        let has_kind = shape
            .columns
            .iter()
            .any(|column| column.field == Field::Kind);
        let usual = (shape.format == Format::Mapped && !has_kind).then(|| "sms".to_owned());
        let kind = shape.kind.clone().or_else(|| constants.kind.clone());
        let kind = kind.or(usual);
        Self {
            account: declared.account.or_else(|| constants.account.clone()),
            kind: kind.unwrap_or_default(),
            country_form,
            country_digits: shape.country_digits,
            constants,
            region: declared.region,
            account_by_name: matches!(shape.format, Format::SupplierCsv | Format::Mapped)
                || declared.columns.iter().any(mapped_account),
            kinds: shape.kinds.clone(),
            kind_by_reference: !has_kind,
            international: any(Reads::International),
            reference_is_id,
            account_in_uri: any(Reads::AccountInUri),
            times: TimeReader::new(zone, form),
            lower: Default::default(),
            network: String::new(),
            joined: String::new(),
            with_code: Zeroizing::default(),
            unknown_country: false,
            blank_account: false,
        }
    }

    /// Adds the row of one record to the batch, or the record to its rejects or to what it skips.
    /// The batch must not be full. The error is about the file: a local time, and no zone was
    /// declared.
    pub(in crate::ingest) fn add(
        &mut self,
        batch: &mut RowBatch,
        place: Place,
        cells: Result<&Cells<'_>, RejectKind>,
    ) -> Result<(), IngestError> {
        let reject = match cells {
            Ok(cells) => self.add_row(batch, place, cells)?,
            Err(kind) => Some(Reject {
                line: place.line,
                column: None,
                kind,
                cells: RejectCells::none(),
            }),
        };
        if let Some(reject) = reject {
            batch.reject(reject);
            batch.stands_for(place.lines);
        }
        Ok(())
    }

    /// The same, but gives a reject back instead of adding it.
    pub(in crate::ingest) fn add_row(
        &mut self,
        batch: &mut RowBatch,
        place: Place,
        cells: &Cells<'_>,
    ) -> Result<Option<Reject>, IngestError> {
        let seen = cells.without_marks();
        let seen = seen.as_ref().map(SeenCells::cells);
        let Place { line, lines } = place;
        let (column, kind, kept) = match self.make(line, seen.as_ref().unwrap_or(cells))? {
            Ok(row) => match batch.push(row) {
                Ok(()) => {
                    batch.stands_for(lines);
                    if self.unknown_country {
                        batch.count_unknown_country();
                    }
                    if self.blank_account {
                        batch.count_blank_account();
                    }
                    return Ok(None);
                }
                // Not expected: the batch had room before this record.
                Err(_) => (None, RejectKind::TooLong, RejectCells::none()),
            },
            Err(Unmade::Skipped(kind)) => {
                batch.skip_record(kind, lines);
                return Ok(None);
            }
            Err(Unmade::Rejected(field, kind)) => {
                let declared = self.account.as_ref().map_or("", AccountName::as_str);
                let number = (kind == RejectKind::PhoneNumber).then_some(field);
                (Some(field.label()), kind, cells.rejected(declared, number))
            }
        };
        Ok(Some(Reject {
            line,
            column,
            kind,
            cells: kept,
        }))
    }

    /// Whether the record's cell of the account is a phone number: the number of the row itself, or one of its country.
    /// Many accounts are digits, so a single one says nothing.
    pub(in crate::ingest) fn account_is_number(&self, cells: &Cells<'_>) -> bool {
        let account = cells.value(Field::Account);
        let digits = account.bytes().all(|byte| byte.is_ascii_digit());
        if !self.account_by_name || !digits || !(8..=15).contains(&account.len()) {
            return false;
        }
        let ends = |digit: u8, from: &mut dyn Iterator<Item = u8>| from.next() == Some(digit);
        let number = cells.value(Field::Number).bytes();
        let mut number = number.filter(u8::is_ascii_digit).rev();
        let mut behind = account.bytes().rev().take(8);
        if behind.all(|digit| ends(digit, &mut number)) {
            return true;
        }
        let named = country::alpha2(cells.value(Field::Country)).or(self.constants.country);
        let Some(region) = named.and_then(|code| code.parse().ok()).or(self.region) else {
            return false;
        };
        let text = Zeroizing::new(format!("+{account}"));
        let parsed = Phone::parse_raw(RawNumber::new(&text), None);
        account.len() >= 10
            && parsed.is_ok_and(|parsed| {
                parsed.state == NumberState::Valid && region_of(&parsed.phone) == Some(region)
            })
    }

    /// Whether a number without a plus would be one of the declared region, although the codes of its network are of
    /// another country.
    fn is_of_another_network(&self, number: &str, [mcc, _]: [&str; 2], carrier: &str) -> bool {
        let Some(region) = self.region else {
            return false;
        };
        let is_joined = |code: &str| matches!(code.len(), 5 | 6);
        let digits = |code: &str| code.bytes().all(|byte| byte.is_ascii_digit());
        let code = match mcc {
            "" if is_joined(carrier) && digits(carrier) => carrier,
            mcc => mcc,
        };
        if code.is_empty() || self.international || number.contains('+') {
            return false;
        }
        let of_network = Said::of(code, Digits::Mobile).calling_code();
        of_network.is_some_and(|code| calling_code_of(&region.to_string()) != Some(code))
    }

    fn make<'a>(&'a mut self, line: u64, cells: &Cells<'a>) -> Result<Made<'a>, IngestError> {
        let rejected = |field, kind| Ok(Err(Unmade::Rejected(field, kind)));
        if let Some((field, kind)) = fault_of(cells) {
            return rejected(field, kind);
        }
        let network = cells.network();
        let [number, sent_at] = [Field::Number, Field::SentAt].map(|field| cells.value(field));
        let direction = match cells.direction() {
            nothing if says_nothing(Field::Channel, nothing) => "",
            direction => direction,
        };
        let channel = first(cells.value(Field::Channel), direction);
        // A channel may be called `received` or `I` for another reason, if the direction is in a column of its own.
        if is_inbound(first(direction, channel)) {
            return Ok(Err(Unmade::Skipped(SkipKind::Inbound)));
        }
        let mut kind = first(cells.value(Field::Kind), &self.kind);
        if !self.kinds.is_empty() {
            if self.kind_by_reference {
                kind = cells.get(Field::MessageRef);
            }
            let mut kinds = self.kinds.iter();
            match kinds.find(|(begins, _)| kind.starts_with(begins)) {
                Some((_, is)) => kind = is,
                None => return Ok(Err(Unmade::Skipped(SkipKind::StatusEvent))),
            }
        }
        if number.is_empty() {
            return rejected(Field::Number, RejectKind::MissingNumber);
        }
        if sent_at.is_empty() {
            return rejected(Field::SentAt, RejectKind::MissingTime);
        }
        let any_form = self.times.is_of_any_form();
        let clock = match cells.clock() {
            nothing if says_nothing(Field::SentAt, nothing) => "",
            clock => clock,
        };
        // A spreadsheet writes a day as its midnight.
        if cells.time == Reads::Day && clock.is_empty() && is_midnight(sent_at) {
            return rejected(Field::SentAt, RejectKind::NoTimeOfDay);
        }
        let bad = Err(TimeFault::Unreadable(RejectKind::BadTime));
        let alone = match clock {
            "" => Some(self.times.read(sent_at, cells.time)),
            _ => None,
        };
        // A time that is not written as usual may be a day and a time of day with a space between.
        let apart = match alone {
            None => Some((sent_at, clock)),
            Some(found) if any_form && found == bad => halves(sent_at),
            Some(_) => None,
        };
        let (sent_at, found) = match (alone, apart) {
            (Some(found), None) => (sent_at, found),
            (_, apart) => {
                let (day, clock) = apart.unwrap_or((sent_at, ""));
                let whole = join(day, clock, any_form, &mut self.joined);
                (whole, self.times.read(whole, cells.time))
            }
        };
        let fineness = match self.times.is_to_the_minute() {
            true => Fineness::Minute,
            false => fineness(sent_at, cells.time),
        };
        let (sent_at, time_basis) = match found {
            Ok(read) => read,
            Err(TimeFault::ZoneNeeded) => return Err(IngestError::ZoneNeeded { line }),
            Err(TimeFault::Unreadable(RejectKind::BadTime)) => {
                let kind = match clock {
                    "" => bad_time(cells.value(Field::SentAt)),
                    _ => RejectKind::BadTime,
                };
                return rejected(Field::SentAt, kind);
            }
            Err(TimeFault::Unreadable(kind)) => return rejected(Field::SentAt, kind),
        };
        let named = cells.value(Field::Country);
        let said = match named.is_empty() {
            true => Said::Unknown,
            false => said_of(named, (self.country_form, self.country_digits)),
        };
        let known = match said {
            Said::Country(country) => Some(country),
            _ => None,
        };
        self.unknown_country = known.is_none() && !named.is_empty();
        let (country, country_basis) = match (known, self.constants.country) {
            (Some(country), _) => (country, Basis::InRecord),
            (None, _) if !named.is_empty() => ("", Basis::Absent),
            (None, Some(country)) => (country, Basis::Declared),
            (None, None) => ("", Basis::Absent),
        };
        // What is a number only where the row is from.
        let of_row = || {
            known
                .or(self.constants.country)
                .and_then(|code| code.parse().ok())
        };
        let regions = || [of_row(), self.region];
        let mut shown = shown(cells);
        let misplaced = shown.find(|(field, cell)| holds_number_of(*field, cell, regions));
        if let Some((field, _)) = misplaced {
            return rejected(field, RejectKind::PhoneNumber);
        }
        let mut raw = RawNumber::of_international(number, self.international);
        if named.is_empty()
            && self.is_of_another_network(number, network, cells.value(Field::Carrier))
        {
            return rejected(Field::Number, RejectKind::OtherCountry);
        }
        if known.is_none() && !named.is_empty() {
            match in_plan_of(said, (number, raw), self.region, &mut self.with_code) {
                Ok(read) => raw = read,
                Err(kind) => return rejected(Field::Country, kind),
            }
        }
        let declared = self.account.as_ref().map_or("", AccountName::as_str);
        let [kind_room, channel_room] = &mut self.lower;
        let state = cells.value(Field::State);
        let mut account = cells.value(Field::Account);
        if self.account_in_uri {
            account = in_uri(account);
        }
        let carrier = match cells.value(Field::Carrier) {
            "" => carrier::of_network(network, &mut self.network),
            named => named,
        };
        let account = first(account, declared);
        self.blank_account = account.is_empty();
        Ok(Ok(Row {
            account,
            user: Some(cells.value(Field::User)).filter(|cell| !cell.is_empty()),
            number: raw,
            carrier,
            country,
            state,
            sent_at,
            kind: lower(kind, kind_room),
            channel: lower(
                first(
                    channel,
                    self.constants.channel.as_deref().unwrap_or_default(),
                ),
                channel_room,
            ),
            message_ref: reference(cells.get(Field::MessageRef)),
            reference_is_id: self.reference_is_id,
            fineness,
            country_basis,
            state_basis: in_record(state),
            time_basis,
            line,
        }))
    }
}

/// What the cell of a country says, if it is written in the form that was declared.
fn said_of(named: &str, (form, digits): (CountryForm, Digits)) -> Said {
    match form {
        CountryForm::Any => Said::of(named, digits),
        _ => {
            let known = country::alpha2(named).filter(|_| form.fits(named));
            known.map_or(Said::Unknown, Said::Country)
        }
    }
}

/// The number of a row whose country was said and is not known: it must not become one of the declared region just
/// because it has no plus. North America shares one plan, so there the calling code alone makes it a whole number.
fn in_plan_of<'a>(
    said: Said,
    (number, raw): (&'a str, RawNumber<'a>),
    region: Option<Region>,
    with_code: &'a mut Zeroizing<String>,
) -> Result<RawNumber<'a>, RejectKind> {
    let code = said.calling_code();
    let own = region.and_then(|region| calling_code_of(&region.to_string()));
    if code.is_some() && code == own {
        return Ok(raw);
    }
    let reads = |region| Phone::accept_raw(RawNumber::new(number), region, None).is_ok();
    if reads(None) {
        return Ok(raw);
    }
    if code == Some(1)
        && let Some(digits) = ten_digits(number)
    {
        with_code.clear();
        with_code.push_str("+1");
        with_code.extend(digits);
        return Ok(RawNumber::new(with_code));
    }
    match (region.is_some() && reads(region), code) {
        (false, _) => Ok(raw),
        (true, Some(_)) => Err(RejectKind::OtherCountry),
        (true, None) => Err(RejectKind::NeedsRegion),
    }
}

/// The ten digits of a number of North America, with or without the calling code.
fn ten_digits(number: &str) -> Option<impl Iterator<Item = char>> {
    let written = |c: char| c.is_ascii_digit() || " -.()".contains(c);
    let digits = number.chars().filter(char::is_ascii_digit);
    let before = match digits.clone().count() {
        10 => 0,
        11 if number.starts_with('1') => 1,
        _ => return None,
    };
    number.chars().all(written).then(|| digits.skip(before))
}

/// The first field whose cell is at fault, and what is wrong with it.
fn fault_of(cells: &Cells<'_>) -> Option<(Field, RejectKind)> {
    // Nearly every record is told by the look at all its bytes, but for a number in a wrong column.
    if cells.look.is_harmless() && cells.all().iter().all(|cell| cell.len() <= guard::SHORT) {
        return fault_of_harmless(cells);
    }
    let of_field = FIELDS.into_iter().find_map(|field| {
        let cell = cells.get(field);
        let fault = guard::fault_of(cells.look, field, cell);
        Some((field, fault.or_else(|| damage(field, cell))?))
    });
    let of_other = || {
        let mut others = others(cells).into_iter();
        others.find_map(|(field, cell)| Some((field, guard::fault(field, cell)?)))
    };
    of_field.or_else(of_other)
}

/// The same for a record of short cells whose bytes are harmless: one look at each cell. A number in a column that is
/// shown comes before whatever is damaged, because it is what must not be kept.
fn fault_of_harmless(cells: &Cells<'_>) -> Option<(Field, RejectKind)> {
    let mut damaged = None;
    for field in FIELDS {
        let cell = cells.get(field);
        // Nothing that is looked for is shorter.
        if cell.len() < DAMAGED.start {
            continue;
        }
        if holds_number(field, cell) {
            return Some((field, RejectKind::PhoneNumber));
        }
        if damaged.is_none() {
            damaged = damage(field, cell).map(|kind| (field, kind));
        }
    }
    let mut others = others(cells).into_iter();
    let number = others.find(|(field, cell)| holds_number(*field, cell));
    number
        .map(|(field, _)| (field, RejectKind::PhoneNumber))
        .or(damaged)
}

/// The cells that a field may be made of beside its own.
fn others<'a>(cells: &Cells<'a>) -> [(Field, &'a str); 3] {
    let [mcc, mnc] = cells.network();
    [
        (Field::Carrier, mcc),
        (Field::Carrier, mnc),
        (Field::Channel, cells.direction()),
    ]
}

/// The cells that are shown as they are, and may be those of a number in a wrong column.
fn shown<'a>(cells: &Cells<'a>) -> impl Iterator<Item = (Field, &'a str)> {
    let own = SHOWN.map(|field| (field, cells.get(field)));
    own.into_iter().chain(others(cells))
}

/// The fields whose values are shown as they are, in the order of [`FIELDS`].
const SHOWN: [Field; 6] = [
    Field::Account,
    Field::Carrier,
    Field::Country,
    Field::State,
    Field::Kind,
    Field::Channel,
];

/// How many bytes a rounded number has.
const DAMAGED: Range<usize> = 5..25;

/// What a spreadsheet or a program made of a long number: `1.23457E+18`, `1.23457E18`. A number and a reference are
/// judged elsewhere.
fn damage(field: Field, cell: &str) -> Option<RejectKind> {
    if matches!(field, Field::Number | Field::MessageRef) {
        return None;
    }
    let bytes = cell.as_bytes();
    let may_be = bytes.first().is_some_and(u8::is_ascii_digit) && DAMAGED.contains(&bytes.len());
    // Without an early end, so that the compiler looks at many bytes at once.
    let raised = |byte: &u8| matches!(*byte, b'E' | b'e');
    if !may_be || !bytes.iter().fold(false, |is, byte| is | raised(byte)) {
        return None;
    }
    let (digits, power) = cell.split_once(['E', 'e'])?;
    // Without a sign it may be an id in hexadecimal, if it has no point.
    let signed = power.strip_prefix('+');
    let power = signed.or_else(|| digits.contains(['.', ',']).then_some(power))?;
    let rounded = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let power = !power.is_empty() && power.bytes().all(|byte| byte.is_ascii_digit());
    (rounded && power).then_some(RejectKind::Damaged)
}

/// The part of an address after `/Account/`, or nothing if the address has no such part.
fn in_uri(cell: &str) -> &str {
    match cell.split_once("/Account/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        None if cell.contains('/') => "",
        None => cell,
    }
}

/// True for the direction of a message that the owner of the log received.
fn is_inbound(direction: &str) -> bool {
    // Asked of every record, and no other word begins like one of these.
    if !matches!(
        direction.as_bytes(),
        [b'i' | b'I' | b'm' | b'M' | b'r' | b'R', ..]
    ) {
        return false;
    }
    let is = |text: &str, words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let mut words = direction.split(|c: char| !c.is_alphanumeric());
    let first = words.next().unwrap_or_default();
    // `Inbound Sales` is the name of a campaign.
    let mut behind = words.filter(|word| !word.is_empty());
    is(direction, &INBOUND)
        || is(first, &INBOUND_FIRST) && behind.all(|word| is(word, &INBOUND_BEHIND))
}

/// Suppliers' words for a message that the owner of the log received.
const INBOUND: [&str; 6] = [
    "in",
    "i",
    "received",
    "receive",
    "mobile-originated",
    "mobile originated",
];
/// The same, alone or before a word for a message or a call.
const INBOUND_FIRST: [&str; 5] = ["inbound", "incoming", "mo", "recv", "rcvd"];
const INBOUND_BEHIND: [&str; 15] = [
    "api",
    "sms",
    "mms",
    "rcs",
    "call",
    "calls",
    "voice",
    "message",
    "messages",
    "msg",
    "text",
    "texts",
    "phone",
    "direction",
    "whatsapp",
];

/// The cell, or the other text if it is blank.
fn first<'a>(cell: &'a str, otherwise: &'a str) -> &'a str {
    if cell.is_empty() { otherwise } else { cell }
}

fn in_record(cell: &str) -> Basis {
    if cell.is_empty() {
        Basis::Absent
    } else {
        Basis::InRecord
    }
}

/// The cell in lower case, copied only if it is not so already.
fn lower<'a>(cell: &'a str, room: &'a mut String) -> &'a str {
    if cell
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        return cell;
    }
    room.clear();
    room.extend(cell.chars().flat_map(char::to_lowercase));
    room
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::rows::cells::{SLOTS, slot};

    /// Cells of every kind, some of which are at fault.
    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "[A-Za-z0-9.+-]{0,12}",
            1 => "[ -~]{0,12}",
            1 => "[1-9][.,][0-9]{1,4}[Ee][+][0-9]{1,2}",
            1 => "[ \"=]{0,2}[A-Z]{1,3}[ \"]{0,2}",
            1 => Just("OTP:123456".to_owned()),
            1 => Just("https://example.com/a".to_owned()),
            1 => Just("Your code is 123456".to_owned()),
            1 => Just("a\u{0}b".to_owned()),
            1 => Just("Caf\u{e9}\u{a0}".to_owned()),
            1 => "[a-z]{60,70}",
        ]
    }

    proptest! {
        #[test]
        fn the_look_at_a_whole_record_changes_no_cell_and_no_fault(
            cells in prop::collection::vec(prop_oneof![3 => Just(None), 1 => cell().prop_map(Some)], SLOTS),
            usual in any::<bool>(),
        ) {
            let mut texts: Vec<String> = cells.into_iter().map(Option::unwrap_or_default).collect();
            if usual {
                texts[slot(Field::Number)] = "+13035550101".to_owned();
                texts[slot(Field::SentAt)] = "2024-03-10T11:00:00Z".to_owned();
            }
            let record = texts.join(",");
            let texts: [&str; SLOTS] = std::array::from_fn(|at| texts[at].as_str());
            let bytes = record.as_bytes();
            let looked_at = Cells::of_record(texts, Reads::Text, (bytes, bytes));
            let cells = Cells::new(texts, Reads::Text);
            prop_assert_eq!(looked_at.all(), cells.all());
            prop_assert_eq!(fault_of(&looked_at), fault_of(&cells));
        }
    }

    /// The same as the one look, in two: a number in any column that is shown, then what is damaged.
    fn in_two_looks(cells: &Cells<'_>) -> Option<(Field, RejectKind)> {
        let number = shown(cells).find(|(field, cell)| holds_number(*field, cell));
        let number = number.map(|(field, _)| (field, RejectKind::PhoneNumber));
        let damaged = |field| Some((field, damage(field, cells.get(field))?));
        number.or_else(|| FIELDS.into_iter().find_map(damaged))
    }

    proptest! {
        #[test]
        fn one_look_at_each_cell_finds_what_two_find(
            cells in prop::collection::vec(
                prop_oneof![
                    3 => Just(String::new()),
                    1 => cell(),
                    1 => "[+]?1?202[- ]?555[- ]?01[0-9]{2}",
                    1 => "[1-9][.]?[0-9]{0,2}[Ee][+]?[0-9]{0,2}",
                ],
                SLOTS,
            ),
        ) {
            let texts: [&str; SLOTS] = std::array::from_fn(|at| cells[at].as_str());
            let cells = Cells::new(texts, Reads::Text);
            prop_assert_eq!(fault_of_harmless(&cells), in_two_looks(&cells));
        }
    }

    #[test]
    fn a_number_in_a_shown_column_comes_before_what_is_damaged_before_it() {
        let mut texts = [""; SLOTS];
        texts[slot(Field::Account)] = "1.23457E+18";
        texts[slot(Field::Channel)] = "+12025550147";
        let fault = |texts| fault_of_harmless(&Cells::new(texts, Reads::Text));
        let number = (Field::Channel, RejectKind::PhoneNumber);
        assert_eq!(fault(texts), Some(number));
        texts[slot(Field::Channel)] = "";
        assert_eq!(fault(texts), Some((Field::Account, RejectKind::Damaged)));
        texts[slot(Field::Account)] = "";
        assert_eq!(fault(texts), None);
    }

    #[test]
    fn a_message_that_was_received_is_known_by_its_direction() {
        for word in [
            "inbound",
            "Inbound-SMS",
            "inbound/sms",
            "Incoming SMS",
            "incoming_call",
            "recv",
            "I",
            "in",
            "MO",
            "mo/sms",
            "RECEIVED",
            "mobile-originated",
        ] {
            assert!(is_inbound(word), "{word}");
        }
        for word in [
            "",
            "outbound-api",
            "out",
            "O",
            "MT",
            "in-app",
            "information",
            "mobile",
            "mobile-terminated",
            "modem",
            "receiver",
            "international",
            "sms",
            "Inbound Sales",
            "Inbound IVR",
            "inbound campaign",
            "incoming webhook",
            "Incoming Call Alert",
            "inbound-reply",
        ] {
            assert!(!is_inbound(word), "{word}");
        }
    }
}
