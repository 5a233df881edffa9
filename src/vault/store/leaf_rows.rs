//! Table `leaf`: the audit log's entries, exactly as hashed, and copies of a few
//! of their members for searching.

use rusqlite::OptionalExtension as _;
use rusqlite::types::FromSqlError;
use rusqlite::{Rows, params};

use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::Moment;

pub(crate) struct NewLeaf<'a> {
    pub(crate) seq: u64,
    pub(crate) time: Moment,
    pub(crate) operator: Option<&'a str>,
    pub(crate) case: Option<&'a str>,
    pub(crate) object: Option<&'a str>,
    pub(crate) action: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) bytes: &'a [u8],
}

/// The criteria of a search; an absent one matches everything.
#[derive(Default)]
pub(crate) struct LeafFilter {
    pub(crate) from: Option<Moment>,
    pub(crate) to: Option<Moment>,
    pub(crate) operator: Option<String>,
    pub(crate) case: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) outcome: Option<String>,
    /// Only this leaf and later ones.
    pub(crate) since: Option<u64>,
    /// Only leaves before this one.
    pub(crate) before: Option<u64>,
}

pub(crate) fn insert(connection: &Transaction, new: &NewLeaf<'_>) -> Result<(), StoreError> {
    let failed = at("leaf::insert");
    let changed = connection
        .prepare_cached(
            "-- leaf::insert
             INSERT INTO leaf (seq, time, operator, case_id, object, action, outcome, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .map_err(&failed)?
        .execute(params![
            signed(new.seq),
            new.time.seconds(),
            new.operator,
            new.case,
            new.object,
            new.action,
            new.outcome,
            new.bytes
        ])
        .map_err(&failed)?;
    one("leaf::insert", changed)
}

pub(crate) fn count(connection: &Snapshot) -> Result<u64, StoreError> {
    let count: i64 = connection
        .query_row(
            "-- leaf::count\nSELECT coalesce(max(seq) + 1, 0) FROM leaf",
            [],
            |row| row.get(0),
        )
        .map_err(at("leaf::count"))?;
    sound("leaf::count", u64::try_from(count))
}

/// The bytes as they stand there, for tests: acts read what was proved.
#[cfg(test)]
pub(crate) fn find(connection: &Snapshot, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row(
            "-- leaf::find\nSELECT bytes FROM leaf WHERE seq = ?1",
            params![signed(seq)],
            |row| row.get(0),
        )
        .optional()
        .map_err(at("leaf::find"))
}

/// When the newest leaf was written.
pub(crate) fn newest_time(connection: &Snapshot) -> Result<Option<Moment>, StoreError> {
    let found: Option<i64> = connection
        .query_row(
            "-- leaf::newest_time\nSELECT time FROM leaf ORDER BY seq DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(at("leaf::newest_time"))?;
    Ok(found.map(Moment::from_seconds))
}

/// Matching leaves, newest first.
pub(crate) fn search(
    connection: &Snapshot,
    filter: &LeafFilter,
    limit: u32,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let failed = at("leaf::search");
    let mut statement = connection
        .prepare_cached(
            "-- leaf::search
             SELECT seq, bytes FROM leaf
             WHERE (?1 IS NULL OR time >= ?1) AND (?2 IS NULL OR time < ?2)
               AND (?3 IS NULL OR operator = ?3) AND (?4 IS NULL OR case_id = ?4)
               AND (?5 IS NULL OR object = ?5) AND (?6 IS NULL OR action = ?6)
               AND (?7 IS NULL OR outcome = ?7) AND seq >= ?8 AND seq < ?9
             ORDER BY seq DESC LIMIT ?10",
        )
        .map_err(&failed)?;
    let mut rows = statement
        .query(params![
            filter.from.map(Moment::seconds),
            filter.to.map(Moment::seconds),
            filter.operator,
            filter.case,
            filter.object,
            filter.action,
            filter.outcome,
            filter.since.map_or(i64::MIN, signed),
            filter.before.map_or(i64::MAX, signed),
            limit
        ])
        .map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let seq: i64 = row.get(0).map_err(&failed)?;
        all.push((
            sound("leaf::seq", u64::try_from(seq))?,
            row.get(1).map_err(&failed)?,
        ));
    }
    Ok(all)
}

/// How many leaves that follow each other are of one hour, and how they ended. An hour has more than one of these if
/// the clock stepped back.
pub(crate) struct HourCount {
    /// When the hour begins.
    pub(crate) hour: Moment,
    pub(crate) leaves: u64,
    pub(crate) denied: u64,
    pub(crate) failed: u64,
}

/// Counts matching leaves by the hour of their time. All leaves from `since` to `before` are looked at, in order:
/// sorting them would take longer than reading them.
pub(crate) fn count_by_hour(
    connection: &Snapshot,
    filter: &LeafFilter,
) -> Result<Vec<HourCount>, StoreError> {
    let failed = at("leaf::count_by_hour");
    let mut statement = connection
        .prepare_cached(
            "-- leaf::count_by_hour
             SELECT time, outcome FROM leaf
             WHERE (?1 IS NULL OR time >= ?1) AND (?2 IS NULL OR time < ?2)
               AND (?3 IS NULL OR operator = ?3) AND (?4 IS NULL OR case_id = ?4)
               AND (?5 IS NULL OR object = ?5) AND (?6 IS NULL OR action = ?6)
               AND (?7 IS NULL OR outcome = ?7) AND seq >= ?8 AND seq < ?9
             ORDER BY seq",
        )
        .map_err(&failed)?;
    let mut rows = statement
        .query(params![
            filter.from.map(Moment::seconds),
            filter.to.map(Moment::seconds),
            filter.operator,
            filter.case,
            filter.object,
            filter.action,
            filter.outcome,
            filter.since.map_or(i64::MIN, signed),
            filter.before.map_or(i64::MAX, signed)
        ])
        .map_err(&failed)?;
    let mut hours: Vec<HourCount> = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let time: i64 = row.get(0).map_err(&failed)?;
        let outcome = row.get_ref(1).map_err(&failed)?;
        let outcome = sound("leaf::outcome", outcome.as_str())?;
        let begin = Moment::from_seconds(time.div_euclid(HOUR) * HOUR);
        if hours.last().is_none_or(|last| last.hour != begin) {
            hours.push(HourCount {
                hour: begin,
                leaves: 0,
                denied: 0,
                failed: 0,
            });
        }
        if let Some(hour) = hours.last_mut() {
            hour.leaves += 1;
            hour.denied += u64::from(outcome == "denied");
            hour.failed += u64::from(outcome == "failed");
        }
    }
    Ok(hours)
}

/// The earliest and the latest time of these leaves; `None` if there are none.
pub(crate) fn times_between(
    connection: &Snapshot,
    first: u64,
    last: u64,
) -> Result<Option<(Moment, Moment)>, StoreError> {
    let failed = at("leaf::times_between");
    let found: (Option<i64>, Option<i64>) = connection
        .prepare_cached(
            "-- leaf::times_between
             SELECT min(time), max(time) FROM leaf WHERE seq BETWEEN ?1 AND ?2",
        )
        .map_err(&failed)?
        .query_row([signed(first), signed(last)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(&failed)?;
    Ok(match found {
        (Some(earliest), Some(latest)) => {
            Some((Moment::from_seconds(earliest), Moment::from_seconds(latest)))
        }
        _ => None,
    })
}

/// A leaf as it is stored, with the columns that repeat it.
pub(crate) struct LeafRow<'r> {
    pub(crate) seq: u64,
    pub(crate) time: Moment,
    pub(crate) operator: Option<&'r str>,
    pub(crate) case: Option<&'r str>,
    pub(crate) object: Option<&'r str>,
    pub(crate) action: &'r str,
    pub(crate) outcome: &'r str,
    pub(crate) bytes: &'r [u8],
}

/// Every leaf in order; each is valid until the next one is read.
pub(crate) struct LeafReader<'s>(Rows<'s>);

impl LeafReader<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<LeafRow<'_>>, StoreError> {
        let Some(row) = self.0.next().map_err(at("leaf::next"))? else {
            return Ok(None);
        };
        let read = || -> Result<LeafRow<'_>, FromSqlError> {
            let value = |column: usize| row.get_ref(column).map_err(|_| FromSqlError::InvalidType);
            Ok(LeafRow {
                seq: u64::try_from(value(0)?.as_i64()?)
                    .map_err(|_| FromSqlError::OutOfRange(-1))?,
                time: Moment::from_seconds(value(1)?.as_i64()?),
                operator: value(2)?.as_str_or_null()?,
                case: value(3)?.as_str_or_null()?,
                object: value(4)?.as_str_or_null()?,
                action: value(5)?.as_str()?,
                outcome: value(6)?.as_str()?,
                bytes: value(7)?.as_blob()?,
            })
        };
        sound("leaf::row", read()).map(Some)
    }
}

