//! Table `reveal`: requests for a reveal, their decision and their end. What was
//! asked and why is in `sealed`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one, sound};
use crate::domain::{Moment, OperatorId, RevealId};
use crate::policy::RequestState;

pub(crate) struct RevealRow {
    pub(crate) id: RevealId,
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
}

pub(crate) struct NewReveal<'a> {
    pub(crate) id: &'a RevealId,
    pub(crate) case: CaseNumber,
    pub(crate) asker: &'a OperatorId,
    pub(crate) asked_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) digest: &'a [u8],
    pub(crate) sealed: &'a [u8],
}

const COLUMNS: &str = "SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed FROM reveal";

pub(crate) fn insert(connection: &Connection, new: &NewReveal<'_>) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- reveal::insert
             INSERT INTO reveal (id, case_number, asker, state, asked_at, expires_at, digest, sealed)
             VALUES (?1, ?2, ?3, 'requested', ?4, ?5, ?6, ?7)",
            params![
                new.id.as_str(),
                new.case.0,
                new.asker.as_str(),
                new.asked_at.seconds(),
                new.expires_at.seconds(),
                new.digest,
                new.sealed,
            ],
        )
        .map_err(at("reveal::insert"))?;
    one("reveal::insert", changed)
}

pub(crate) fn find(
    connection: &Connection,
    id: &RevealId,
) -> Result<Option<RevealRow>, StoreError> {
    let failed = at("reveal::find");
    let mut statement = connection
        .prepare_cached(&format!("-- reveal::find\n{COLUMNS} WHERE id = ?1"))
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
) -> Result<Vec<RevealRow>, StoreError> {
    let failed = at("reveal::list");
    let mut statement = connection
        .prepare_cached(&format!(
            "-- reveal::list\n{COLUMNS} WHERE case_number = ?1 ORDER BY asked_at DESC, id LIMIT 500"
        ))
        .map_err(&failed)?;
    let mut rows = statement.query(params![case.0]).map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// Moves a request on from one state to the next; nothing else can.
pub(crate) fn advance(
    connection: &Connection,
    id: &RevealId,
    from: RequestState,
    to: RequestState,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- reveal::advance\nUPDATE reveal SET state = ?3 WHERE id = ?1 AND state = ?2",
            params![id.as_str(), from.as_str(), to.as_str()],
        )
        .map_err(at("reveal::advance"))?;
    one("reveal::advance", changed)
}

/// Writes the decision beside the request and lets it run from now.
pub(crate) fn decide(
    connection: &Connection,
    id: &RevealId,
    to: RequestState,
    decider: &OperatorId,
    now: Moment,
    expires_at: Moment,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- reveal::decide
             UPDATE reveal SET state = ?2, decider = ?3, decided_at = ?4, expires_at = ?5, sealed = ?6
             WHERE id = ?1 AND state = 'requested'",
            params![id.as_str(), to.as_str(), decider.as_str(), now.seconds(), expires_at.seconds(), sealed],
        )
        .map_err(at("reveal::decide"))?;
    one("reveal::decide", changed)
}

fn read(row: &Row<'_>) -> Result<RevealRow, StoreError> {
    let failed = at("reveal::read");
    let text = |column: usize| row.get::<_, String>(column).map_err(&failed);
    let decider = row.get::<_, Option<String>>(6).map_err(&failed)?;
    Ok(RevealRow {
        id: sound("reveal::id", text(0)?.parse())?,
        case: CaseNumber(row.get(1).map_err(&failed)?),
        asker: sound("reveal::asker", text(2)?.parse())?,
        state: sound("reveal::state", text(3)?.parse())?,
        asked_at: Moment::from_seconds(row.get(4).map_err(&failed)?),
        expires_at: Moment::from_seconds(row.get(5).map_err(&failed)?),
        decider: decider
            .map(|id| sound("reveal::decider", id.parse()))
            .transpose()?,
        decided_at: row
            .get::<_, Option<i64>>(7)
            .map_err(&failed)?
            .map(Moment::from_seconds),
        digest: row.get(8).map_err(&failed)?,
        sealed: row.get(9).map_err(&failed)?,
    })
}
