//! Table `request`: what somebody asked and somebody else decides in time, of every kind.
//!
//! What is asked for, why, and what came of it is in `sealed`. A kind has no column of its own:
//! a new one needs no change here.

use rusqlite::{OptionalExtension, Row, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{Moment, OperatorId, RequestId};
use crate::policy::RequestState;

pub(crate) struct RequestRow {
    pub(crate) id: RequestId,
    pub(crate) case: CaseNumber,
    pub(crate) kind: String,
    pub(crate) asker: OperatorId,
    pub(crate) state: RequestState,
    pub(crate) asked_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) decider: Option<OperatorId>,
    pub(crate) decided_at: Option<Moment>,
    /// The leaf of the decision.
    pub(crate) decided_leaf: Option<u64>,
    /// Binds the request and its result set; a decision is about this.
    pub(crate) digest: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) struct NewRequest<'a> {
    pub(crate) id: &'a RequestId,
    pub(crate) case: CaseNumber,
    pub(crate) kind: &'static str,
    pub(crate) asker: &'a OperatorId,
    pub(crate) asked_at: Moment,
    pub(crate) expires_at: Moment,
    pub(crate) digest: &'a [u8],
    pub(crate) sealed: &'a [u8],
}

/// A decision, and the request sealed again with its reason.
pub(crate) struct Decision<'a> {
    pub(crate) to: RequestState,
    pub(crate) decider: &'a OperatorId,
    pub(crate) now: Moment,
    pub(crate) leaf: u64,
    pub(crate) expires_at: Moment,
    pub(crate) sealed: &'a [u8],
}

pub(crate) fn insert(connection: &Transaction, new: &NewRequest<'_>) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- request::insert
             INSERT INTO request (id, case_number, kind, asker, state, asked_at, expires_at, digest, sealed)
             VALUES (?1, ?2, ?3, ?4, 'requested', ?5, ?6, ?7, ?8)",
            params![
                new.id.as_str(),
                new.case.0,
                new.kind,
                new.asker.as_str(),
                new.asked_at.seconds(),
                new.expires_at.seconds(),
                new.digest,
                new.sealed,
            ],
        )
        .map_err(at("request::insert"))?;
    one("request::insert", changed)
}

pub(crate) fn find(
    connection: &Snapshot,
    id: &RequestId,
) -> Result<Option<RequestRow>, StoreError> {
    let failed = at("request::find");
    connection
        .prepare_cached(
            "-- request::find
             SELECT id, case_number, kind, asker, state, asked_at, expires_at, decider, decided_at,
                    decided_leaf, digest, sealed
             FROM request WHERE id = ?1",
        )
        .map_err(&failed)?
        .query_row([id.as_str()], |row| Ok(read(row)))
        .optional()
        .map_err(&failed)?
        .transpose()
}

/// The requests of one kind in a case, newest first, at most 500.
pub(crate) fn list(
    connection: &Snapshot,
    case: CaseNumber,
    kind: &'static str,
) -> Result<Vec<RequestRow>, StoreError> {
    let failed = at("request::list");
    let mut statement = connection
        .prepare_cached(
            "-- request::list
             SELECT id, case_number, kind, asker, state, asked_at, expires_at, decider, decided_at,
                    decided_leaf, digest, sealed
             FROM request WHERE case_number = ?1 AND kind = ?2 ORDER BY asked_at DESC, id LIMIT 500",
        )
        .map_err(&failed)?;
    let mut rows = statement.query(params![case.0, kind]).map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// Writes the decision beside the request and lets it run from now. Only what waits
/// for a decision is decided.
pub(crate) fn decide(
    connection: &Transaction,
    id: &RequestId,
    decision: &Decision<'_>,
) -> Result<(), StoreError> {
    let leaf = sound("request::decide", i64::try_from(decision.leaf))?;
    let changed = connection
        .execute(
            "-- request::decide
             UPDATE request SET state = ?2, decider = ?3, decided_at = ?4, decided_leaf = ?5,
                                expires_at = ?6, sealed = ?7
             WHERE id = ?1 AND state = 'requested'",
            params![
                id.as_str(),
                decision.to.as_str(),
                decision.decider.as_str(),
                decision.now.seconds(),
                leaf,
                decision.expires_at.seconds(),
                decision.sealed,
            ],
        )
        .map_err(at("request::decide"))?;
    one("request::decide", changed)
}

/// Moves a decided request on from one state to the next; nothing else can.
pub(crate) fn advance(
    connection: &Transaction,
    id: &RequestId,
    from: RequestState,
    to: RequestState,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- request::advance
             UPDATE request SET state = ?3, sealed = ?4 WHERE id = ?1 AND state = ?2",
            params![id.as_str(), from.as_str(), to.as_str(), sealed],
        )
        .map_err(at("request::advance"))?;
    one("request::advance", changed)
}

