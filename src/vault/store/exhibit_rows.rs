//! Table `exhibit`: the received files. An exhibit is staged until one change of its state makes
//! all of it visible. A withdrawn exhibit stays in the table but no longer counts.

use rusqlite::{OptionalExtension, Row, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{ExhibitId, Moment};

/// The small integer by which the blocks refer to an exhibit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ExhibitNumber(pub(crate) i64);

pub(crate) struct ExhibitRow {
    pub(crate) number: ExhibitNumber,
    pub(crate) id: ExhibitId,
    pub(crate) sealed: Vec<u8>,
    pub(crate) admitted_at: Moment,
    pub(crate) withdrawn: Option<Withdrawn>,
}

/// When an exhibit was withdrawn, and the leaf of the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Withdrawn {
    pub(crate) at: Moment,
    pub(crate) leaf: u64,
}

pub(crate) fn stage(
    connection: &Transaction,
    id: &ExhibitId,
    case: CaseNumber,
    now: Moment,
) -> Result<ExhibitNumber, StoreError> {
    connection
        .execute(
            "-- exhibit::stage
             INSERT INTO exhibit (id, case_number, state, begun_at) VALUES (?1, ?2, 'staged', ?3)",
            params![id.as_str(), case.0, now.seconds()],
        )
        .map_err(at("exhibit::stage"))?;
    Ok(ExhibitNumber(connection.last_insert_rowid()))
}

pub(crate) fn admit(
    connection: &Transaction,
    number: ExhibitNumber,
    file_tag: &[u8],
    sealed: &[u8],
    now: Moment,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- exhibit::admit
             UPDATE exhibit SET state = 'admitted', file_tag = ?2, sealed = ?3, admitted_at = ?4
             WHERE number = ?1 AND state = 'staged'",
            params![number.0, file_tag, sealed, now.seconds()],
        )
        .map_err(at("exhibit::admit"))?;
    one("exhibit::admit", changed)
}

/// The exhibits of a case that count, in the order of their admission; withdrawn ones are left out.
pub(crate) fn list(connection: &Snapshot, case: CaseNumber) -> Result<Vec<ExhibitRow>, StoreError> {
    let mut all = list_all(connection, case)?;
    all.retain(|exhibit| exhibit.withdrawn.is_none());
    Ok(all)
}

