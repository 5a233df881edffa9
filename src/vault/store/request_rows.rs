//! Table `request`: what somebody asked and somebody else decides in time, of every kind.
//!
//! What is asked for, why, until when, and what came of it is in `sealed`. A kind has no column of its own:
//! a new one needs no change here.

use super::case_rows::CaseNumber;
use super::control::{Cell, ControlRow, REQUEST, blob, int, nothing, text};
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
    pub(crate) digest: &'a [u8],
    pub(crate) sealed: &'a [u8],
}

/// A decision, and the request sealed again with its reason.
pub(crate) struct Decided<'a> {
    pub(crate) to: RequestState,
    pub(crate) decider: &'a OperatorId,
    pub(crate) now: Moment,
    pub(crate) leaf: u64,
    pub(crate) sealed: &'a [u8],
}

pub(crate) fn insert(connection: &Transaction, new: &NewRequest<'_>) -> Result<(), StoreError> {
    let cells = [
        ("id", text(new.id.as_str())),
        ("case_number", int(new.case.0)),
        ("kind", text(new.kind)),
        ("asker", text(new.asker.as_str())),
        ("state", text(RequestState::Requested.as_str())),
        ("asked_at", int(new.asked_at.seconds())),
        ("decider", nothing()),
        ("decided_at", nothing()),
        ("decided_leaf", nothing()),
        ("digest", blob(new.digest)),
        ("sealed", blob(new.sealed)),
    ];
    connection.insert(&REQUEST, &cells)
}

pub(crate) fn find(
    connection: &Snapshot,
    id: &RequestId,
) -> Result<Option<RequestRow>, StoreError> {
    connection.row(&REQUEST, &key(id), read)
}

/// Whether there is a request of this id. One that cannot be read now is taken for none.
pub(crate) fn is_there(connection: &Snapshot, id: &RequestId) -> bool {
    find(connection, id).is_ok_and(|row| row.is_some())
}

/// The requests of one kind in a case, newest first: all of them, or those of one asker.
pub(crate) fn list(
    connection: &Snapshot,
    case: CaseNumber,
    kind: &'static str,
    asker: Option<&OperatorId>,
) -> Result<Vec<RequestRow>, StoreError> {
    let mut by = vec![("case_number", int(case.0)), ("kind", text(kind))];
    by.extend(asker.map(|asker| ("asker", text(asker.as_str()))));
    let mut all = connection.rows(&REQUEST, &by, read)?;
    all.sort_by(|one, other| {
        let newest = other.asked_at.cmp(&one.asked_at);
        newest.then_with(|| one.id.as_str().cmp(other.id.as_str()))
    });
    Ok(all)
}

/// Whether a case may have requests of one kind. It is known without reading, so that an inbox reads nothing of the
/// cases in which nobody asked for anything. A row that somebody else put there is no request.
pub(crate) fn may_have(
    connection: &Snapshot,
    case: CaseNumber,
    kind: &'static str,
) -> Result<bool, StoreError> {
    let by = [("case_number", int(case.0)), ("kind", text(kind))];
    Ok(!connection.is_surely_empty(&REQUEST, &by)?)
}

/// Every request of every case.
pub(crate) fn all(connection: &Snapshot) -> Result<Vec<RequestRow>, StoreError> {
    connection.rows(&REQUEST, &[], read)
}

/// Removes a request; only a restore does.
pub(crate) fn delete(connection: &Transaction, id: &RequestId) -> Result<(), StoreError> {
    let changed = connection.delete(&REQUEST, &key(id), &[])?;
    one("request::delete", usize::from(changed))
}

/// Writes the decision beside the request. Only what waits for a decision is decided.
pub(crate) fn decide(
    connection: &Transaction,
    id: &RequestId,
    decision: &Decided<'_>,
) -> Result<(), StoreError> {
    let leaf = sound("request::decide", i64::try_from(decision.leaf))?;
    let meet = [("state", text(RequestState::Requested.as_str()))];
    let set = [
        ("state", text(decision.to.as_str())),
        ("decider", text(decision.decider.as_str())),
        ("decided_at", int(decision.now.seconds())),
        ("decided_leaf", int(leaf)),
        ("sealed", blob(decision.sealed)),
    ];
    let changed = connection.update(&REQUEST, &key(id), &meet, &set)?;
    one("request::decide", usize::from(changed))
}