fn read(row: &Row<'_>) -> Result<RequestRow, StoreError> {
    const AT: &str = "request::read";
    let failed = at(AT);
    let text = |column: usize| row.get::<_, String>(column).map_err(&failed);
    let time = |column: usize| -> Result<Option<Moment>, StoreError> {
        let seconds: Option<i64> = row.get(column).map_err(&failed)?;
        Ok(seconds.map(Moment::from_seconds))
    };
    let decider: Option<String> = row.get(7).map_err(&failed)?;
    let leaf: Option<i64> = row.get(9).map_err(&failed)?;
    Ok(RequestRow {
        id: sound(AT, text(0)?.parse())?,
        case: CaseNumber(row.get(1).map_err(&failed)?),
        kind: text(2)?,
        asker: sound(AT, text(3)?.parse())?,
        state: sound(AT, text(4)?.parse())?,
        asked_at: Moment::from_seconds(row.get(5).map_err(&failed)?),
        expires_at: Moment::from_seconds(row.get(6).map_err(&failed)?),
        decider: decider.map(|id| sound(AT, id.parse())).transpose()?,
        decided_at: time(8)?,
        decided_leaf: leaf
            .map(|leaf| sound(AT, u64::try_from(leaf)))
            .transpose()?,
        digest: row.get(10).map_err(&failed)?,
        sealed: row.get(11).map_err(&failed)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RequestIdOfKind as _, RevealId};
    use crate::vault::store::migrations;

    fn asker() -> OperatorId {
        OperatorId::from_random([1; 13])
    }

    /// A vault's database with one request that waits for its decision.
    fn asked() -> (Transaction, RequestId) {
        let connection = Transaction::in_memory();
        connection
            .raw()
            .execute_batch("PRAGMA foreign_keys = OFF")
            .unwrap();
        let now = Moment::from_seconds(5);
        migrations::apply(connection.raw(), now).unwrap();
        let id = RevealId::from_random([7; 13]).of_any_kind();
        let new = NewRequest {
            id: &id,
            case: CaseNumber(1),
            kind: "reveal",
            asker: &asker(),
            asked_at: now,
            expires_at: now.plus_seconds(60),
            digest: b"digest",
            sealed: b"asked",
        };
        insert(&connection, &new).unwrap();
        (connection, id)
    }

    fn decision<'a>(to: RequestState, decider: &'a OperatorId) -> Decision<'a> {
        Decision {
            to,
            decider,
            now: Moment::from_seconds(9),
            leaf: 3,
            expires_at: Moment::from_seconds(99),
            sealed: b"decided",
        }
    }

    #[test]
    fn a_request_reads_back_and_is_listed_under_its_kind() {
        let (connection, id) = asked();
        let row = find(&connection, &id).unwrap().unwrap();
        assert_eq!((row.id, row.kind.as_str()), (id, "reveal"));
        assert_eq!(row.state, RequestState::Requested);
        assert_eq!((row.decided_leaf, row.decider), (None, None));
        let listed = |kind| list(&connection, CaseNumber(1), kind).unwrap().len();
        assert_eq!((listed("reveal"), listed("export")), (1, 0));
    }

    #[test]
    fn the_asker_cannot_decide_even_past_the_policy() {
        let (connection, id) = asked();
        let own = asker();
        assert!(decide(&connection, &id, &decision(RequestState::Approved, &own)).is_err());
        let row = find(&connection, &id).unwrap().unwrap();
        assert_eq!(row.state, RequestState::Requested);
    }

    #[test]
    fn a_request_is_decided_once_and_used_once() {
        let (connection, id) = asked();
        let other = OperatorId::from_random([2; 13]);
        let (approved, used) = (RequestState::Approved, RequestState::Used);
        assert!(advance(&connection, &id, approved, used, b"used").is_err());
        decide(&connection, &id, &decision(approved, &other)).unwrap();
        let row = find(&connection, &id).unwrap().unwrap();
        assert_eq!(
            (row.decided_leaf, row.decider),
            (Some(3), Some(other.clone()))
        );
        assert_eq!(row.sealed, b"decided");
        let again = decision(RequestState::Denied, &other);
        assert!(decide(&connection, &id, &again).is_err());
        advance(&connection, &id, approved, used, b"used").unwrap();
        assert!(advance(&connection, &id, approved, used, b"used").is_err());
    }
}
