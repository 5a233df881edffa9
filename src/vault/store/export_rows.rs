//! Table `export`: requests for a export, their decision and their end. What was
//! asked and why is in `sealed`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one, sound};
use crate::domain::{ExportId, Moment, OperatorId};
use crate::policy::RequestState;

pub(crate) struct ExportRow {
    pub(crate) id: ExportId,
    pub(crate) case: CaseNumber,
    pub(crate) asker: OperatorId,
    pub(crate) state: RequestState,
    pub(crate) asked_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) decider: Option<OperatorId>,
    pub(crate) decided_at: Option<Moment>,
    /// Binds the request and its result set; a decision is about this.
    pub(crate) digest: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) profile: String,
    /// The leaf of the decision; it goes into the package.
    pub(crate) decided_leaf: Option<u64>,
    /// SHA-256 of the package's tag manifest, once it was built.
    pub(crate) package: Option<Vec<u8>>,
}

pub(crate) struct NewExport<'a> {
    pub(crate) id: &'a ExportId,
    pub(crate) case: CaseNumber,
    pub(crate) asker: &'a OperatorId,
    pub(crate) asked_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) digest: &'a [u8],
    pub(crate) sealed: &'a [u8],
    pub(crate) profile: &'a str,
}

const COLUMNS: &str = "SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed, profile, decided_leaf, package FROM export";

pub(crate) fn insert(connection: &Connection, new: &NewExport<'_>) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- export::insert
             INSERT INTO export (id, case_number, asker, state, asked_at, expires_at, digest, sealed, profile)
             VALUES (?1, ?2, ?3, 'requested', ?4, ?5, ?6, ?7, ?8)",
            params![
                new.id.as_str(),
                new.case.0,
                new.asker.as_str(),
                new.asked_at.seconds(),
                new.expires_at.seconds(),
                new.digest,
                new.sealed,
                new.profile,
            ],
        )
        .map_err(at("export::insert"))?;
    one("export::insert", changed)
}

pub(crate) fn find(
    connection: &Connection,
    id: &ExportId,
) -> Result<Option<ExportRow>, StoreError> {
    let failed = at("export::find");
    let mut statement = connection
        .prepare_cached(&format!("-- export::find\n{COLUMNS} WHERE id = ?1"))
        .map_err(&failed)?;
    statement
        .query_row(params![id.as_str()], |row| Ok(read(row)))
        .optional()
        .map_err(&failed)?
        .transpose()
}

/// The requests of a case, newest first, at most 500.
pub(crate) fn list(
    connection: &Connection,
    case: CaseNumber,
) -> Result<Vec<ExportRow>, StoreError> {
    let failed = at("export::list");
    let mut statement = connection
        .prepare_cached(&format!(
            "-- export::list\n{COLUMNS} WHERE case_number = ?1 ORDER BY asked_at DESC, id LIMIT 500"
        ))
        .map_err(&failed)?;
    let mut rows = statement.query(params![case.0]).map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// A decision about an export, and the leaf that says it.
pub(crate) struct Decision<'a> {
    pub(crate) to: RequestState,
    pub(crate) decider: &'a OperatorId,
    pub(crate) now: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) leaf: u64,
}

/// Writes the decision beside the request and lets it run from now.
pub(crate) fn decide(
    connection: &Connection,
    id: &ExportId,
    decision: &Decision<'_>,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- export::decide
             UPDATE export SET state = ?2, decider = ?3, decided_at = ?4, expires_at = ?5, decided_leaf = ?6, sealed = ?7
             WHERE id = ?1 AND state = 'requested'",
            params![
                id.as_str(),
                decision.to.as_str(),
                decision.decider.as_str(),
                decision.now.seconds(),
                decision.expires_at.seconds(),
                i64::try_from(decision.leaf).unwrap_or(i64::MAX),
                sealed
            ],
        )
        .map_err(at("export::decide"))?;
    one("export::decide", changed)
}

/// The receiver's word that the package arrived.
pub(crate) fn acknowledge(
    connection: &Connection,
    id: &ExportId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- export::acknowledge
             UPDATE export SET state = 'acknowledged', sealed = ?2 WHERE id = ?1 AND state = 'used'",
            params![id.as_str(), sealed],
        )
        .map_err(at("export::acknowledge"))?;
    one("export::acknowledge", changed)
}

/// Records which package was handed out, the first time.
pub(crate) fn hand_out(
    connection: &Connection,
    id: &ExportId,
    package: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- export::hand_out
             UPDATE export SET state = 'used', package = ?2
             WHERE id = ?1 AND ((state = 'approved' AND package IS NULL) OR (state = 'used' AND package = ?2))",
            params![id.as_str(), package],
        )
        .map_err(at("export::hand_out"))?;
    one("export::hand_out", changed)
}

fn read(row: &Row<'_>) -> Result<ExportRow, StoreError> {
    let failed = at("export::read");
    let text = |column: usize| row.get::<_, String>(column).map_err(&failed);
    let decider = row.get::<_, Option<String>>(6).map_err(&failed)?;
    Ok(ExportRow {
        id: sound("export::id", text(0)?.parse())?,
        case: CaseNumber(row.get(1).map_err(&failed)?),
        asker: sound("export::asker", text(2)?.parse())?,
        state: sound("export::state", text(3)?.parse())?,
        asked_at: Moment::from_seconds(row.get(4).map_err(&failed)?),
        expires_at: Moment::from_seconds(row.get(5).map_err(&failed)?),
        decider: decider
            .map(|id| sound("export::decider", id.parse()))
            .transpose()?,
        decided_at: row
            .get::<_, Option<i64>>(7)
            .map_err(&failed)?
            .map(Moment::from_seconds),
        digest: row.get(8).map_err(&failed)?,
        sealed: row.get(9).map_err(&failed)?,
        profile: text(10)?,
        decided_leaf: row
            .get::<_, Option<i64>>(11)
            .map_err(&failed)?
            .map(|leaf| sound("export::decided_leaf", u64::try_from(leaf)))
            .transpose()?,
        package: row.get(12).map_err(&failed)?,
    })
}
