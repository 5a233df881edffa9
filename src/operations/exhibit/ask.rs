//! What is said about a file, as text, made into a request to admit it.

use super::AdmitRequest;
use super::unreadable::unreadable;
use crate::domain::{AccountName, CaseId, Reference, Title};
use crate::ingest::{ColumnMapping, Declared, Mapping};
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
    /// The text of a mapping.
    pub mapping: Option<String>,
    pub name: Option<String>,
    pub source: Option<String>,
}

impl AdmitRequest {
    pub fn read(case: CaseId, words: &AdmitWords) -> Result<Self, OperationError> {
        let mapping = words.mapping.as_deref().map(mapping_of);
        let mapping = mapping.transpose()?;
        if let Some(said) = &mapping {
            said_once(words, said)?;
        }
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
                .map(|text| column(text))
                .collect::<Result<_, _>>()?,
            mapping,
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

fn mapping_of(text: &str) -> Result<Mapping, OperationError> {
    Mapping::parse(text).map_err(unreadable)
}

/// A mapping says how all of the file is read; what it says is not said again
/// beside it.
fn said_once(words: &AdmitWords, said: &Mapping) -> Result<(), OperationError> {
    let format = words.format.as_deref().is_some_and(|name| name != "auto");
    for (at, twice) in [
        ("format", format),
        ("map", !words.map.is_empty()),
        ("zone", words.zone.is_some() && said.names_a_zone()),
        (
            "account",
            words.account.is_some() && said.names_an_account(),
        ),
    ] {
        if twice {
            return Err(OperationError::invalid(at, "is said by the mapping"));
        }
    }
    Ok(())
}

fn column(text: &str) -> Result<ColumnMapping, OperationError> {
    let (field, column) = text
        .split_once('=')
        .ok_or_else(|| OperationError::invalid("map", "must read field=column"))?;
    let field = field
        .parse()
        .map_err(|_| OperationError::invalid("map", "names a field that no record has"))?;
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
        assert!(column("number=Handset").is_ok());
        for text in ["number", "digits=Handset", "kind=body", "time_basis=x"] {
            assert!(column(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mapping_and_what_stands_beside_it_do_not_say_the_same_twice() {
        let mapping = "container = \"csv\"\n[number]\ncolumn = \"a\"\n\
            [sent_at]\ncolumn = \"b\"\nzone = \"UTC\"\n[account]\nvalue = \"c\"\n";
        let case = CaseId::from_random([0xa5; 13]);
        let ask = |words: AdmitWords| {
            let mapping = Some(mapping.to_owned());
            AdmitRequest::read(case.clone(), &AdmitWords { mapping, ..words }).is_ok()
        };
        let said = |text: &str| Some(text.to_owned());
        assert!(ask(AdmitWords::default()));
        assert!(ask(AdmitWords {
            format: said("auto"),
            ..AdmitWords::default()
        }));
        for words in [
            AdmitWords {
                format: said("duo-v1"),
                ..AdmitWords::default()
            },
            AdmitWords {
                map: vec!["kind=c".to_owned()],
                ..AdmitWords::default()
            },
            AdmitWords {
                zone: said("UTC"),
                ..AdmitWords::default()
            },
            AdmitWords {
                account: said("d"),
                ..AdmitWords::default()
            },
        ] {
            assert!(!ask(words));
        }
    }
}
