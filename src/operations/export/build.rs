//! Builds the package of an approved request, sealed to its recipients.
//!
//! One of the two files that turn a disclosed number into text. The package is built after the
//! leaf is durable, and only ciphertext (age) reaches the disk.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
use serde_json::json;
use zeroize::Zeroizing;

use crate::domain::{RequestId, RequestIdOfKind as _, area_code};
use crate::evidence::{
    BagInfo, DECIDER_PASSKEY, Device, EvidenceError, Finished, PackageName, PackageWriter, Padding,
    Recipient, SealedFile, Spreadsheet, readme, write_row,
};
use crate::policy::actions;
use crate::vault::records::{
    Evidence, EvidenceDamaged, ExportContents, Notice, ReportTable, Shown,
};
use crate::vault::scope::Scope;
use crate::vault::scope::requests::{PackageContents, PackageRows, Packaged, RejectList};
use crate::vault::{
    Answer, Build, Conflict, Operation, OperationError, Receipt, StoreError, StoreFault, Target,
    Wire,
};

pub(super) struct BuildPackage<K: Packaged> {
    pub(super) id: K::Id,
    /// Gets the file of the package, so that it can be handed out without being read again.
    pub(super) file: Arc<OnceLock<File>>,
    /// Says whether somebody stopped it.
    pub(super) build: Build,
}

pub(super) struct Approved {
    package: PackageContents,
    file: Arc<OnceLock<File>>,
    build: Build,
}

impl<K: Packaged> Operation for BuildPackage<K> {
    type Action = actions::BuildPackage;
    type Answer = Approved;

    fn target(&self) -> Target {
        Target::Request(self.id.of_any_kind())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Approved, OperationError> {
        Ok(Approved {
            package: scope.open_contents::<K>(&self.id)?,
            file: self.file,
            build: self.build,
        })
    }
}

impl Answer for Approved {
    type View = Wire;

