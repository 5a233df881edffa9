//! Reading the text of a mapping. Errors name a line and a key, and nothing else of the text.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::column::ColumnMapping;
use super::meaning::{Constants, Container, CountryForm, MappedColumn, Mapping};
use crate::domain::invisible::trim;
use crate::domain::{AccountName, Field, country};
use crate::ingest::column_name::fold;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Reads;
use crate::ingest::guard::cells as guard;
use crate::ingest::rows::cells::FIELDS;
use crate::ingest::times::form::TimeForm;

impl Mapping {
    /// Reads the text of a mapping, TOML of at most [`Mapping::BYTES`] bytes.
    ///
    /// # Errors
    ///
    /// `Mapping` with the line, the key and the rule that is broken; `ContentColumn` and
    /// `NotRead` as `ColumnMapping::new` gives them.
    pub fn parse(text: &str) -> Result<Self, IngestError> {
        let place = |span: Range<usize>| KeySpan { text, span };
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
            constants: Constants::default(),
        };
        let (mut container, mut forms) = (None, Forms::default());
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
                mapping.set(field, key, value, &mut forms, &place(key.span()))?;
            }
        }
        mapping.container = container
            .ok_or_else(|| place(0..0).wrong("container", "must be csv, json or ndjson"))?;
        mapping.set_reads(forms, &place(0..0))?;
        mapping.check(&place(0..0))?;
        Ok(mapping)
    }

    /// Takes a key of a field's table.
    fn set(
        &mut self,
        field: Field,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        forms: &mut Forms,
        at: &KeySpan<'_>,
    ) -> Result<(), IngestError> {
        let said = at.string(value, field.label())?;
        let wrong = |rule| Err(at.wrong(field.label(), rule));
        match (key.get_ref().as_ref(), field) {
            ("column", _) => self.map(field, said, Reads::Text, at)?,
            ("mcc", Field::Carrier) => self.map(field, said, Reads::Mcc, at)?,
            ("mnc", Field::Carrier) => self.map(field, said, Reads::Mnc, at)?,
            ("time_column", Field::SentAt) => self.map(field, said, Reads::Clock, at)?,
            ("value", _) => return self.set_value(field, said, at),
            ("form", Field::Country) => {
                let mut forms = CountryForm::ALL.into_iter();
                match forms.find(|form| form.as_str() == Some(said)) {
                    Some(form) => self.country_form = form,
                    None => return wrong("form must be alpha2, alpha3 or name"),
                }
            }
            ("form", Field::Carrier) => match said {
                "name" => {}
                "mcc-mnc" => forms.joined = true,
                _ => return wrong("form must be name or mcc-mnc"),
            },
            ("form", Field::Number) => match said {
                "international" => forms.international = true,
                _ => return wrong("form must be international"),
            },
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

    /// Maps a column to a field.
    fn map(
        &mut self,
        field: Field,
        said: &str,
        reads: Reads,
        at: &KeySpan<'_>,
    ) -> Result<(), IngestError> {
        let long = said.chars().count() > COLUMN || trim(said).is_empty();
        if long || said.chars().any(char::is_control) {
            let rule = "a column must be a name of 1 to 128 characters";
            return Err(at.wrong(field.label(), rule));
        }
        let column = ColumnMapping::new(field, said)?;
        self.columns.push(MappedColumn { column, reads });
        Ok(())
    }

    /// Takes the value for records that have none of their own.
    fn set_value(&mut self, field: Field, said: &str, at: &KeySpan<'_>) -> Result<(), IngestError> {
        let wrong = |rule| at.wrong(field.label(), rule);
        let fits = !trim(said).is_empty() && guard::fault(field, said).is_none();
        let text = fits.then(|| trim(said).to_owned());
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

    /// Sets how each column is read, when all keys were taken.
    fn set_reads(&mut self, forms: Forms, at: &KeySpan<'_>) -> Result<(), IngestError> {
        let mut unjoined = forms.joined;
        for one in &mut self.columns {
            match (one.column.field(), one.reads, &self.time) {
                (Field::SentAt, Reads::Text, TimeForm::EpochSeconds) => {
                    one.reads = Reads::EpochSeconds;
                }
                (Field::SentAt, Reads::Text, TimeForm::EpochMillis) => {
                    one.reads = Reads::EpochMillis;
                }
                (Field::SentAt, Reads::Text, TimeForm::EpochMicros) => {
                    one.reads = Reads::EpochMicros;
                }
                (Field::SentAt, Reads::Text, TimeForm::EpochNanos) => {
                    one.reads = Reads::EpochNanos;
                }
                (Field::Number, _, _) if forms.international => one.reads = Reads::International,
                (Field::Carrier, Reads::Text, _) if forms.joined => {
                    (one.reads, unjoined) = (Reads::MccMnc, false);
                }
                _ => {}
            }
        }
        match unjoined {
            true => Err(at.wrong("carrier", "form needs a column")),
            false => Ok(()),
        }
    }

    /// Checks what can only be checked of the whole mapping.
    fn check(&self, at: &KeySpan<'_>) -> Result<(), IngestError> {
        let has = |field, of: &dyn Fn(Reads) -> bool| {
            let mut columns = self.columns.iter();
            columns.any(|one| one.column.field() == field && of(one.reads))
        };
        for field in [Field::Number, Field::SentAt] {
            if !has(field, &|reads| reads != Reads::Clock) {
                return Err(at.wrong(field.label(), "must have a column"));
            }
        }
        let clock = has(Field::SentAt, &|reads| reads == Reads::Clock);
        if clock && !has(Field::SentAt, &|reads| reads == Reads::Text) {
            let rule = "a time since 1970 has no time_column";
            return Err(at.wrong(Field::SentAt.label(), rule));
        }
        if clock && self.time == TimeForm::Serial {
            let rule = "`serial` has no time_column: such a number has its time of day behind the point; leave time_column \
                 out, or write the two columns as `time = \"%Y-%m-%d %H:%M:%S\"`";
            return Err(at.wrong(Field::SentAt.label(), rule));
        }
        let csv = self.container == Container::Csv;
        let name = |one: &MappedColumn| match csv {
            true => fold(one.column.column()),
            false => one.column.column().to_owned(),
        };
        for (place, one) in self.columns.iter().enumerate() {
            let mut before = self.columns.iter().take(place);
            if before.any(|other| name(other) == name(one)) {
                let rule = "the column is mapped to another field already";
                return Err(at.wrong(one.column.field().label(), rule));
            }
        }
        if self.country_form != CountryForm::Any && !has(Field::Country, &|_| true) {
            return Err(at.wrong("country", "form needs a column"));
        }
        let [mcc, mnc] =
            [Reads::Mcc, Reads::Mnc].map(|code| has(Field::Carrier, &move |reads| reads == code));
        if mcc != mnc {
            return Err(at.wrong("carrier", "mcc needs mnc, and mnc needs mcc"));
        }
        Ok(())
    }
}

/// Forms of columns that may be named before their column.
#[derive(Clone, Copy, Default)]
struct Forms {
    /// Carriers are `mcc-mnc`.
    joined: bool,
    /// Numbers are `international`.
    international: bool,
}

/// A part of the text of a mapping, to name its line in an error.
struct KeySpan<'t> {
    text: &'t str,
    span: Range<usize>,
}

impl KeySpan<'_> {
    /// The error of a broken rule.
    fn wrong(&self, key: &'static str, rule: &'static str) -> IngestError {
        let before = self.text.as_bytes().get(..self.span.start);
        let before = before.unwrap_or(self.text.as_bytes());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        IngestError::Mapping { line, key, rule }
    }

    /// The value, if it is a string.
    fn string<'v>(
        &self,
        value: &'v Spanned<DeValue<'_>>,
        key: &'static str,
    ) -> Result<&'v str, IngestError> {
        let said = value.get_ref().as_str();
        said.ok_or_else(|| self.wrong(key, "must be a string in quotes"))
    }
}

/// The longest name of a column, in characters.
const COLUMN: usize = 128;
const NO_FIELD: &str = "is not a known key; container and the names of fields are";
const NO_KEY: &str = "is not a key of this field; docs/mapping.md lists them";
const NO_VALUE: &str = "value must be a short word";
const NO_TIME: &str = "time must be rfc3339, rfc2822, epoch-seconds, epoch-millis, epoch-micros, \
    epoch-nanos, or a pattern that gives day, hour and minute";
