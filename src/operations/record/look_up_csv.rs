//! The answers of a lookup as CSV, by position and without a number, each cell so that a spreadsheet neither runs nor
//! changes it.

use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::look_up::LookUpAnswer;
use crate::domain::WipedBuffer;
use crate::evidence::write_row;
use crate::vault::OperationError;

/// The head of each column; a position counts from 1.
const COLUMNS: [&str; 8] = [
    "position", "state", "why", "subject", "messages", "first", "last", "kinds",
];

/// The answers, in the order of the numbers.
///
/// # Errors
///
/// `Internal` if a value cannot be written.
pub fn look_up_csv_of(answer: &LookUpAnswer) -> Result<Zeroizing<Vec<u8>>, OperationError> {
    let broken = |_| OperationError::Internal("csv of a lookup");
    let mut out = WipedBuffer::default();
    write_row(&mut out, COLUMNS).map_err(broken)?;
    for result in &answer.results {
        let kinds = result.kinds.as_deref().unwrap_or_default();
        let cells = [
            (result.reference + 1).to_string(),
            word(&result.state),
            word(&result.why),
            word(&result.subject),
            word(&result.messages),
            word(&result.first),
            word(&result.last),
            kinds.join(", "),
        ];
        write_row(&mut out, cells.iter().map(String::as_str)).map_err(broken)?;
    }
    Ok(out.into_bytes())
}

/// The word or number by which JSON has a value; nothing of what is left out.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(Value::Null) | Err(_) => String::new(),
        Ok(other) => other.to_string(),
    }
}
