//! From cells to a row: every check that needs no key, in one place.

use zeroize::{Zeroize, Zeroizing};

use super::carrier;
use super::cells::{Cells, FIELDS, SeenCells};
use super::fineness::fineness;
use super::reference::reference;
use crate::domain::{AccountName, Field, Format, country};
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::{Reads, Shape};
use crate::ingest::guard::cells as guard;
use crate::ingest::mapping::column::ColumnMapping;
use crate::ingest::mapping::meaning::{Constants, CountryForm};
use crate::ingest::times::form::TimeForm;
use crate::ingest::times::reader::{TimeFault, TimeReader};
use crate::vault::plaintext::{Basis, RawNumber, Reject, RejectCells, RejectKind, Row, RowBatch};

/// Makes rows of records of one file.
pub(in crate::ingest) struct RowMaker {
    account: Option<AccountName>,
    kind: String,
    kinds: Vec<(String, String)>,
    /// Numbers begin with a calling code and have no plus.
    plus: bool,
    /// The format documents its references as ids of messages.
    reference_is_id: bool,
    /// The account is part of an address.
    account_in_uri: bool,
    country_form: CountryForm,
    constants: Constants,
    times: TimeReader,
    lower: [String; 2],
    network: String,
    number: Zeroizing<String>,
}

/// The row, or the field that is wrong and how.
type Made<'a> = Result<Row<'a>, (Field, RejectKind)>;

impl RowMaker {
    pub(in crate::ingest) fn new(declared: Declared, shape: &Shape) -> Self {
        let any = |reads| shape.columns.iter().any(|column| column.reads == reads);
        let zone = declared.zone().cloned();
        // A column that somebody mapped may hold anything, such as the name of a campaign.
        let mapped_ref = |column: &ColumnMapping| column.field() == Field::MessageRef;
        let reference_is_id = !matches!(shape.format, Format::SupplierCsv | Format::Mapped)
            && !declared.columns.iter().any(mapped_ref);
        let mapped = declared.mapping;
        let (form, country_form, constants) = match mapped {
            Some(said) => (said.time, said.country_form, said.constants),
            None => (TimeForm::Any, CountryForm::Any, Constants::default()),
        };
        let kind = shape.kind.clone().or_else(|| constants.kind.clone());
        Self {
            account: declared.account.or_else(|| constants.account.clone()),
            kind: kind.unwrap_or_default(),
            country_form,
            constants,
            kinds: shape.kinds.clone(),
            plus: any(Reads::International),
            reference_is_id,
            account_in_uri: any(Reads::AccountInUri),
            times: TimeReader::new(zone, form),
            lower: Default::default(),
            network: String::new(),
            // Room for a plus and the longest number that the guard lets through.
            number: Zeroizing::new(String::with_capacity(NUMBER_BYTES)),
        }
    }

    /// Adds the row of one record to the batch, or the record to its rejects. The batch must not
    /// be full. The error is about the file: a local time, and no zone was declared.
    pub(in crate::ingest) fn add(
        &mut self,
        batch: &mut RowBatch,
        line: u64,
        cells: Result<&Cells<'_>, RejectKind>,
    ) -> Result<(), IngestError> {
        let seen = cells.ok().and_then(Cells::without_marks);
        let seen = seen.as_ref().map(SeenCells::cells);
        let (column, kind, kept) = match cells {
            Err(kind) => (None, kind, RejectCells::none()),
            Ok(cells) => match self.make(line, seen.as_ref().unwrap_or(cells))? {
                Ok(row) => match batch.push(row) {
                    Ok(()) => return Ok(()),
                    // Not expected: the batch had room before this record.
                    Err(_) => (None, RejectKind::TooLong, RejectCells::none()),
                },
                Err((field, kind)) => (Some(field.label()), kind, cells.rejected()),
            },
        };
        batch.reject(Reject {
            line,
            column,
            kind,
            cells: kept,
        });
        Ok(())
    }