    fn view(self, receipt: &Receipt) -> Result<Wire, OperationError> {
        self.build.begin();
        let built = write(&self.package, &self.build, receipt);
        let built = built.map_err(|error| {
            // Ciphertext that nobody will receive.
            let _ = std::fs::remove_dir_all(self.package.file.workplace());
            not_written(&self.package.request, &error)
        })?;
        let wire = Wire::json(&json!({
            "tagmanifest_sha256": built.tagmanifest_sha256,
            "sha256": built.sha256,
            "bytes": built.bytes,
            "steps": self.package.steps,
        }))?;
        // If there is none, the one in the folder is read.
        let _ = self.file.set(built.file);
        Ok(wire)
    }
}

fn write(
    package: &PackageContents,
    build: &Build,
    receipt: &Receipt,
) -> Result<Finished, NotBuilt> {
    let name = PackageName::parse(package.request.as_str())?;
    let (work, tar) = (package.file.workplace(), package.file.path());
    // A crash may have left them: ciphertext that nobody has received.
    let _ = std::fs::remove_dir_all(&work);
    let _ = std::fs::remove_file(&tar);
    if package.file.is_away() {
        return Err(NotBuilt::Away);
    }
    package
        .file
        .make_folder()
        .map_err(|source| EvidenceError::Io {
            step: "open the folder for packages",
            source,
        })?;
    let recipients = package
        .leaving
        .recipients
        .iter()
        .map(|text| text.parse::<Recipient>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| EvidenceError::NoRecipient)?;
    let mut writer = PackageWriter::begin(&work, &name, &recipients)?;
    let padding = Padding::of(package.padding);
    match &package.rows {
        PackageRows::Export(ExportContents::Notice(people)) => {
            notice(&mut writer, &padding, people, build, receipt)?
        }
        PackageRows::Export(ExportContents::Report(counted)) => {
            report(&mut writer, &padding, &counted.tables)?;
        }
        PackageRows::Export(ExportContents::Evidence(evidence)) => {
            records(&mut writer, &padding, evidence, build, receipt)?;
        }
        PackageRows::Quarantine(list) => rejects(&mut writer, &padding, list, build, receipt)?,
    }
    writer.attach("entry.json", &package.leaf)?;
    writer.attach("decided.json", &package.decided)?;
    writer.attach(
        &format!("{}.tlog-proof", package.request),
        package.proof.as_bytes(),
    )?;
    if let Some(device) = &package.device {
        let device = Device {
            assertion: device.assertion.clone(),
            statement: device.statement.clone(),
            point: device.point.clone(),
            enrolment: device.enrolment.clone(),
            proof: device.proof.clone(),
        };
        for (name, bytes) in device.files() {
            writer.attach(name, &bytes)?;
        }
    }
    writer.attach(
        "README.txt",
        readme(&name, package.device.is_some()).as_bytes(),
    )?;
    let mut extra = vec![
        ("Audit-Origin".to_owned(), package.origin.clone()),
        ("Audit-Index".to_owned(), package.leaf_number.to_string()),
        ("Audit-Checkpoint-Root".to_owned(), package.root.clone()),
        (
            "Export-Profile".to_owned(),
            package.leaving.profile.to_owned(),
        ),
        (
            "Legal-Basis".to_owned(),
            package.leaving.legal_basis.clone(),
        ),
        (
            DECIDER_PASSKEY.to_owned(),
            package
                .device
                .as_ref()
                .map_or("none", |_| "signed")
                .to_owned(),
        ),
    ];
    if let PackageRows::Export(ExportContents::Report(_)) = package.rows {
        extra.push(("Area-Code-Table".to_owned(), area_code::VERSION.to_owned()));
    }
    let info = BagInfo {
        source_organization: "breachvault".to_owned(),
        external_description: format!("Breach evidence, profile {}", package.leaving.profile),
        external_identifier: package.request.to_string(),
        bagged_at: package.made_at,
        extra,
    };
    let sign = |message: &[u8]| package.signer.sign(message);
    if !build.end() {
        return Err(NotBuilt::Cancelled);
    }
    let finished = writer.finish(&info, &sign, package.signer.public(), &tar)?;
    let dated = package.file.date(package.measured);
    dated.map_err(|source| EvidenceError::Io {
        step: "date the package",
        source,
    })?;
    Ok(finished)
}

/// `export.csv` for people and `export.json` with exact values for machines, and for some profiles `export.xlsx`.
struct Twins {
    csv: BufWriter<SealedFile>,
    json: BufWriter<SealedFile>,
    xlsx: Option<Spreadsheet<SealedFile>>,
    rows: u64,
}

impl Twins {
    fn begin(writer: &mut PackageWriter, header: &[&str]) -> Result<Self, EvidenceError> {
        // The JSON file is larger, and the first file goes straight into the tar.
        let mut json = BufWriter::with_capacity(1 << 16, writer.seal("export.json")?);
        let mut csv = BufWriter::with_capacity(1 << 16, writer.seal("export.csv")?);
        write_row(&mut csv, header.iter().copied()).map_err(failed)?;
        json.write_all(b"[").map_err(failed)?;
        Ok(Self {
            csv,
            json,
            xlsx: None,
            rows: 0,
        })
    }

    /// The same with a spreadsheet beside them.
    fn with_spreadsheet(
        writer: &mut PackageWriter,
        header: &[&str],
    ) -> Result<Self, EvidenceError> {
        let twins = Self::begin(writer, header)?;
        let xlsx = Spreadsheet::begin(writer.seal("export.xlsx")?, header)?;
        Ok(Self {
            xlsx: Some(xlsx),
            ..twins
        })
    }

