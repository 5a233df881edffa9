//! Table `exhibit`: the received files. An exhibit is staged until one change of its state makes
//! all of it visible. A withdrawn exhibit stays in the table but no longer counts.

use super::case_rows::CaseNumber;
use super::control::{Cell, ControlRow, EXHIBIT, blob, int, nothing, text};
use super::error::{StoreError, at, one, sound};
use super::meta_rows;
use super::snapshot::{Readers, Snapshot};
use super::transaction::Transaction;
use super::value::values;
use crate::domain::{ExhibitId, Moment, NodeId};

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

const STAGED: &str = "staged";
const ADMITTED: &str = "admitted";
/// The highest number that an exhibit had, where several nodes admit.
const LAST_EXHIBIT: &str = "last-exhibit";

pub(crate) fn stage(
    connection: &Transaction,
    id: &ExhibitId,
    case: CaseNumber,
    node: Option<&NodeId>,
    now: Moment,
) -> Result<ExhibitNumber, StoreError> {
    let number = match node {
        Some(_) => never_used(connection)?,
        None => connection.next_number(&EXHIBIT)?,
    };
    let cells = [
        ("number", int(number)),
        ("id", text(id.as_str())),
        ("case_number", int(case.0)),
        ("state", text(STAGED)),
        ("file_tag", nothing()),
        ("sealed", nothing()),
        ("begun_at", int(now.seconds())),
        ("admitted_at", nothing()),
        ("withdrawn_at", nothing()),
        ("withdrawn_leaf", nothing()),
        ("node", node.map_or(nothing(), |node| text(node.as_str()))),
    ];
    connection.insert(&EXHIBIT, &cells)?;
    Ok(ExhibitNumber(number))
}

/// A number that no exhibit had, also none that was discarded: the node that staged it may still write parts of it.
fn never_used(connection: &Transaction) -> Result<i64, StoreError> {
    let next = connection.next_number(&EXHIBIT)?;
    let last = meta_rows::find(connection, LAST_EXHIBIT)?;
    let last = last.map(|last| last.parse::<i64>());
    let last = last
        .transpose()
        .map_err(|_| StoreError::inconsistent("exhibit::last"))?;
    let number = last.map_or(next, |last| next.max(last.saturating_add(1)));
    meta_rows::put(connection, LAST_EXHIBIT, &number.to_string())?;
    Ok(number)
}

/// Makes a staged exhibit of this node visible. Without a tag its file may come again.
pub(crate) fn admit(
    connection: &Transaction,
    (number, id, node): (ExhibitNumber, &ExhibitId, Option<&NodeId>),
    file_tag: Option<&[u8]>,
    sealed: &[u8],
    now: Moment,
) -> Result<(), StoreError> {
    let set = [
        ("state", text(ADMITTED)),
        ("file_tag", file_tag.map_or(nothing(), blob)),
        ("sealed", blob(sealed)),
        ("admitted_at", int(now.seconds())),
    ];
    // The number of an exhibit that was discarded is used again, and another node may have discarded it, or begun to.
    let staged = [
        ("state", text(STAGED)),
        ("id", text(id.as_str())),
        ("node", node.map_or(nothing(), |node| text(node.as_str()))),
    ];
    let changed = connection.update(&EXHIBIT, &key(number), &staged, &set)?;
    one("exhibit::admit", usize::from(changed))
}

/// Takes a staged exhibit from its node, which cannot admit it any more. It is then of a node that there is not, so any
/// that runs goes on removing it.
pub(crate) fn make_nobodys(
    connection: &Transaction,
    number: ExhibitNumber,
) -> Result<(), StoreError> {
    let nobody = NodeId::from_random([0; 13]);
    let (meet, set) = ([("state", text(STAGED))], [("node", text(nobody.as_str()))]);
    let changed = connection.update(&EXHIBIT, &key(number), &meet, &set)?;
    one("exhibit::make_nobodys", usize::from(changed))
}

/// Puts another description in the place of that of an admitted exhibit.
pub(crate) fn redescribe(
    connection: &Transaction,
    number: ExhibitNumber,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let (meet, set) = ([("state", text(ADMITTED))], [("sealed", blob(sealed))]);
    let changed = connection.update(&EXHIBIT, &key(number), &meet, &set)?;
    one("exhibit::redescribe", usize::from(changed))
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
    let all = connection.rows(&EXHIBIT, &of_case(case), read)?;
    let mut admitted: Vec<_> = all.into_iter().filter_map(|(_, row)| row).collect();
    admitted.sort_by_key(|row| row.number.0);
    Ok(admitted)
}

/// The exhibits of all cases that count.
pub(crate) fn all_that_count(connection: &Snapshot) -> Result<Vec<ExhibitNumber>, StoreError> {
    let all = connection.rows(&EXHIBIT, &[], read)?;
    let admitted = all.into_iter().filter_map(|(_, row)| row);
    let counting = admitted.filter(|row| row.withdrawn.is_none());
    Ok(counting.map(|row| row.number).collect())
}

