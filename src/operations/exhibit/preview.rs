//! `POST /cases/{case}/exhibits?preview=true`: the columns of a file by name, and the kinds of their first values.
//!
//! Only the beginning of the file is read, and nothing of it is kept or quoted.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, Field, caught};
use crate::ingest::pipeline::Arriving;
use crate::ingest::{FileLook, look};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Caller, FileReport, Operation, OperationError, Refusal, Reply, Target, Vault};

/// What is told of a file of which nothing is admitted.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Checked {
    /// Of a file that was read to the end.
    Report(Box<FileReport>),
    /// Of a file that was looked at.
    Preview(FilePreview),
}

/// What the beginning of a file shows. No cell is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilePreview {
    /// The columns in the order of the file, the first 256 of them.
    #[schema(max_items = 256)]
    pub columns: Vec<PreviewedColumn>,
    /// Whether the columns have names. If not, the first line seems to be data, and none of it is shown.
    pub has_names: bool,
    /// A draft of a mapping, to be checked and completed; without names of columns, what is to be done first.
    pub mapping: String,
}

/// A column of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewedColumn {
    /// Its name, or its place if its name might be a cell.
    pub column: String,
    /// The field that it is likely to hold; left out if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub field: Option<&'static str>,
    /// What kind of values its first cells are.
    pub values: String,
}

struct PreviewFile {
    case: CaseId,
    preview: FilePreview,
}

/// Looks at the beginning of a file, for whoever may check files of the case.
pub(super) fn preview(
    vault: &Vault,
    caller: &Caller,
    case: CaseId,
    sheet: Option<&str>,
    arriving: Arriving,
) -> Result<Reply, Refusal> {
    let target = Target::Case(case.clone());
    vault.permit::<actions::CheckFile>(caller, &target)?;
    match caught(|| Ok(look(arriving.file, sheet)?)) {
        Ok(look) => vault.perform(
            caller,
            PreviewFile {
                case,
                preview: look.into(),
            },
        ),
        Err(error) => Err(vault.turn_away::<actions::CheckFile>(caller, target, error)),
    }
}

impl From<FileLook> for FilePreview {
    fn from(look: FileLook) -> Self {
        let columns = look.columns.into_iter();
        Self {
            columns: columns
                .map(|column| PreviewedColumn {
                    column: column.name,
                    field: column.field.map(Field::label),
                    values: column.values,
                })
                .collect(),
            has_names: look.has_names,
            mapping: look.mapping,
        }
    }
}

impl Operation for PreviewFile {
    type Action = actions::CheckFile;
    type Answer = FilePreview;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn detail(&self) -> Value {
        json!({ "preview": true, "columns": self.preview.columns.len() })
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<FilePreview, OperationError> {
        Ok(self.preview)
    }
}