    fn make<'a>(&'a mut self, line: u64, cells: &Cells<'a>) -> Result<Made<'a>, IngestError> {
        for field in FIELDS {
            if let Some(kind) = guard::fault_of(cells.look, field, cells.get(field)) {
                return Ok(Err((field, kind)));
            }
        }
        let network = cells.network();
        for code in network {
            if let Some(kind) = guard::fault(Field::Carrier, code) {
                return Ok(Err((Field::Carrier, kind)));
            }
        }
        let [number, sent_at] = [Field::Number, Field::SentAt].map(|field| cells.get(field));
        let direction = cells.direction();
        if let Some(kind) = guard::fault(Field::Channel, direction) {
            return Ok(Err((Field::Channel, kind)));
        }
        let channel = first(cells.get(Field::Channel), direction);
        if is_inbound(channel) || is_inbound(direction) {
            return Ok(Err((Field::Channel, RejectKind::Inbound)));
        }
        let mut kind = first(cells.get(Field::Kind), &self.kind);
        if !self.kinds.is_empty() {
            let mut kinds = self.kinds.iter();
            match kinds.find(|(begins, _)| kind.starts_with(begins)) {
                Some((_, is)) => kind = is,
                None => return Ok(Err((Field::Kind, RejectKind::NotAMessage))),
            }
        }
        if number.is_empty() {
            return Ok(Err((Field::Number, RejectKind::MissingNumber)));
        }
        if sent_at.is_empty() {
            return Ok(Err((Field::SentAt, RejectKind::MissingTime)));
        }
        let fineness = fineness(sent_at, cells.time);
        let (sent_at, time_basis) = match self.times.read(sent_at, cells.time) {
            Ok(read) => read,
            Err(TimeFault::ZoneNeeded) => return Err(IngestError::ZoneNeeded { line }),
            Err(TimeFault::Unreadable(kind)) => return Ok(Err((Field::SentAt, kind))),
        };
        let named = cells.get(Field::Country);
        let known = country::alpha2(named).filter(|_| self.country_form.fits(named));
        let (country, country_basis) = match (known, self.constants.country) {
            (Some(country), _) => (country, Basis::InRecord),
            (None, _) if !named.is_empty() => {
                return Ok(Err((Field::Country, RejectKind::UnknownCountry)));
            }
            (None, Some(country)) => (country, Basis::Declared),
            (None, None) => ("", Basis::Absent),
        };
        let declared = self.account.as_ref().map_or("", AccountName::as_str);
        let [kind_room, channel_room] = &mut self.lower;
        let state = cells.get(Field::State);
        let mut account = cells.get(Field::Account);
        if self.account_in_uri {
            account = in_uri(account);
        }
        let carrier = match cells.get(Field::Carrier) {
            "" => carrier::of_network(network, &mut self.network),
            named => named,
        };
        let number = match self.plus {
            true => international(number, &mut self.number),
            false => number,
        };
        Ok(Ok(Row {
            account: first(account, declared),
            user: Some(cells.get(Field::User)).filter(|cell| !cell.is_empty()),
            number: RawNumber::new(number),
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

/// The part of an address after `/Account/`, or nothing if the address has no such part.
fn in_uri(cell: &str) -> &str {
    match cell.split_once("/Account/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        None if cell.contains('/') => "",
        None => cell,
    }
}

/// The number with a plus in front, if it is digits that can begin with a calling code.
fn international<'a>(number: &'a str, room: &'a mut Zeroizing<String>) -> &'a str {
    let bytes = number.as_bytes();
    let digits = bytes.iter().all(u8::is_ascii_digit);
    if !digits || bytes.starts_with(b"0") || bytes.len() >= NUMBER_BYTES {
        return number;
    }
    room.zeroize();
    room.push('+');
    room.push_str(number);
    room
}

/// True for the direction of a message that the owner of the log received.
fn is_inbound(direction: &str) -> bool {
    let word = direction.split(['-', '_', ' ']).next().unwrap_or_default();
    let mut words = INBOUND.iter();
    words.any(|inbound| direction.eq_ignore_ascii_case(inbound))
        || word.eq_ignore_ascii_case("inbound")
}

/// Suppliers' words for a message that the owner of the log received.
const INBOUND: [&str; 6] = [
    "inbound",
    "incoming",
    "in",
    "mo",
    "received",
    "mobile-originated",
];
/// The longest number that gets a plus, in bytes.
const NUMBER_BYTES: usize = 72;

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