    fn row(&mut self, cells: &[&str], value: &impl Serialize) -> Result<(), EvidenceError> {
        write_row(&mut self.csv, cells.iter().copied()).map_err(failed)?;
        if let Some(xlsx) = &mut self.xlsx {
            xlsx.row(cells)?;
        }
        self.json
            .write_all(if self.rows == 0 { b"\n" } else { b",\n" })
            .map_err(failed)?;
        serde_json::to_writer(&mut self.json, value).map_err(|error| failed(error.into()))?;
        self.rows += 1;
        Ok(())
    }

    fn finish(
        mut self,
        writer: &mut PackageWriter,
        padding: &Padding,
    ) -> Result<(), EvidenceError> {
        self.json.write_all(b"\n]\n").map_err(failed)?;
        padding.end_json(&mut self.json).map_err(failed)?;
        padding.end_csv(&mut self.csv).map_err(failed)?;
        for file in [self.csv, self.json] {
            end(file)?;
        }
        let Some(xlsx) = self.xlsx else {
            return Ok(());
        };
        let whole = xlsx.is_whole();
        let file = xlsx.finish(&padding.for_xlsx())?;
        match whole {
            true => file.finish(),
            false => writer.leave_out(file),
        }
    }
}

fn end(file: BufWriter<SealedFile>) -> Result<(), EvidenceError> {
    let file = file.into_inner();
    file.map_err(|error| failed(error.into_error()))?.finish()
}

fn notice(
    writer: &mut PackageWriter,
    padding: &Padding,
    people: &Notice,
    build: &Build,
    receipt: &Receipt,
) -> Result<(), NotBuilt> {
    #[derive(Serialize)]
    struct Row<'a> {
        number: &'a str,
        users: &'a [&'a str],
        messages: u64,
        first: &'a str,
        last: &'a str,
        kinds: &'a [&'a str],
    }
    let header = ["number", "users", "messages", "first", "last", "kinds"];
    let mut twins = Twins::with_spreadsheet(writer, &header)?;
    people.for_each(|row| {
        goes_on(build)?;
        let number = row.number.expose(receipt);
        let (first, last) = (row.first.to_string(), row.last.to_string());
        let users = Zeroizing::new(row.users.join(" "));
        let (messages, kinds) = (row.messages.to_string(), row.kinds.join(" "));
        let cells = [number.as_str(), &users, &messages, &first, &last, &kinds];
        let value = Row {
            number: &number,
            users: &row.users,
            messages: row.messages,
            first: &first,
            last: &last,
            kinds: &row.kinds,
        };
        twins.row(&cells, &value).map_err(NotBuilt::from)
    })?;
    Ok(twins.finish(writer, padding)?)
}

fn report(
    writer: &mut PackageWriter,
    padding: &Padding,
    tables: &[ReportTable],
) -> Result<(), EvidenceError> {
    #[derive(Serialize)]
    struct Row<'a> {
        by: &'a str,
        value: &'a str,
        name: &'a str,
        numbers: &'a Shown,
    }
    let header = ["by", "value", "name", "numbers"];
    let mut twins = Twins::with_spreadsheet(writer, &header)?;
    for table in tables {
        for row in &table.rows {
            let numbers = match &row.numbers {
                Shown::Number(number) => number.to_string(),
                Shown::Hidden(hidden) => hidden.clone(),
            };
            let cells = [
                table.by.as_str(),
                row.value.as_str(),
                row.name.as_str(),
                &numbers,
            ];
            let value = Row {
                by: &table.by,
                value: &row.value,
                name: &row.name,
                numbers: &row.numbers,
            };
            twins.row(&cells, &value)?;
        }
    }
    twins.finish(writer, padding)
}

fn records(
    writer: &mut PackageWriter,
    padding: &Padding,
    evidence: &Evidence,
    build: &Build,
    receipt: &Receipt,
) -> Result<(), NotBuilt> {
    let mut header = vec!["record", "subject", "number", "sent_at"];
    header.extend(Evidence::FIELDS);
    let mut twins = Twins::begin(writer, &header)?;
    evidence.for_each(|row| {
        goes_on(build)?;
        let number = row.number.expose(receipt);
        let first = [
            row.record.as_str(),
            row.subject.as_str(),
            number.as_str(),
            &row.sent_at,
        ];
        let cells: Vec<&str> = first.into_iter().chain(row.fields).collect();
        let members = Members {
            names: &header,
            cells: &cells,
        };
        twins.row(&cells, &members).map_err(NotBuilt::from)
    })?;
    Ok(twins.finish(writer, padding)?)
}

