//! What is said about a file, as text, made into a request to admit it.

use super::AdmitRequest;
use super::unreadable::unreadable;
use crate::domain::{AccountName, CaseId, Field, Reference, Title};
use crate::ingest::{ColumnMapping, Declared};
use crate::vault::OperationError;

/// As given in an address and headers; what is absent is not said.
#[derive(Default)]
pub struct AdmitWords {
    /// A format's name; `auto` or nothing to find out.
    pub format: Option<String>,
    pub zone: Option<String>,
    pub account: Option<String>,
    pub region: Option<String>,
    /// `field=column`
    pub map: Vec<String>,
    pub name: Option<String>,
    pub source: Option<String>,
}

impl AdmitRequest {
    pub fn read(case: CaseId, words: &AdmitWords) -> Result<Self, OperationError> {
        let format = words
            .format
            .as_deref()
            .filter(|name| *name != "auto")
            .map(|name| {
                name.parse()
                    .map_err(|error| OperationError::invalid("format", error))
            })
            .transpose()?;
        let declared = Declared {
            format,
            zone: parsed(words.zone.as_deref(), "zone")?,
            account: words
                .account
                .as_deref()
                .map(|name| {
                    AccountName::parse(name)
                        .map_err(|error| OperationError::invalid("account", error))
                })
                .transpose()?,
            columns: words
                .map
                .iter()
                .map(|text| mapping(text))
                .collect::<Result<_, _>>()?,
        };
        let name = words
            .name
            .as_deref()
            .map(|text| {
                Title::parse(text).map_err(|error| OperationError::invalid("Exhibit-Name", error))
            })
            .transpose()?;
        let source = words
            .source
            .as_deref()
            .map(|text| {
                Reference::parse(text)
                    .map_err(|error| OperationError::invalid("Exhibit-Source", error))
            })
            .transpose()?;
        let region = parsed(words.region.as_deref(), "region")?;
        Ok(Self {
            case,
            name,
            source,
            declared,
            region,
        })
    }
}

fn mapping(text: &str) -> Result<ColumnMapping, OperationError> {
    let (field, column) = text
        .split_once('=')
        .ok_or_else(|| OperationError::invalid("map", "must read field=column"))?;
    let field = Field::ALL
        .into_iter()
        .find(|known| known.label() == field)
        .ok_or_else(|| OperationError::invalid("map", "names a field that no record has"))?;
    ColumnMapping::new(field, column).map_err(unreadable)
}

fn parsed<T: std::str::FromStr>(text: Option<&str>, at: &str) -> Result<Option<T>, OperationError>
where
    T::Err: std::fmt::Display,
{
    text.map(|text| {
        text.parse()
            .map_err(|error| OperationError::invalid(at, error))
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_a_field_and_a_column_that_holds_no_content() {
        assert!(mapping("number=Handset").is_ok());
        for text in ["number", "digits=Handset", "kind=body", "time_basis=x"] {
            assert!(mapping(text).is_err(), "{text}");
        }
    }
}