/// Calls `with` with a reader of all leaves.
pub(crate) fn with_all<T>(
    connection: &Snapshot,
    with: impl FnOnce(&mut LeafReader<'_>) -> T,
) -> Result<T, StoreError> {
    with_between(connection, i64::MIN, i64::MAX, with)
}

/// Calls `with` with a reader of the leaves before this one.
pub(crate) fn with_before<T>(
    connection: &Snapshot,
    seq: u64,
    with: impl FnOnce(&mut LeafReader<'_>) -> T,
) -> Result<T, StoreError> {
    with_between(connection, i64::MIN, signed(seq).saturating_sub(1), with)
}

/// Calls `with` with a reader of this leaf alone.
pub(crate) fn with_one<T>(
    connection: &Snapshot,
    seq: u64,
    with: impl FnOnce(&mut LeafReader<'_>) -> T,
) -> Result<T, StoreError> {
    with_between(connection, signed(seq), signed(seq), with)
}

fn with_between<T>(
    connection: &Snapshot,
    first: i64,
    last: i64,
    with: impl FnOnce(&mut LeafReader<'_>) -> T,
) -> Result<T, StoreError> {
    let failed = at("leaf::with_between");
    let mut statement = connection
        .prepare_cached(
            "-- leaf::with_between
             SELECT seq, time, operator, case_id, object, action, outcome, bytes FROM leaf
             WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
        )
        .map_err(&failed)?;
    let rows = statement.query([first, last]).map_err(&failed)?;
    Ok(with(&mut LeafReader(rows)))
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

const HOUR: i64 = 3600;
