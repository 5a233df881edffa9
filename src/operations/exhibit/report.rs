//! The shape of an admission's answer, for the API's description.

use utoipa::ToSchema;

/// What was admitted of a file, and what was not and why.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "its fields describe the answer, which the vault writes"
)]
pub struct ExhibitBody {
    exhibit: String,
    /// SHA-256 of the file as received, base64.
    digest: String,
    format: String,
    /// What was seen that tells the format.
    format_evidence: String,
    /// Rows read: admitted, duplicates and quarantined together.
    rows: u64,
    admitted: u64,
    duplicates: u64,
    quarantined: u64,
    /// Distinct numbers.
    numbers: u32,
    dropped_columns: Vec<String>,
    /// The first hundred rows that were quarantined.
    rejects: Vec<RejectBody>,
    rejects_more: Option<bool>,
}

#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "its fields describe the answer, which the vault writes"
)]
pub struct RejectBody {
    line: u64,
    column: Option<String>,
    kind: String,
}