/// An admitted exhibit, withdrawn or not.
pub(crate) fn find(
    connection: &Snapshot,
    number: ExhibitNumber,
) -> Result<Option<ExhibitRow>, StoreError> {
    let found = connection.row(&EXHIBIT, &key(number), read)?;
    Ok(found.and_then(|(_, row)| row))
}

/// A name for what the exhibits of a case are now; another one when an exhibit is staged, admitted
/// or withdrawn. None while that is under way.
pub(crate) fn mark(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Option<[u8; 32]>, StoreError> {
    connection.steady(&EXHIBIT, &of_case(case))
}

/// True if a case has this exhibit, whether staged, admitted or withdrawn.
pub(crate) fn exists(
    connection: &Snapshot,
    case: CaseNumber,
    id: &ExhibitId,
) -> Result<bool, StoreError> {
    let found = connection.row(&EXHIBIT, &[("id", text(id.as_str()))], case_of)?;
    Ok(found == Some(case))
}

/// Marks an admitted exhibit as withdrawn. Nothing reverses this.
pub(crate) fn withdraw(
    connection: &Transaction,
    number: ExhibitNumber,
    now: Moment,
    leaf: u64,
) -> Result<(), StoreError> {
    let leaf = sound("exhibit::withdraw", i64::try_from(leaf))?;
    let meet = [("state", text(ADMITTED)), ("withdrawn_at", nothing())];
    let set = [
        ("withdrawn_at", int(now.seconds())),
        ("withdrawn_leaf", int(leaf)),
    ];
    let changed = connection.update(&EXHIBIT, &key(number), &meet, &set)?;
    one("exhibit::withdraw", usize::from(changed))
}

/// The exhibits that came from the same file and count.
pub(crate) fn of_file(
    connection: &Snapshot,
    case: CaseNumber,
    tag: &[u8],
) -> Result<Vec<ExhibitRow>, StoreError> {
    let failed = at("exhibit::of_file");
    let all = connection.rows(&EXHIBIT, &of_case(case), |row| {
        let own: Option<Vec<u8>> = row.get("file_tag").map_err(&failed)?;
        Ok(read(row)?.1.filter(|_| own.as_deref() == Some(tag)))
    })?;
    let counts = |row: &ExhibitRow| row.withdrawn.is_none();
    Ok(all.into_iter().flatten().filter(counts).collect())
}

/// The staged exhibits of a case, or of all cases.
pub(crate) fn staged(
    connection: &Snapshot,
    case: Option<CaseNumber>,
) -> Result<Vec<(ExhibitNumber, CaseNumber)>, StoreError> {
    let by = case.map(of_case);
    let by = by.as_ref().map_or(&[][..], |by| &by[..]);
    let all = connection.rows(&EXHIBIT, by, |row| Ok((read(row)?, case_of(row)?)))?;
    let staged = all
        .into_iter()
        .filter(|((_, admitted), _)| admitted.is_none());
    Ok(staged.map(|((number, _), case)| (number, case)).collect())
}

/// The staged exhibits of all cases, and the node that admits each, where a server has the tables.
pub(crate) fn staged_at(
    connection: &Snapshot,
) -> Result<Vec<(ExhibitNumber, CaseNumber, Option<NodeId>)>, StoreError> {
    let failed = at("exhibit::staged_at");
    let all = connection.rows(&EXHIBIT, &[], |row| {
        let (number, admitted) = read(row)?;
        let node: Option<String> = row.get("node").map_err(&failed)?;
        let node = node.map(|node| sound("exhibit::node", node.parse()));
        let node = node.transpose()?;
        Ok(admitted.is_none().then_some((number, case_of(row)?, node)))
    })?;
    Ok(all.into_iter().flatten().collect())
}

/// The exhibit with this id and its case, if it is staged: neither admitted nor gone.
pub(crate) fn staged_as(
    connection: &Snapshot,
    id: &ExhibitId,
) -> Result<Option<(ExhibitNumber, CaseNumber)>, StoreError> {
    let found = connection.row(&EXHIBIT, &[("id", text(id.as_str()))], |row| {
        let (number, admitted) = read(row)?;
        Ok(admitted.is_none().then_some((number, case_of(row)?)))
    })?;
    Ok(found.flatten())
}

/// Deletes a staged exhibit with everything that was written for it.
pub(crate) fn discard(connection: &Transaction, number: ExhibitNumber) -> Result<(), StoreError> {
    for (name, sql) in [
        ("block::discard", "DELETE FROM block WHERE exhibit = ?1"),
        (
            "statistics::discard",
            "DELETE FROM statistics WHERE exhibit = ?1",
        ),
        ("seen::discard", "DELETE FROM seen WHERE exhibit = ?1"),
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
        (
            "duplicate::discard",
            "DELETE FROM duplicate WHERE exhibit = ?1",
        ),
    ] {
        connection.execute(name, sql, values![number.0])?;
    }
    let changed = connection.delete(&EXHIBIT, &key(number), &[("state", text(STAGED))])?;
    one("exhibit::discard", usize::from(changed))
}

/// Every exhibit of a case, the staged ones too.
pub(crate) fn numbers(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<ExhibitNumber>, StoreError> {
    connection.rows(&EXHIBIT, &of_case(case), |row| Ok(read(row)?.0))
}

/// Deletes at most so many parts of an exhibit from each table, and says how many went in all.
pub(crate) fn shred_parts(
    connection: &Transaction,
    number: ExhibitNumber,
    most: u32,
) -> Result<usize, StoreError> {
    let mut gone = 0;
    for (name, sql) in [
        (
            "block::shred",
            "DELETE FROM block WHERE exhibit = ?1
             AND (field, no) IN (SELECT field, no FROM block WHERE exhibit = ?1 LIMIT ?2)",
        ),
        (
            "seen::shred",
            "DELETE FROM seen WHERE exhibit = ?1
             AND no IN (SELECT no FROM seen WHERE exhibit = ?1 LIMIT ?2)",
        ),
        (
            "subject_index::shred",
            "DELETE FROM subject_index WHERE exhibit = ?1
             AND range IN (SELECT range FROM subject_index WHERE exhibit = ?1 LIMIT ?2)",
        ),
        (
            "statistics::shred",
            "DELETE FROM statistics WHERE exhibit = ?1
             AND no IN (SELECT no FROM statistics WHERE exhibit = ?1 LIMIT ?2)",
        ),
        (
            "dictionary::shred",
            "DELETE FROM dictionary WHERE exhibit = ?1
             AND field IN (SELECT field FROM dictionary WHERE exhibit = ?1 LIMIT ?2)",
        ),
        (
            "quarantine::shred",
            "DELETE FROM quarantine WHERE exhibit = ?1
             AND no IN (SELECT no FROM quarantine WHERE exhibit = ?1 LIMIT ?2)",
        ),
        (
            "duplicate::shred",
            "DELETE FROM duplicate WHERE exhibit = ?1
             AND no IN (SELECT no FROM duplicate WHERE exhibit = ?1 LIMIT ?2)",
        ),
    ] {
        gone += connection.execute(name, sql, values![number.0, most])?;
    }
    Ok(gone)
}

/// Overwrites what is kept of an exhibit's parts on this machine. Whoever changed or deleted some calls it.
pub(crate) fn forget_parts(readers: &Readers, number: ExhibitNumber) {
    if let Some(at_hand) = readers.at_hand() {
        at_hand.forget_parts(number.0);
    }
}

/// Deletes the row of an exhibit that has no part any more.
pub(crate) fn remove(connection: &Transaction, number: ExhibitNumber) -> Result<(), StoreError> {
    let changed = connection.delete(&EXHIBIT, &key(number), &[])?;
    one("exhibit::remove", usize::from(changed))
}

fn key(number: ExhibitNumber) -> [Cell<'static>; 1] {
    [("number", int(number.0))]
}

fn of_case(case: CaseNumber) -> [Cell<'static>; 1] {
    [("case_number", int(case.0))]
}

fn case_of(row: &ControlRow<'_>) -> Result<CaseNumber, StoreError> {
    let number = row.get("case_number");
    number.map(CaseNumber).map_err(at("exhibit::case_of"))
}

/// The number, and the row if the exhibit is admitted.
fn read(row: &ControlRow<'_>) -> Result<(ExhibitNumber, Option<ExhibitRow>), StoreError> {
    let failed = at("exhibit::read");
    let text = |column: &str| row.get::<String>(column).map_err(&failed);
    let number = ExhibitNumber(row.get("number").map_err(&failed)?);
    if text("state")? != ADMITTED {
        return Ok((number, None));
    }
    let withdrawn = match row.get::<Option<i64>>("withdrawn_at").map_err(&failed)? {
        Some(at) => {
            let leaf: i64 = row.get("withdrawn_leaf").map_err(&failed)?;
            Some(Withdrawn {
                at: Moment::from_seconds(at),
                leaf: sound("exhibit::withdrawn_leaf", u64::try_from(leaf))?,
            })
        }
        None => None,
    };
    let admitted = ExhibitRow {
        number,
        id: sound("exhibit::id", text("id")?.parse())?,
        sealed: row.get("sealed").map_err(&failed)?,
        admitted_at: Moment::from_seconds(row.get("admitted_at").map_err(&failed)?),
        withdrawn,
    };
    Ok((number, Some(admitted)))
}