/// Rows that could not be admitted, to be corrected in the original by their lines.
fn rejects(
    writer: &mut PackageWriter,
    padding: &Padding,
    list: &RejectList,
    build: &Build,
    receipt: &Receipt,
) -> Result<(), NotBuilt> {
    #[derive(Serialize)]
    struct Row<'a> {
        line: u64,
        column: Option<&'a str>,
        kind: &'a str,
        cells: Members<'a>,
    }
    // One of the mapped columns is a message's `kind`.
    let columns = list.columns().iter();
    let named: Vec<String> = columns.map(|column| format!("cells.{column}")).collect();
    let mut header = vec!["line", "column", "kind"];
    header.extend(named.iter().map(String::as_str));
    let mut twins = Twins::begin(writer, &header)?;
    list.for_each(receipt, |row| {
        goes_on(build)?;
        let line = row.line.to_string();
        let mut cells = vec![line.as_str(), row.column.unwrap_or_default(), row.kind];
        cells.extend(row.cells.iter().map(|cell| cell.unwrap_or_default()));
        let all = list.columns().iter().zip(&row.cells);
        let present = all.filter_map(|(column, cell)| Some((column.as_str(), (*cell)?)));
        let (names, present): (Vec<&str>, Vec<&str>) = present.unzip();
        let value = Row {
            line: row.line,
            column: row.column,
            kind: row.kind,
            cells: Members {
                names: &names,
                cells: &present,
            },
        };
        twins.row(&cells, &value).map_err(NotBuilt::from)
    })?;
    Ok(twins.finish(writer, padding)?)
}

fn goes_on(build: &Build) -> Result<(), NotBuilt> {
    match build.is_cancelled() {
        true => Err(NotBuilt::Cancelled),
        false => Ok(()),
    }
}

/// Cells as an object, with its members in the order of their names.
struct Members<'r> {
    names: &'r [&'r str],
    cells: &'r [&'r str],
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.cells))
    }
}

/// Why a package was not built: a file could not be written, an opened record is damaged, or somebody stopped it.
#[derive(Debug, thiserror::Error)]
enum NotBuilt {
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error(transparent)]
    Damaged(#[from] EvidenceDamaged),
    #[error("the folder for packages is away")]
    Away,
    #[error("somebody stopped it")]
    Cancelled,
}

/// The error for the caller. The cause is logged, because the caller cannot do anything about it.
fn not_written(request: &RequestId, error: &NotBuilt) -> OperationError {
    if let NotBuilt::Cancelled = error {
        return OperationError::Conflict(Conflict::BuildCancelled);
    }
    tracing::error!(request.id = %request, fault = %error, "a package was not written");
    match error {
        NotBuilt::Damaged(_) => OperationError::Damaged {
            place: format!("records of {request}"),
        },
        NotBuilt::Away => OperationError::Store(StoreError {
            at: "packages::folder",
            fault: StoreFault::CannotOpen,
        }),
        NotBuilt::Evidence(EvidenceError::Io { source, .. })
            if source.kind() == io::ErrorKind::StorageFull =>
        {
            OperationError::Store(StoreError {
                at: "package",
                fault: StoreFault::DiskFull,
            })
        }
        NotBuilt::Evidence(_) | NotBuilt::Cancelled => {
            OperationError::Internal("a package was not written")
        }
    }
}

fn failed(error: io::Error) -> EvidenceError {
    EvidenceError::Io {
        step: "write the export",
        source: error,
    }
}
