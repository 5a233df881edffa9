//! A line of a file with a record a line that is broken: the line is lost, and no other.

use serde::de::IgnoredAny;

use super::bytes::JsonBytes;
use super::line::json_in_line;
use crate::ingest::error::IngestError;

/// The place where the line ends that is lost, because what begins at `from` is broken; the error if more is lost than
/// a line. `line_wise`: the file is known to have a record a line.
pub(super) fn lost_line(
    bytes: &mut JsonBytes,
    from: usize,
    line_wise: bool,
    error: IngestError,
) -> Result<usize, IngestError> {
    let lost = matches!(
        error,
        IngestError::BrokenJson { .. }
            | IngestError::CutOff { .. }
            | IngestError::RecordTooLong { .. }
    );
    if !lost || !bytes.holds(from) {
        return Err(error);
    }
    bytes.keep = from;
    let Ok(end) = bytes.line_end(from) else {
        return Err(error);
    };
    let last = bytes.byte(end)?.is_none();
    // Where the file does not end in a record, it is cut off. In a file with a record a line, only the last line is.
    let cut = !matches!(error, IngestError::BrokenJson { .. });
    if last && cut && !(line_wise && bytes.has_ended()) {
        return Err(error);
    }
    if !line_wise {
        let next = bytes.after_line(end);
        let after = bytes.line_end(next).unwrap_or(next);
        let next = bytes.between(next..after);
        if next.first() != Some(&b'{') || !is_record(next) {
            return Err(error);
        }
    }
    Ok(end)
}

/// True if a list or an object that begins at `from` stops in its line, and the next line is a record that cannot be in
/// it.
pub(super) fn is_cut(bytes: &mut JsonBytes, from: usize) -> Result<bool, IngestError> {
    // A line that is too long to be looked at is read as any list.
    let ends = bytes.line_end(from).and_then(|end| {
        let next = bytes.after_line(end);
        Ok((end, next, bytes.line_end(next)?))
    });
    let (end, next, after) = match ends {
        Ok(ends) => ends,
        Err(IngestError::RecordTooLong { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    let line = bytes.between(from..end);
    let goes_on = line.trim_ascii_end().last();
    if matches!(goes_on, Some(b'[' | b',' | b':')) || !is_record(bytes.between(next..after)) {
        return Ok(false);
    }
    let mut values = serde_json::Deserializer::from_slice(line).into_iter::<IgnoredAny>();
    Ok(values.any(|value| value.is_err_and(|error| error.is_eof())))
}

/// True if the line is one object, with nothing before it.
fn is_record(line: &[u8]) -> bool {
    json_in_line(line).is_some_and(|found| found.start == 0)
}
