//! Rows in quarantine: a lead asks to see them, somebody else decides, and the lead sees them once, masked.
//!
//! What is shown says how to correct the original: line, column, kind, and the shape of the cell at fault. No digit and
//! no letter of a cell is in it. Bound to the exhibit and its parts.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use zeroize::Zeroize as _;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use super::sealed::damaged;
use crate::domain::{ExhibitId, QuarantineId};
use crate::policy::{RequestState, Seat, Writes, actions};
use crate::vault::exhibits::description::{ExhibitDescription, open_description};
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::RequestDigest;
use crate::vault::plaintext::{RejectKind, shape};
use crate::vault::records::Shown;
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::exhibit_rows::{self, ExhibitRow};
use crate::vault::store::quarantine_rows;
use crate::vault::{Conflict, OperationError, Price, Settings};

/// How many rows are shown at most.
const ROWS: usize = 50_000;

/// Seeing the rows of an exhibit that are in quarantine.
pub enum Quarantine {}

/// What is sealed of such a request, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantineBody {
    exhibit: String,
    rows: u64,
}

/// A request as those see it who ask and decide.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quarantine)]
pub struct QuarantineView {
    /// The id of the request.
    pub quarantine: QuarantineId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// The exhibit.
    pub exhibit: String,
    /// How many rows would be shown, masked; rounded for a custodian who did not admit it.
    pub rows: Shown,
}

/// A row in quarantine, masked.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MaskedReject {
    /// Its line, from 1.
    pub line: u64,
    /// The field at fault, if it is one.
    pub column: Option<String>,
    /// Why the row was not admitted.
    #[schema(value_type = RejectKind)]
    pub kind: String,
    /// The shape of the cell at fault: 9 for digits, A and a for letters. Left out if there is no such cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub shape: Option<String>,
}

/// A row as the quarantine has it.
#[derive(Deserialize)]
struct KeptReject {
    line: u64,
    column: Option<String>,
    kind: String,
    cells: std::collections::BTreeMap<String, String>,
}

impl seal::Listed for Quarantine {}

impl RequestKind for Quarantine {
    const NAME: &'static str = "quarantine";
    type Id = QuarantineId;
    type Ask = actions::RequestQuarantine;
    type List = actions::ListQuarantines;
    type Read = actions::ReadQuarantine;
    type Decide = actions::DecideQuarantine;
    type Wanted = ExhibitId;
    type Counted = ();
    type Body = QuarantineBody;
    type After = ();
    type View = QuarantineView;

    fn price_to_ask(_: &ExhibitId) -> Option<Price> {
        Some(Price::of_request(0))
    }

    fn seconds(settings: &Settings) -> i64 {
        settings.reveal_s
    }

    fn body(
        reading: &Reading<'_>,
        exhibit: ExhibitId,
        _: Option<&()>,
    ) -> Result<QuarantineBody, OperationError> {
        let (_, description) = counting(reading, exhibit.as_str())?;
        if description.quarantined == 0 {
            return Err(OperationError::invalid(
                "exhibit",
                "has no row in quarantine",
            ));
        }
        Ok(QuarantineBody {
            exhibit: exhibit.to_string(),
            rows: description.quarantined,
        })
    }

    fn bind(
        reading: &Reading<'_>,
        body: &QuarantineBody,
        _: Option<&()>,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        let (_, description) = counting(reading, &body.exhibit)?;
        digest.part(description.blocks_digest.as_bytes());
        Ok(())
    }

    fn touched(body: &QuarantineBody) -> Touched<'_> {
        Touched {
            rows: body.rows,
            subjects: &[],
            detail: json!({ "exhibit": body.exhibit }),
        }
    }

    fn waits_for_use(own: bool, _: Seat) -> bool {
        own
    }

    fn view(
        reading: &Reading<'_>,
        id: QuarantineId,
        asked: AskedView,
        body: QuarantineBody,
        (): (),
    ) -> Result<QuarantineView, OperationError> {
        let (_, description) = found(reading, &body.exhibit)?;
        Ok(QuarantineView {
            quarantine: id,
            asked,
            rows: reading.told_of(&description, body.rows),
            exhibit: body.exhibit,
        })
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Uses an approved request up and masks the rows, at most [`ROWS`] of them. Says whether there are more.
    pub fn open_quarantine(
        &mut self,
        id: &QuarantineId,
    ) -> Result<(Vec<MaskedReject>, bool), OperationError> {
        let found = self.request::<Quarantine>(id)?;
        self.approved(&found)?;
        self.unchanged(&found, None)?;
        self.advance(&found, RequestState::Approved, RequestState::Used)?;
        let (exhibit, description) = counting(self, &found.sealed.body.exhibit)?;
        let parts = ExhibitParts::of(&found.keys, &exhibit.id);
        let mut rows = Vec::new();
        for no in 0..description.quarantine_parts {
            let damaged = || OperationError::Damaged {
                place: format!("exhibit {}, quarantine, part {no}", exhibit.id),
            };
            let sealed = quarantine_rows::TABLE.find(self.connection, exhibit.number, no)?;
            let sealed = sealed.ok_or_else(damaged)?;
            let plain = parts.quarantine(no).open(&sealed).map_err(|_| damaged())?;
            for line in plain.split(|byte| *byte == b'\n') {
                if line.is_empty() {
                    continue;
                }
                let kept = serde_json::from_slice(line).map_err(|_| damaged())?;
                rows.push(masked(kept));
            }
            if rows.len() >= ROWS {
                break;
            }
        }
        rows.truncate(ROWS);
        rows.sort_by_key(|row| row.line);
        self.notes.rows = Some(rows.len() as u64);
        let more = description.quarantined > rows.len() as u64;
        Ok((rows, more))
    }
}

fn masked(kept: KeptReject) -> MaskedReject {
    let KeptReject {
        line,
        column,
        kind,
        mut cells,
    } = kept;
    let cell = column.as_ref().and_then(|column| cells.get(column));
    let shape = cell.map(|cell| shape(cell));
    cells.values_mut().for_each(|cell| cell.zeroize());
    MaskedReject {
        line,
        column,
        kind,
        shape,
    }
}

fn found(
    reading: &Reading<'_>,
    exhibit: &str,
) -> Result<(ExhibitRow, ExhibitDescription), OperationError> {
    let case = reading.case_row()?;
    let keys = reading.core.case_keys(&case.id)?;
    let all = exhibit_rows::list_all(reading.connection, case.number)?;
    let mut all = all.into_iter();
    let row = all.find(|row| row.id.as_str() == exhibit);
    let row = row.ok_or_else(damaged)?;
    let description = open_description(&keys, &row)?;
    Ok((row, description))
}

/// The exhibit, if it counts.
fn counting(
    reading: &Reading<'_>,
    exhibit: &str,
) -> Result<(ExhibitRow, ExhibitDescription), OperationError> {
    let (row, description) = match found(reading, exhibit) {
        Err(error) if error == damaged() => return Err(OperationError::NotFound),
        found => found?,
    };
    match row.withdrawn {
        Some(_) => Err(OperationError::Conflict(Conflict::ExhibitWithdrawn)),
        None => Ok((row, description)),
    }
}
