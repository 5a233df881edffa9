//! `POST /cases/{case}/exhibits`: admits a file.
//!
//! Rows come from `ingest::pipeline` in batches and go to the vault; none is looked into here.

use super::preview::preview;
use crate::domain::{AccountName, CaseId, Field, Reference, Title, caught};
use crate::ingest::pipeline::{Arriving, Progress, feed};
use crate::ingest::{ColumnMapping, Declared, Mapping, Quotes};
use crate::vault::plaintext::Region;
use crate::vault::{
    Caller, Conflict, ExhibitFacts, OperationError, Refusal, Reply, TakesRows as _, Vault,
};

/// A request to admit a file, without the file.
pub struct AdmitRequest {
    /// The case that gets the exhibit.
    pub case: CaseId,
    /// A name for the exhibit.
    pub name: Option<Title>,
    /// Where the file came from.
    pub source: Option<Reference>,
    /// What the caller declares about the file's contents.
    pub declared: Declared,
    /// The region of numbers without a calling code.
    pub region: Option<Region>,
    /// Whether the file is only read, and nothing of it admitted.
    pub dry_run: bool,
    /// Whether only the beginning of the file is looked at, for its columns.
    pub preview: bool,
    /// Whether it is admitted even if little of it can be read.
    pub accept_quarantined: bool,
}

/// Admits the whole file or nothing of it. `progress` is asked after every batch; false cancels.
///
/// # Errors
///
/// A refusal with the reason: no right to do this, another admission in the case, a file that
/// cannot be read or of which too little can, or a cancelled admission. Nothing of the file is kept
/// then.
pub fn admit(
    vault: &Vault,
    caller: &Caller,
    request: AdmitRequest,
    arriving: Arriving,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<Reply, Refusal> {
    if request.preview {
        let sheet = request.declared.sheet;
        return preview(vault, caller, request.case, sheet.as_deref(), arriving);
    }
    if request.dry_run {
        return dry_run(vault, caller, request, arriving, progress);
    }
    let AdmitRequest {
        case,
        name,
        source,
        declared,
        region,
        dry_run: _,
        preview: _,
        accept_quarantined,
    } = request;
    let facts = ExhibitFacts {
        name,
        source,
        region,
        bytes: arriving.bytes,
        accept_quarantined,
    };
    let mut admission = vault.begin_admission(caller, &case, facts)?;
    let told = admission.progress();
    if let Some(stop) = arriving.stop {
        told.on_cancel(stop);
    }
    let read = caught(|| feed(&mut admission, declared, arriving.file, progress));
    match read {
        Ok(file) => vault.finish_admission(caller, admission, file),
        // A cancelled read may end in any error.
        Err(_) if told.is_cancelled() => {
            let error = OperationError::Conflict(Conflict::AdmissionCancelled);
            Err(vault.abandon_admission(caller, admission, error))
        }
        Err(error) => Err(vault.abandon_admission(caller, admission, error)),
    }
}

/// Reads the whole file and admits nothing.
fn dry_run(
    vault: &Vault,
    caller: &Caller,
    request: AdmitRequest,
    arriving: Arriving,
    progress: &mut dyn FnMut(Progress) -> bool,
) -> Result<Reply, Refusal> {
    let case = request.case;
    let mut run = vault.begin_dry_run(caller, &case, request.region, arriving.bytes)?;
    match caught(|| feed(&mut run, request.declared, arriving.file, progress)) {
        Ok(file) => vault.finish_dry_run(caller, case, run, &file, request.accept_quarantined),
        Err(error) => Err(vault.fail_dry_run(caller, case, error)),
    }
}

/// The parts of a request as text, from query parameters and headers or from the command line.
#[derive(Default)]
pub struct AdmitWords {
    /// The name of a format; `auto` or `None` to detect it.
    pub format: Option<String>,
    /// The zone of times that name none.
    pub zone: Option<String>,
    /// The account of records that name none.
    pub account: Option<String>,
    /// The region of numbers without a calling code.
    pub region: Option<String>,
    /// Mapped columns, each as `field=column`.
    pub map: Vec<String>,
    /// Columns that look like the country of each row and are none.
    pub drop: Vec<String>,
    /// The text of a mapping.
    pub mapping: Option<String>,
    /// How quotes are read; `None` for `auto`.
    pub quotes: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// A name for the exhibit.
    pub name: Option<String>,
    /// Where the file came from.
    pub source: Option<String>,
    /// `true` to read the file only.
    pub dry_run: Option<String>,
    /// `true` to look at its columns only.
    pub preview: Option<String>,
    /// `true` to admit it even if little of it can be read.
    pub accept_quarantined: Option<String>,
}

impl AdmitRequest {
    /// Reads the parts of a request.
    ///
    /// # Errors
    ///
    /// `Invalid` with the part that is wrong, or that the mapping also sets; `Unreadable` if a
    /// mapping or a mapped column is refused.
    pub fn read(case: CaseId, words: &AdmitWords) -> Result<Self, OperationError> {
        let (declared, region, accept_quarantined) = words.about_file()?;
        let (name, source) = words.about_exhibit()?;
        Ok(Self {
            case,
            name,
            source,
            declared,
            region,
            dry_run: yes(words.dry_run.as_deref(), "dry_run")?,
            preview: yes(words.preview.as_deref(), "preview")?,
            accept_quarantined,
        })
    }
}

impl AdmitWords {
    /// What the exhibit is called, and where it came from.
    pub(super) fn about_exhibit(
        &self,
    ) -> Result<(Option<Title>, Option<Reference>), OperationError> {
        let name = self.name.as_deref().map(|text| {
            Title::parse(text).map_err(|error| OperationError::invalid("Exhibit-Name", error))
        });
        let source = self.source.as_deref().map(|text| {
            Reference::parse(text).map_err(|error| OperationError::invalid("Exhibit-Source", error))
        });
        Ok((name.transpose()?, source.transpose()?))
    }

    /// What is said about the file: how it is read, the region of its numbers, and whether little of it is enough.
    pub(super) fn about_file(&self) -> Result<(Declared, Option<Region>, bool), OperationError> {
        let words = self;
        let mapping = words.mapping.as_deref().map(Mapping::parse).transpose()?;
        if let Some(mapping) = &mapping {
            refuse_twice(words, mapping)?;
        }
        let format = words
            .format
            .as_deref()
            .filter(|name| *name != "auto")
            .map(|name| {
                name.parse()
                    .map_err(|error| OperationError::invalid("format", format!("{error}, or auto")))
            })
            .transpose()?;
        let region = parsed(words.region.as_deref(), "region")?;
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
            quotes: parsed::<Quotes>(words.quotes.as_deref(), "quotes")?.unwrap_or_default(),
            sheet: words.sheet.as_deref().map(sheet).transpose()?,
            region,
            drop: self.drop.clone(),
        };
        Ok((
            declared,
            region,
            yes(words.accept_quarantined.as_deref(), "accept_quarantined")?,
        ))
    }
}

