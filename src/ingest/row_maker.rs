//! Cells to a row: every check that needs no key, in one place.

use super::cells::{Cells, FIELDS};
use super::declared::Declared;
use super::error::IngestError;
use super::guard;
use super::mapping::{CarrierForm, Constants, CountryForm};
use super::shape::Shape;
use super::time_form::TimeForm;
use super::times::{TimeFault, Times};
use crate::domain::{AccountName, Field, country, network};
use crate::vault::plaintext::{Basis, RawNumber, RejectKind, Row};

pub(super) struct RowMaker {
    account: Option<AccountName>,
    kind: Option<&'static str>,
    country_form: CountryForm,
    carrier_form: CarrierForm,
    constants: Constants,
    times: Times,
    lower: [String; 2],
}

/// The row, or the field at fault and what is wrong with it.
pub(super) type Made<'a> = Result<Row<'a>, (Field, RejectKind)>;

impl RowMaker {
    pub(super) fn new(declared: Declared, shape: &Shape) -> Self {
        let zone = declared.zone().cloned();
        let (form, country_form, carrier_form, constants) = match declared.mapping {
            Some(said) => (
                said.time,
                said.country_form,
                said.carrier_form,
                said.constants,
            ),
            None => (
                TimeForm::Any,
                CountryForm::Any,
                CarrierForm::Name,
                Constants::default(),
            ),
        };
        Self {
            account: declared.account.or(constants.account.clone()),
            kind: shape.kind,
            country_form,
            carrier_form,
            constants,
            times: Times::new(zone, form),
            lower: Default::default(),
        }
    }

    /// The error is the file's: a local time and no zone.
    pub(super) fn make<'a>(
        &'a mut self,
        line: u64,
        cells: &Cells<'a>,
    ) -> Result<Made<'a>, IngestError> {
        for field in FIELDS {
            if let Some(kind) = guard::fault(field, cells.get(field)) {
                return Ok(Err((field, kind)));
            }
        }
        let [number, sent_at] = [Field::Number, Field::SentAt].map(|field| cells.get(field));
        if cells.get(Field::Channel).eq_ignore_ascii_case("inbound") {
            return Ok(Err((Field::Channel, RejectKind::Inbound)));
        }
        if number.is_empty() {
            return Ok(Err((Field::Number, RejectKind::MissingNumber)));
        }
        if sent_at.is_empty() {
            return Ok(Err((Field::SentAt, RejectKind::MissingTime)));
        }
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
        let constant = |field| self.constants.of(field).unwrap_or_default();
        let kind = self.kind.unwrap_or_else(|| constant(Field::Kind));
        let [kind_room, channel_room] = &mut self.lower;
        let state = cells.get(Field::State);
        Ok(Ok(Row {
            account: first(cells.get(Field::Account), declared),
            user: Some(cells.get(Field::User)).filter(|cell| !cell.is_empty()),
            number: RawNumber::new(number),
            carrier: carrier(cells.get(Field::Carrier), self.carrier_form),
            country,
            state,
            sent_at,
            kind: lower(first(cells.get(Field::Kind), kind), kind_room),
            channel: lower(
                first(cells.get(Field::Channel), constant(Field::Channel)),
                channel_room,
            ),
            message_ref: Some(cells.get(Field::MessageRef)).filter(|cell| !cell.is_empty()),
            country_basis,
            state_basis: in_record(state),
            time_basis,
            line,
        }))
    }
}

fn first<'a>(cell: &'a str, otherwise: &'a str) -> &'a str {
    if cell.is_empty() { otherwise } else { cell }
}

/// The carrier by its name, where its network is known; else as in the record.
fn carrier(cell: &str, form: CarrierForm) -> &str {
    if form == CarrierForm::Name {
        return cell;
    }
    let network = network::split_joined(cell);
    let known = network.and_then(|(mcc, mnc)| network::carrier_name(mcc, mnc));
    known.unwrap_or(cell)
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
