//! The text of a mapping, read: every error names a line and a key, and
//! nothing else of what was sent.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::cells::FIELDS;
use super::declared::ColumnMapping;
use super::error::IngestError;
use super::guard;
use super::mapping::{CarrierForm, Constants, Container, CountryForm, Mapping};
use super::shape::fold;
use super::time_form::TimeForm;
use crate::domain::{AccountName, Field, country};

pub(super) fn read(text: &str) -> Result<Mapping, IngestError> {
    let place = |span: Range<usize>| Place { text, span };
    if text.len() > Mapping::BYTES {
        return Err(place(0..0).wrong("mapping", "must be 16 KiB at most"));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        place(span).wrong("mapping", "must be TOML, each key once")
    })?;
    let mut mapping = Mapping {
        container: Container::Csv,
        zone: None,
        columns: Vec::new(),
        time: TimeForm::Any,
        country_form: CountryForm::Any,
        carrier_form: CarrierForm::Name,
        constants: Constants::default(),
    };
    let mut container = None;
    for (key, value) in table.get_ref() {
        let at = place(key.span());
        if key.get_ref() == "container" {
            let name = at.string(value, "container")?;
            let found = Container::ALL.into_iter().find(|one| one.as_str() == name);
            let found =
                found.ok_or_else(|| at.wrong("container", "must be csv, json or ndjson"))?;
            container = Some(found);
            continue;
        }
        let known = FIELDS
            .into_iter()
            .find(|field| field.label() == key.get_ref());
        let field = known.ok_or_else(|| at.wrong("mapping", NO_FIELD))?;
        let DeValue::Table(table) = value.get_ref() else {
            return Err(at.wrong(field.label(), "must be a table, such as [number]"));
        };
        for (key, value) in table {
            mapping.say(field, key, value, &place(key.span()))?;
        }
    }
    mapping.container =
        container.ok_or_else(|| place(0..0).wrong("container", "must be csv, json or ndjson"))?;
    mapping.check(&place(0..0))?;
    Ok(mapping)
}

impl Mapping {
    /// Takes one thing that is said of a field.
    fn say(
        &mut self,
        field: Field,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        at: &Place<'_>,
    ) -> Result<(), IngestError> {
        let said = at.string(value, field.label())?;
        let wrong = |rule| Err(at.wrong(field.label(), rule));
        match (key.get_ref().as_ref(), field) {
            ("column", _) => {
                let long = said.chars().count() > COLUMN || said.trim().is_empty();
                if long || said.chars().any(char::is_control) {
                    return wrong("column must be a name of 1 to 128 characters");
                }
                self.columns.push(ColumnMapping::new(field, said)?);
            }
            ("value", _) => return self.always(field, said, at),
            ("form", Field::Country) => {
                let mut forms = CountryForm::ALL.into_iter();
                match forms.find(|form| form.as_str() == Some(said)) {
                    Some(form) => self.country_form = form,
                    None => return wrong("form must be alpha2, alpha3 or name"),
                }
            }
            ("form", Field::Carrier) => {
                self.carrier_form = match said {
                    "name" => CarrierForm::Name,
                    "mcc-mnc" => CarrierForm::Joined,
                    _ => return wrong("form must be name or mcc-mnc"),
                };
            }
            ("time", Field::SentAt) => match TimeForm::parse(said) {
                Some(form) => self.time = form,
                None => return wrong(NO_TIME),
            },
            ("zone", Field::SentAt) => match said.parse() {
                Ok(zone) => self.zone = Some(zone),
                Err(_) => return wrong("zone must be UTC, an IANA zone or an offset"),
            },
            _ => return wrong(NO_KEY),
        }
        Ok(())
    }

    /// A value for the records that have none of their own.
    fn always(&mut self, field: Field, said: &str, at: &Place<'_>) -> Result<(), IngestError> {
        let wrong = |rule| at.wrong(field.label(), rule);
        let fits = !said.trim().is_empty() && guard::fault(field, said).is_none();
        let text = fits.then(|| said.trim().to_owned());
        match field {
            Field::Account => {
                let account = AccountName::parse(said);
                let account = account.map_err(|_| wrong("value must be the name of an account"))?;
                self.constants.account = Some(account);
            }
            Field::Country => {
                let known = country::alpha2(said);
                let known = known.ok_or_else(|| wrong("value must be a country, such as GB"))?;
                self.constants.country = Some(known);
            }
            Field::Kind => self.constants.kind = Some(text.ok_or_else(|| wrong(NO_VALUE))?),
            Field::Channel => self.constants.channel = Some(text.ok_or_else(|| wrong(NO_VALUE))?),
            _ => return Err(wrong(NO_KEY)),
        }
        Ok(())
    }

    fn check(&self, at: &Place<'_>) -> Result<(), IngestError> {
        for field in [Field::Number, Field::SentAt] {
            if self.columns.iter().all(|column| column.field() != field) {
                return Err(at.wrong(field.label(), "must have a column"));
            }
        }
        let csv = self.container == Container::Csv;
        let name = |column: &ColumnMapping| {
            if csv {
                fold(column.column())
            } else {
                column.column().to_owned()
            }
        };
        for (place, column) in self.columns.iter().enumerate() {
            let mut before = self.columns.iter().take(place);
            if before.any(|other| name(other) == name(column)) {
                let rule = "column is another field's already";
                return Err(at.wrong(column.field().label(), rule));
            }
        }
        let has = |field| self.columns.iter().any(|column| column.field() == field);
        if self.country_form != CountryForm::Any && !has(Field::Country) {
            return Err(at.wrong("country", "a form is of a column"));
        }
        if self.carrier_form != CarrierForm::Name && !has(Field::Carrier) {
            return Err(at.wrong("carrier", "a form is of a column"));
        }
        Ok(())
    }
}

/// Where something stands in the text of a mapping.
struct Place<'t> {
    text: &'t str,
    span: Range<usize>,
}

impl Place<'_> {
    fn wrong(&self, key: &'static str, rule: &'static str) -> IngestError {
        let before = self.text.as_bytes().get(..self.span.start);
        let before = before.unwrap_or(self.text.as_bytes());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        IngestError::Mapping { line, key, rule }
    }

    fn string<'v>(
        &self,
        value: &'v Spanned<DeValue<'_>>,
        key: &'static str,
    ) -> Result<&'v str, IngestError> {
        let said = value.get_ref().as_str();
        said.ok_or_else(|| self.wrong(key, "must be a text in quotes"))
    }
}

/// The longest name of a column, in characters.
const COLUMN: usize = 128;
const NO_FIELD: &str = "a key that is not known; container and the fields of a record are";
const NO_KEY: &str = "a key that this field does not take; docs/mapping.md names them";
const NO_VALUE: &str = "value must be a short word";
const NO_TIME: &str = "time must be rfc3339, rfc2822, epoch-seconds, epoch-millis, or a pattern that gives day, hour and minute";