/// Reads a text that is `true` or `false`; nothing is `false`.
fn yes(text: Option<&str>, at: &str) -> Result<bool, OperationError> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(OperationError::invalid(at, "must be true or false")),
    }
}

/// A mapping describes how the whole file is read. What it sets must not be given a second time.
fn refuse_twice(words: &AdmitWords, mapping: &Mapping) -> Result<(), OperationError> {
    let format = words.format.as_deref().is_some_and(|name| name != "auto");
    if !words.map.is_empty() {
        return Err(OperationError::invalid(
            "map",
            "must not be given beside a mapping; name the column in the mapping",
        ));
    }
    for (at, twice) in [
        ("format", format),
        ("zone", words.zone.is_some() && mapping.names_a_zone()),
        (
            "account",
            words.account.is_some() && mapping.names_an_account(),
        ),
    ] {
        if twice {
            return Err(OperationError::invalid(
                at,
                "must not be given beside a mapping that says it",
            ));
        }
    }
    Ok(())
}

/// Reads `field=column`.
fn column(text: &str) -> Result<ColumnMapping, OperationError> {
    let (field, column) = text
        .split_once('=')
        .ok_or_else(|| OperationError::invalid("map", "must read field=column"))?;
    let field = field
        .parse()
        .map_err(|_| OperationError::invalid("map", format!("must name a field: {}", fields())))?;
    Ok(ColumnMapping::new(field, column)?)
}

/// The fields that a column may hold, as a list.
fn fields() -> String {
    let read = |field: &&Field| ColumnMapping::new(**field, "column").is_ok();
    let read = Field::ALL.iter().filter(read);
    let labels: Vec<&str> = read.map(|field| field.label()).collect();
    labels.join(", ")
}

/// Reads the name of a sheet.
fn sheet(text: &str) -> Result<String, OperationError> {
    let fits = (1..=SHEET).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    let rule = "must be the name of a sheet, 31 characters at most";
    fits.then(|| text.to_owned())
        .ok_or_else(|| OperationError::invalid("sheet", rule))
}

/// The longest name of a sheet that Excel takes, in characters.
const SHEET: usize = 31;

/// Reads a text that may be absent; `at` names it in the error.
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
    fn a_mapping_and_what_is_given_beside_it_do_not_say_the_same_twice() {
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