/// Every exhibit that was ever admitted to a case, in the order of admission.
pub(crate) fn list_all(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<ExhibitRow>, StoreError> {
    let failed = at("exhibit::list_all");
    let mut statement = connection
        .prepare_cached(
            "-- exhibit::list_all
             SELECT number, id, sealed, admitted_at, withdrawn_at, withdrawn_leaf FROM exhibit
             WHERE case_number = ?1 AND state = 'admitted' ORDER BY number",
        )
        .map_err(&failed)?;
    let mut rows = statement.query(params![case.0]).map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// Which exhibits there are and whether each counts, in the order of admission. This changes when
/// an exhibit is admitted or withdrawn.
pub(crate) fn marks(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<(ExhibitNumber, bool)>, StoreError> {
    let failed = at("exhibit::marks");
    let mut statement = connection
        .prepare_cached(
            "-- exhibit::marks
             SELECT number, withdrawn_at IS NULL FROM exhibit
             WHERE case_number = ?1 AND state = 'admitted' ORDER BY number",
        )
        .map_err(&failed)?;
    let rows = statement
        .query_map(params![case.0], |row| {
            Ok((ExhibitNumber(row.get(0)?), row.get(1)?))
        })
        .map_err(&failed)?;
    rows.collect::<Result<_, _>>().map_err(&failed)
}

/// True if a case has this exhibit, whether staged, admitted or withdrawn.
pub(crate) fn exists(
    connection: &Snapshot,
    case: CaseNumber,
    id: &ExhibitId,
) -> Result<bool, StoreError> {
    connection
        .query_row(
            "-- exhibit::exists
             SELECT EXISTS (SELECT 1 FROM exhibit WHERE id = ?1 AND case_number = ?2)",
            params![id.as_str(), case.0],
            |row| row.get(0),
        )
        .map_err(at("exhibit::exists"))
}

/// Marks an admitted exhibit as withdrawn. Nothing reverses this.
pub(crate) fn withdraw(
    connection: &Transaction,
    number: ExhibitNumber,
    now: Moment,
    leaf: u64,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- exhibit::withdraw
             UPDATE exhibit SET withdrawn_at = ?2, withdrawn_leaf = ?3
             WHERE number = ?1 AND state = 'admitted' AND withdrawn_at IS NULL",
            params![
                number.0,
                now.seconds(),
                sound("exhibit::withdraw", i64::try_from(leaf))?
            ],
        )
        .map_err(at("exhibit::withdraw"))?;
    one("exhibit::withdraw", changed)
}

/// The exhibit that came from the same file, if one counts.
pub(crate) fn find_by_file_tag(
    connection: &Snapshot,
    case: CaseNumber,
    tag: &[u8],
) -> Result<Option<ExhibitId>, StoreError> {
    let found: Option<String> = connection
        .query_row(
            "-- exhibit::find_by_file_tag
             SELECT id FROM exhibit WHERE case_number = ?1 AND state = 'admitted' AND file_tag = ?2
             AND withdrawn_at IS NULL",
            params![case.0, tag],
            |row| row.get(0),
        )
        .optional()
        .map_err(at("exhibit::find_by_file_tag"))?;
    found.map(|id| sound("exhibit::id", id.parse())).transpose()
}

/// The staged exhibits of a case, or of all cases.
pub(crate) fn staged(
    connection: &Snapshot,
    case: Option<CaseNumber>,
) -> Result<Vec<(ExhibitNumber, CaseNumber)>, StoreError> {
    let failed = at("exhibit::staged");
    let mut statement = connection
        .prepare_cached(
            "-- exhibit::staged
             SELECT number, case_number FROM exhibit
             WHERE state = 'staged' AND (?1 IS NULL OR case_number = ?1)",
        )
        .map_err(&failed)?;
    statement
        .query_map(params![case.map(|number| number.0)], |row| {
            Ok((ExhibitNumber(row.get(0)?), CaseNumber(row.get(1)?)))
        })
        .map_err(&failed)?
        .collect::<Result<_, _>>()
        .map_err(&failed)
}

/// Deletes a staged exhibit with everything that was written for it.
pub(crate) fn discard(connection: &Transaction, number: ExhibitNumber) -> Result<(), StoreError> {
    for (name, sql) in [
        ("block::discard", "DELETE FROM block WHERE exhibit = ?1"),
        (
            "statistics::discard",
            "DELETE FROM statistics WHERE exhibit = ?1",
        ),
        (
            "dictionary::discard",
            "DELETE FROM dictionary WHERE exhibit = ?1",
        ),
        (
            "subject_index::discard",
            "DELETE FROM subject_index WHERE exhibit = ?1",
        ),
        (
            "quarantine::discard",
            "DELETE FROM quarantine WHERE exhibit = ?1",
        ),
    ] {
        connection
            .execute(sql, params![number.0])
            .map_err(at(name))?;
    }
    let changed = connection
        .execute(
            "DELETE FROM exhibit WHERE number = ?1 AND state = 'staged'",
            params![number.0],
        )
        .map_err(at("exhibit::discard"))?;
    one("exhibit::discard", changed)
}

fn read(row: &Row<'_>) -> Result<ExhibitRow, StoreError> {
    let failed = at("exhibit::read");
    Ok(ExhibitRow {
        number: ExhibitNumber(row.get(0).map_err(&failed)?),
        id: sound(
            "exhibit::id",
            row.get::<_, String>(1).map_err(&failed)?.parse(),
        )?,
        sealed: row.get(2).map_err(&failed)?,
        admitted_at: Moment::from_seconds(row.get(3).map_err(&failed)?),
        withdrawn: match row.get::<_, Option<i64>>(4).map_err(&failed)? {
            Some(at) => Some(Withdrawn {
                at: Moment::from_seconds(at),
                leaf: sound(
                    "exhibit::withdrawn_leaf",
                    u64::try_from(row.get::<_, i64>(5).map_err(&failed)?),
                )?,
            }),
            None => None,
        },
    })
}