/// Ends a request that was not used yet: it counts as denied.
pub(crate) fn end(
    connection: &Transaction,
    row: &RequestRow,
    decider: &OperatorId,
    now: Moment,
    leaf: u64,
) -> Result<(), StoreError> {
    let leaf = sound("request::end", i64::try_from(leaf))?;
    let meet = [("state", text(row.state.as_str()))];
    let set = [
        ("state", text(RequestState::Denied.as_str())),
        ("decider", text(decider.as_str())),
        ("decided_at", int(now.seconds())),
        ("decided_leaf", int(leaf)),
    ];
    let changed = connection.update(&REQUEST, &key(&row.id), &meet, &set)?;
    one("request::end", usize::from(changed))
}

/// Moves a decided request on from one state to the next; nothing else can.
pub(crate) fn advance(
    connection: &Transaction,
    id: &RequestId,
    from: RequestState,
    to: RequestState,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let meet = [("state", text(from.as_str()))];
    let set = [("state", text(to.as_str())), ("sealed", blob(sealed))];
    let changed = connection.update(&REQUEST, &key(id), &meet, &set)?;
    one("request::advance", usize::from(changed))
}

/// Puts the same request in its place, sealed under another key.
pub(crate) fn reseal(
    connection: &Transaction,
    id: &RequestId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection.update(&REQUEST, &key(id), &[], &[("sealed", blob(sealed))])?;
    one("request::reseal", usize::from(changed))
}

/// Takes away what is sealed of a request of a destroyed case. Who asked and who decided stays.
pub(crate) fn shred(connection: &Transaction, id: &RequestId) -> Result<(), StoreError> {
    let set = [("digest", blob(&[])), ("sealed", blob(&[]))];
    let changed = connection.update(&REQUEST, &key(id), &[], &set)?;
    one("request::shred", usize::from(changed))
}

fn key(id: &RequestId) -> [Cell<'_>; 1] {
    [("id", text(id.as_str()))]
}

fn read(row: &ControlRow<'_>) -> Result<RequestRow, StoreError> {
    const AT: &str = "request::read";
    let failed = at(AT);
    let text = |column: &str| row.get::<String>(column).map_err(&failed);
    let time = |column: &str| -> Result<Option<Moment>, StoreError> {
        let seconds: Option<i64> = row.get(column).map_err(&failed)?;
        Ok(seconds.map(Moment::from_seconds))
    };
    let decider: Option<String> = row.get("decider").map_err(&failed)?;
    let leaf: Option<i64> = row.get("decided_leaf").map_err(&failed)?;
    Ok(RequestRow {
        id: sound(AT, text("id")?.parse())?,
        case: CaseNumber(row.get("case_number").map_err(&failed)?),
        kind: text("kind")?,
        asker: sound(AT, text("asker")?.parse())?,
        state: sound(AT, text("state")?.parse())?,
        asked_at: Moment::from_seconds(row.get("asked_at").map_err(&failed)?),
        decider: decider.map(|id| sound(AT, id.parse())).transpose()?,
        decided_at: time("decided_at")?,
        decided_leaf: leaf
            .map(|leaf| sound(AT, u64::try_from(leaf)))
            .transpose()?,
        digest: row.get("digest").map_err(&failed)?,
        sealed: row.get("sealed").map_err(&failed)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RequestIdOfKind as _, RevealId};

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
        let id = RevealId::from_random([7; 13]).of_any_kind();
        let new = NewRequest {
            id: &id,
            case: CaseNumber(1),
            kind: "reveal",
            asker: &asker(),
            asked_at: now,
            digest: b"digest",
            sealed: b"asked",
        };
        insert(&connection, &new).unwrap();
        (connection, id)
    }

    fn decision<'a>(to: RequestState, decider: &'a OperatorId) -> Decided<'a> {
        Decided {
            to,
            decider,
            now: Moment::from_seconds(9),
            leaf: 3,
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
        let listed = |kind, asker| {
            let listed = list(&connection, CaseNumber(1), kind, asker);
            listed.unwrap().len()
        };
        assert_eq!((listed("reveal", None), listed("export", None)), (1, 0));
        let other = OperatorId::from_random([2; 13]);
        let (own, others) = (Some(&asker()), Some(&other));
        assert_eq!((listed("reveal", own), listed("reveal", others)), (1, 0));
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
