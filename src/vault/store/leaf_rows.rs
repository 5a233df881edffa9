//! Table `leaf`: the audit log's entries, exactly as hashed, and copies of a few
//! of their members for searching.

use std::vec::IntoIter;

use super::error::StoreError;
use super::leaf_index_rows::{self, Asked, Criterion};
use super::row::Row;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::{ValueRef, values};
use crate::domain::Moment;

pub(crate) struct NewLeaf {
    pub(crate) seq: u64,
    pub(crate) time: Moment,
    pub(crate) operator: Option<String>,
    pub(crate) case: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) action: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// The criteria of a search; an absent one matches everything.
#[derive(Debug, Default)]
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

pub(crate) fn insert_all(connection: &Transaction, new: &[NewLeaf]) -> Result<(), StoreError> {
    let rows: Vec<[ValueRef<'_>; 8]> = new
        .iter()
        .map(|leaf| {
            [
                signed(leaf.seq).into(),
                leaf.time.seconds().into(),
                leaf.operator.as_deref().into(),
                leaf.case.as_deref().into(),
                leaf.object.as_deref().into(),
                leaf.action.into(),
                leaf.outcome.into(),
                leaf.bytes[..].into(),
            ]
        })
        .collect();
    connection.insert_all(
        "leaf::insert",
        "-- leaf::insert
         INSERT INTO leaf (seq, time, operator, case_id, object, action, outcome, bytes)",
        &rows,
    )
}

pub(crate) fn count(connection: &Snapshot) -> Result<u64, StoreError> {
    connection.one(
        "leaf::count",
        "-- leaf::count\nSELECT coalesce(max(seq) + 1, 0) FROM leaf",
        &[],
        |row| row.get(0),
    )
}

/// The bytes as they stand there, for tests: acts read what was proved.
#[cfg(test)]
pub(crate) fn find(connection: &Snapshot, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
    connection.first(
        "leaf::find",
        "-- leaf::find\nSELECT bytes FROM leaf WHERE seq = ?1",
        values![signed(seq)],
        |row| row.get(0),
    )
}

/// When the newest leaf was written.
pub(crate) fn newest_time(connection: &Snapshot) -> Result<Option<Moment>, StoreError> {
    connection.first(
        "leaf::newest_time",
        "-- leaf::newest_time\nSELECT time FROM leaf ORDER BY seq DESC LIMIT 1",
        &[],
        |row| row.get(0).map(Moment::from_seconds),
    )
}

/// Matching leaves, newest first, by the index of the rarest criterion. What the index says was verified before
/// ([`leaf_index_rows::check`]).
pub(crate) fn search(
    connection: &Snapshot,
    filter: &LeafFilter,
    limit: u32,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let mut all = Vec::new();
    for place in places(connection, filter)?.iter().rev() {
        let left = limit.saturating_sub(u32::try_from(all.len()).unwrap_or(u32::MAX));
        if left > 0 {
            all.extend(found(connection, filter, place, left)?);
        }
    }
    Ok(all)
}

/// Every matching leaf, newest first, by looking at all of them: for whoever checks the file and trusts no index.
pub(crate) fn search_without_indices(
    connection: &Snapshot,
    filter: &LeafFilter,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let all = Place {
        numbers: filter.numbers(),
        by: None,
    };
    found(connection, filter, &all, u32::MAX)
}

fn found(
    connection: &Snapshot,
    filter: &LeafFilter,
    place: &Place<'_>,
    limit: u32,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    if place.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, values) = statement_of_search(filter, place, limit);
    connection.all("leaf::search", &sql, &values, |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Leaves of a log to look at, from one number to another: those that the index has for a criterion, or each one.
struct Place<'f> {
    numbers: [i64; 2],
    by: Option<Asked<'f>>,
}

impl Place<'_> {
    fn is_empty(&self) -> bool {
        let [first, last] = self.numbers;
        first > last
    }

    /// The column by whose order its leaves are found.
    fn order(&self) -> &'static str {
        match self.by {
            Some(_) => "leaf_index.seq",
            None => "leaf.seq",
        }
    }
}

impl LeafFilter {
    /// The criteria that the index has, those first that few leaves match as a rule.
    fn indexed(&self) -> Vec<Asked<'_>> {
        let not_done = self.outcome.as_deref().filter(|outcome| *outcome != "done");
        [
            (Criterion::Object, self.object.as_deref()),
            (Criterion::Outcome, not_done),
            (Criterion::Operator, self.operator.as_deref()),
            (Criterion::Case, self.case.as_deref()),
            (Criterion::Action, self.action.as_deref()),
        ]
        .into_iter()
        .filter_map(|(criterion, value)| value.map(|value| Asked { criterion, value }))
        .collect()
    }

    /// The first and the last number that it asks for.
    fn numbers(&self) -> [i64; 2] {
        let last = self.before.map_or(i64::MAX, signed).saturating_sub(1);
        [self.since.map_or(i64::MIN, signed), last]
    }
}

/// Where matching leaves are: those that the index knows of, and those behind its end.
fn places<'f>(connection: &Snapshot, filter: &'f LeafFilter) -> Result<[Place<'f>; 2], StoreError> {
    let end = signed(leaf_index_rows::end(connection)?);
    let [first, last] = filter.numbers();
    let numbers = [first.max(0), last.min(end - 1)];
    let known = Place {
        numbers,
        by: rarest(connection, filter, numbers)?,
    };
    let behind = Place {
        numbers: [first.max(end), last],
        by: None,
    };
    Ok([known, behind])
}

/// The criterion that the fewest leaves match, as far as they are counted.
fn rarest<'f>(
    connection: &Snapshot,
    filter: &'f LeafFilter,
    numbers: [i64; 2],
) -> Result<Option<Asked<'f>>, StoreError> {
    let mut all = filter.indexed();
    if all.len() < 2 {
        return Ok(all.pop());
    }
    let mut fewest = None;
    for one in all {
        let matching = leaf_index_rows::matching(connection, one, numbers, MOST_COUNTED)?;
        if fewest.as_ref().is_none_or(|(least, _)| matching < *least) {
            fewest = Some((matching, one));
        }
        if matching < FEW {
            break;
        }
    }
    Ok(fewest.map(|(_, one)| one))
}

fn statement_of_search<'f>(
    filter: &'f LeafFilter,
    place: &Place<'f>,
    limit: u32,
) -> (String, Vec<ValueRef<'f>>) {
    let (found, mut values) = where_it_matches(filter, place);
    values.push(limit.into());
    let sql = format!(
        "-- leaf::search
         SELECT leaf.seq, bytes {found}
         ORDER BY {} DESC LIMIT ?{}",
        place.order(),
        values.len()
    );
    (sql, values)
}

/// The clauses FROM and WHERE of a search, and the values of its places. A criterion that is not asked for is not in
/// them. The leaves that the index has are compared with the filter like all others.
fn where_it_matches<'f>(filter: &'f LeafFilter, place: &Place<'f>) -> (String, Vec<ValueRef<'f>>) {
    let mut values: Vec<ValueRef<'_>> = place.numbers.map(ValueRef::from).into();
    let mut sql = match place.by {
        Some(asked) => {
            values.push(asked.value.into());
            // SQLite keeps the order of a CROSS JOIN: entries first.
            format!(
                "FROM leaf_index CROSS JOIN leaf
                 WHERE criterion = {} AND value = ?3 AND leaf_index.seq BETWEEN ?1 AND ?2
                 AND leaf.seq = leaf_index.seq",
                asked.criterion.number()
            )
        }
        None => "FROM leaf WHERE leaf.seq BETWEEN ?1 AND ?2".to_owned(),
    };
    let seconds = |time: Option<Moment>| time.map(|time| ValueRef::from(time.seconds()));
    let text = |text: &'f Option<String>| text.as_deref().map(ValueRef::from);
    for (criterion, value) in [
        ("time >=", seconds(filter.from)),
        ("time <", seconds(filter.to)),
        ("operator =", text(&filter.operator)),
        ("case_id =", text(&filter.case)),
        ("object =", text(&filter.object)),
        ("action =", text(&filter.action)),
        ("outcome =", text(&filter.outcome)),
    ] {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {criterion} ?{}", values.len()));
        }
    }
    (sql, values)
}

/// Whether each leaf is where its number says: otherwise a search could miss leaves that are there.
pub(crate) fn check_order(connection: &Snapshot) -> Result<(), StoreError> {
    let at = "leaf::check_order";
    match connection.session().indexes_agree(at, "leaf")? {
        true => Ok(()),
        false => Err(StoreError::inconsistent(at)),
    }
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

/// Counts matching leaves by the hour of their time, in the order of their numbers: sorting them would take longer than
/// reading them.
pub(crate) fn count_by_hour(
    connection: &Snapshot,
    filter: &LeafFilter,
) -> Result<Vec<HourCount>, StoreError> {
    let mut hours: Vec<HourCount> = Vec::new();
    for place in places(connection, filter)? {
        if place.is_empty() {
            continue;
        }
        let (found, values) = where_it_matches(filter, &place);
        let sql = format!(
            "-- leaf::count_by_hour\nSELECT time, outcome {found} ORDER BY {}",
            place.order()
        );
        connection.each("leaf::count_by_hour", &sql, &values, |row| {
            let (time, outcome) = (row.get::<i64>(0)?, row.text(1)?);
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
            Ok(())
        })?;
    }
    Ok(hours)
}

/// The earliest and the latest time of these leaves; `None` if there are none.
pub(crate) fn times_between(
    connection: &Snapshot,
    first: u64,
    last: u64,
) -> Result<Option<(Moment, Moment)>, StoreError> {
    let found: (Option<i64>, Option<i64>) = connection.one(
        "leaf::times_between",
        "-- leaf::times_between
         SELECT min(time), max(time) FROM leaf WHERE seq BETWEEN ?1 AND ?2",
        values![signed(first), signed(last)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(match found {
        (Some(earliest), Some(latest)) => {
            Some((Moment::from_seconds(earliest), Moment::from_seconds(latest)))
        }
        _ => None,
    })
}

/// Whether an act of this name is in the log from this leaf on.
pub(crate) fn has_one_since(
    connection: &Snapshot,
    first: u64,
    action: &str,
) -> Result<bool, StoreError> {
    let found: Option<i64> = connection.first(
        "leaf::has_one_since",
        "-- leaf::has_one_since\nSELECT seq FROM leaf WHERE seq >= ?1 AND action = ?2 LIMIT 1",
        values![signed(first), action],
        |row| row.get(0),
    )?;
    Ok(found.is_some())
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

/// Leaves in order; each is valid until the next one is read. They are read some at a time, so that whoever reads them
/// can ask for something else at each, and so that a long log is never in memory.
pub(crate) struct LeafReader<'s> {
    connection: &'s Snapshot,
    /// The number from which the next page is read; nothing after the last page.
    next: Option<i64>,
    last: i64,
    page: IntoIter<Result<StoredLeaf, StoreError>>,
    leaf: Option<StoredLeaf>,
}

/// One leaf of a page.
struct StoredLeaf {
    seq: u64,
    time: Moment,
    operator: Option<String>,
    case: Option<String>,
    object: Option<String>,
    action: String,
    outcome: String,
    bytes: Vec<u8>,
}

impl StoredLeaf {
    fn of(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.get(0)?,
            time: Moment::from_seconds(row.get(1)?),
            operator: row.get(2)?,
            case: row.get(3)?,
            object: row.get(4)?,
            action: row.get(5)?,
            outcome: row.get(6)?,
            bytes: row.get(7)?,
        })
    }
}

impl LeafReader<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<LeafRow<'_>>, StoreError> {
        if self.page.len() == 0 {
            self.turn()?;
        }
        self.leaf = self.page.next().transpose()?;
        Ok(self.leaf.as_ref().map(|leaf| LeafRow {
            seq: leaf.seq,
            time: leaf.time,
            operator: leaf.operator.as_deref(),
            case: leaf.case.as_deref(),
            object: leaf.object.as_deref(),
            action: &leaf.action,
            outcome: &leaf.outcome,
            bytes: &leaf.bytes,
        }))
    }

    /// Reads the next page.
    fn turn(&mut self) -> Result<(), StoreError> {
        let Some(first) = self.next.take() else {
            return Ok(());
        };
        let page = self.connection.all(
            "leaf::page",
            "-- leaf::page
             SELECT seq, time, operator, case_id, object, action, outcome, bytes FROM leaf
             WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq LIMIT ?3",
            values![first, self.last, PAGE],
            // A row that is not what it should be is met where it is.
            |row| Ok(StoredLeaf::of(row)),
        )?;
        if page.len() == PAGE as usize
            && let Some(Ok(last)) = page.last()
        {
            // Forward only, whatever a server says.
            self.next = signed(last.seq).checked_add(1).filter(|next| *next > first);
        }
        self.page = page.into_iter();
        Ok(())
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

/// Calls `with` with a reader of the leaves from one on and before another.
pub(crate) fn with_from<T>(
    connection: &Snapshot,
    first: u64,
    end: u64,
    with: impl FnOnce(&mut LeafReader<'_>) -> T,
) -> Result<T, StoreError> {
    with_between(
        connection,
        signed(first),
        signed(end).saturating_sub(1),
        with,
    )
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
    let mut leaves = LeafReader {
        connection,
        next: Some(first),
        last,
        page: Vec::new().into_iter(),
        leaf: None,
    };
    // Whoever reads nothing meets what is wrong with the first page, too.
    leaves.turn()?;
    Ok(with(&mut leaves))
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

const HOUR: i64 = 3600;

/// So many leaves are read at a time; each has at most 64 KiB, and most have less than one.
const PAGE: u32 = 512;

/// Of a criterion that so few leaves match, no other one is looked for.
const FEW: u32 = 64;
/// More are not counted.
const MOST_COUNTED: u32 = 4096;

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::vault::store::{StoreFault, checkpoint_rows};

    /// A log in which lookups of ten operators in four cases are nearly everything, with a second between leaves.
    fn log(leaves: u64) -> Transaction {
        let connection = Transaction::in_memory();
        connection.raw().execute_batch("BEGIN").unwrap();
        for seq in 0..leaves {
            let operator = match seq % 1000 {
                500 => "o_rare".to_owned(),
                _ => format!("o_{}", seq % 10),
            };
            let case = match seq % 2000 {
                900 => "c_rare".to_owned(),
                _ => format!("c_{}", seq % 4),
            };
            let object = (seq % 5000 == 7).then(|| format!("r_{seq}"));
            let new = NewLeaf {
                seq,
                time: Moment::from_seconds(i64::try_from(seq).unwrap()),
                operator: (seq % 100 != 99).then_some(operator),
                case: (seq % 100 != 99).then_some(case),
                object,
                action: match seq % 3000 {
                    700 => "reveal.open",
                    _ => "record.lookup",
                },
                outcome: match seq % 1500 {
                    800 => "denied",
                    _ => "done",
                },
                bytes: b"{}".to_vec(),
            };
            insert_all(&connection, &[new]).unwrap();
        }
        end(&connection, 0, leaves);
        connection.raw().execute_batch("COMMIT").unwrap();
        connection
    }

    /// What a commit does after its leaves: the log had so many, and now has so many.
    fn end(connection: &Transaction, before: u64, size: u64) {
        leaf_index_rows::fill(connection, before, size).unwrap();
        checkpoint_rows::put(connection, size, "a note", b"a seal").unwrap();
    }

    /// How the database answers a search, of the leaves that the index has and of those behind it, and how many of its
    /// steps each takes.
    fn looked_at(connection: &Transaction, filter: &LeafFilter) -> [(String, i32); 2] {
        places(connection, filter).unwrap().map(|place| {
            let (sql, values) = statement_of_search(filter, &place, 100);
            let plan = connection.session().sqlite().plan(&sql, &values);
            assert_eq!(plan.sorts, 0, "{}", plan.text);
            (plan.text, plan.steps)
        })
    }

    fn text(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    #[test]
    fn leaves_are_read_in_order_and_once_over_the_ends_of_pages() {
        let page = u64::from(PAGE);
        let connection = log(2 * page + 1);
        let numbers = |leaves: &mut LeafReader<'_>| -> Result<Vec<u64>, StoreError> {
            let mut all = Vec::new();
            while let Some(leaf) = leaves.next()? {
                all.push(leaf.seq);
            }
            Ok(all)
        };
        let all = with_all(&connection, numbers).unwrap().unwrap();
        assert_eq!(all, (0..=2 * page).collect::<Vec<_>>());
        for end in [0, 1, page - 1, page, page + 1, 2 * page, 3 * page] {
            let before = with_before(&connection, end, numbers).unwrap().unwrap();
            assert_eq!(before, (0..end.min(2 * page + 1)).collect::<Vec<_>>());
        }
        let one = with_one(&connection, page, numbers).unwrap().unwrap();
        assert_eq!(one, [page]);
        let none = with_one(&connection, 3 * page, numbers).unwrap().unwrap();
        assert_eq!(none, [0; 0]);
    }

    #[test]
    fn each_selective_filter_is_a_search_in_an_index_also_for_a_page_by_cursor() {
        let connection = log(220_000);
        let none = LeafFilter::default;
        let filters = [
            (
                Criterion::Operator,
                LeafFilter {
                    operator: text("o_rare"),
                    ..none()
                },
            ),
            (
                Criterion::Case,
                LeafFilter {
                    case: text("c_rare"),
                    ..none()
                },
            ),
            (
                Criterion::Object,
                LeafFilter {
                    object: text("r_5007"),
                    ..none()
                },
            ),
            (
                Criterion::Action,
                LeafFilter {
                    action: text("reveal.open"),
                    ..none()
                },
            ),
            (
                Criterion::Outcome,
                LeafFilter {
                    outcome: text("denied"),
                    ..none()
                },
            ),
            // Of two criteria the rarer one decides, whichever it is.
            (
                Criterion::Operator,
                LeafFilter {
                    operator: text("o_rare"),
                    action: text("record.lookup"),
                    ..none()
                },
            ),
            (
                Criterion::Action,
                LeafFilter {
                    operator: text("o_3"),
                    action: text("reveal.open"),
                    ..none()
                },
            ),
            (
                Criterion::Case,
                LeafFilter {
                    case: text("c_rare"),
                    action: text("record.lookup"),
                    outcome: text("done"),
                    ..none()
                },
            ),
            (
                Criterion::Object,
                LeafFilter {
                    object: text("r_5007"),
                    case: text("c_3"),
                    ..none()
                },
            ),
            // Nobody has this one: there is nothing to look at.
            (
                Criterion::Operator,
                LeafFilter {
                    operator: text("o_nobody"),
                    ..none()
                },
            ),
            (
                Criterion::Action,
                LeafFilter {
                    action: text("no.such"),
                    ..none()
                },
            ),
        ];
        for (criterion, filter) in filters {
            let pages = [
                (None, None),
                (None, Some(150_000)),
                (Some(20_000), Some(40_000)),
            ];
            for (since, before) in pages {
                let filter = LeafFilter {
                    since,
                    before,
                    operator: filter.operator.clone(),
                    case: filter.case.clone(),
                    object: filter.object.clone(),
                    action: filter.action.clone(),
                    outcome: filter.outcome.clone(),
                    ..none()
                };
                let [known, _] = places(&connection, &filter).unwrap();
                let by = known.by.map(|asked| asked.criterion);
                assert_eq!(by, Some(criterion));
                let [(known, steps), (behind, few)] = looked_at(&connection, &filter);
                assert_eq!(
                    known,
                    "SEARCH leaf_index USING PRIMARY KEY (criterion=? AND value=? AND seq>? AND seq<?); \
                     SEARCH leaf USING INTEGER PRIMARY KEY (rowid=?)"
                );
                assert_eq!(
                    behind,
                    "SEARCH leaf USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
                );
                // A page has a hundred leaves, and a leaf takes some thirty steps.
                assert!(steps + few < 6000, "{criterion:?}: {steps} and {few} steps");
            }
        }
        // A common value fills its page from the newest leaves, and so do no criteria at all.
        for filter in [
            none(),
            LeafFilter {
                outcome: text("done"),
                ..none()
            },
            LeafFilter {
                action: text("record.lookup"),
                ..none()
            },
            LeafFilter {
                operator: text("o_3"),
                case: text("c_3"),
                ..none()
            },
        ] {
            for (plan, steps) in looked_at(&connection, &filter) {
                assert!(plan.starts_with("SEARCH leaf"), "{plan}");
                assert!(steps < 12_000, "{plan}: {steps} steps");
            }
        }
    }

    #[test]
    fn whatever_index_is_taken_the_same_leaves_are_found() {
        let connection = log(20_000);
        let some = |of: [&str; 2], no: usize| of.get(no).map(|value| (*value).to_owned());
        for no in 0_usize..243 {
            let digit = |place: u32| no / 3_usize.pow(place) % 3;
            let filter = LeafFilter {
                from: (no % 2 == 0).then(|| Moment::from_seconds(3000)),
                to: (no % 3 == 0).then(|| Moment::from_seconds(18_000)),
                operator: some(["o_rare", "o_7"], digit(0)),
                case: some(["c_rare", "c_3"], digit(1)),
                object: some(["r_5007", "r_1"], digit(2)),
                action: some(["reveal.open", "record.lookup"], digit(3)),
                outcome: some(["denied", "done"], digit(4)),
                since: Some(1000),
                before: Some(19_000),
            };
            let newest: Vec<u64> = search(&connection, &filter, 50)
                .unwrap()
                .into_iter()
                .map(|(seq, _)| seq)
                .collect();
            let all = search_without_indices(&connection, &filter).unwrap();
            let expected: Vec<u64> = all.iter().take(50).map(|(seq, _)| *seq).collect();
            assert_eq!(newest, expected, "{no}");
            let hours = count_by_hour(&connection, &filter).unwrap();
            let counted: u64 = hours.iter().map(|hour| hour.leaves).sum();
            assert_eq!(counted, all.len() as u64, "{no}");
        }
    }

    /// The leaves of a log whose values are drawn by their numbers.
    fn add_drawn(connection: &Transaction, numbers: Range<u64>) {
        for seq in numbers {
            let drawn = drawn(seq);
            let some = |of: &str, at: u64, among: u64| {
                let value = (drawn >> at) & 0xff;
                (!value.is_multiple_of(5)).then(|| format!("{of}_{}", value % among))
            };
            let (operator, case, object) = (some("o", 0, 4), some("c", 8, 3), some("r", 16, 60));
            let action = ["a.0", "a.1", "a.2", "a.3"][((drawn >> 24) & 3) as usize];
            let new = NewLeaf {
                seq,
                // The clock steps back now and then.
                time: Moment::from_seconds(i64::try_from(seq + drawn % 9000).unwrap()),
                operator,
                case,
                object,
                action,
                outcome: ["done", "done", "denied", "failed"][((drawn >> 32) & 3) as usize],
                bytes: seq.to_be_bytes().to_vec(),
            };
            insert_all(connection, &[new]).unwrap();
        }
    }

    /// A number that looks random, the same each time (`SplitMix64`).
    fn drawn(seq: u64) -> u64 {
        let mut drawn = seq.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        drawn ^ (drawn >> 31)
    }

    fn any_filter(size: u64) -> impl Strategy<Value = LeafFilter> {
        let some = |of: &'static str, among: u8| {
            let value = (0..among).prop_map(move |value| Some(format!("{of}{value}")));
            prop_oneof![2 => Just(None), 1 => value]
        };
        let outcome = proptest::sample::select(vec![None, Some("done"), Some("denied"), Some("?")]);
        let number = || proptest::option::of(0..size + 3);
        let time = || proptest::option::of(0..12_000_i64);
        let criteria = (
            some("o_", 5),
            some("c_", 4),
            some("r_", 60),
            some("a.", 5),
            outcome,
        );
        (criteria, (number(), number(), time(), time())).prop_map(
            |((operator, case, object, action, outcome), (since, before, from, to))| LeafFilter {
                from: from.map(Moment::from_seconds),
                to: to.map(Moment::from_seconds),
                operator,
                case,
                object,
                action,
                outcome: outcome.map(str::to_owned),
                since,
                before,
            },
        )
    }

    #[test]
    fn a_search_finds_what_looking_at_each_leaf_finds_at_every_size_of_the_log() {
        let connection = Transaction::in_memory();
        let mut runner = TestRunner::deterministic();
        // One leaf after the other around the ends of the index, and all between by one commit: over two ends, too.
        let around = |step: u64| (step * 256 - 3)..=(step * 256 + 3);
        let sizes = (1..=3).flat_map(around).chain(around(6));
        let sizes = [1, 2].into_iter().chain(sizes).chain([1800]);
        let mut before = 0;
        for size in sizes {
            add_drawn(&connection, before..size);
            end(&connection, before, size);
            before = size;
            assert_eq!(leaf_index_rows::check(&connection, size), Ok(()), "{size}");
            for limit in [0, 1, 7, 100, 5000, 5000, 5000, 5000].repeat(2) {
                let filter = any_filter(size).new_tree(&mut runner).unwrap().current();
                let all = search_without_indices(&connection, &filter).unwrap();
                let found = search(&connection, &filter, limit).unwrap();
                assert_eq!(found, all[..all.len().min(limit as usize)], "{size}");
                let hours = count_by_hour(&connection, &filter).unwrap();
                let leaves: u64 = hours.iter().map(|hour| hour.leaves).sum();
                assert_eq!(leaves, all.len() as u64, "{size}");
                // Leaves of one hour that follow each other are counted together, also over the end of the index.
                assert!(hours.windows(2).all(|two| two[0].hour != two[1].hour));
            }
        }
    }

    #[test]
    fn the_index_is_written_for_256_leaves_at_once_and_again_does_nothing() {
        let connection = Transaction::in_memory();
        let entries = || -> (u64, u64) {
            let sql = "SELECT count(*), count(DISTINCT seq) FROM leaf_index";
            let count = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            connection.one("test", sql, &[], count).unwrap()
        };
        add_drawn(&connection, 0..300);
        end(&connection, 0, 255);
        assert_eq!(entries(), (0, 0));
        end(&connection, 255, 256);
        let written = entries();
        assert_eq!(written.1, 256);
        end(&connection, 256, 300);
        leaf_index_rows::fill(&connection, 0, 300).unwrap();
        assert_eq!(entries(), written);
        assert_eq!(leaf_index_rows::check(&connection, 300), Ok(()));
    }

    /// A log of 600 leaves, of which the index has 512.
    fn indexed_log() -> Transaction {
        let connection = Transaction::in_memory();
        add_drawn(&connection, 0..600);
        end(&connection, 0, 600);
        connection
    }

    #[track_caller]
    fn is_refused(connection: &Transaction, what: &str) {
        let found = leaf_index_rows::check(connection, 600);
        let fault = found.expect_err(what).fault;
        assert_eq!(fault, StoreFault::Inconsistent, "{what}");
    }

    #[test]
    fn an_index_that_lacks_a_leaf_is_found() {
        let connection = indexed_log();
        let raw = connection.raw();
        for change in [
            "DELETE FROM leaf_index WHERE criterion = 5 AND seq = 7",
            "DELETE FROM leaf_index WHERE seq = 511",
            "DELETE FROM leaf_index",
            // An entry more: of another value, of a leaf behind the end, of no leaf, of no criterion.
            "INSERT INTO leaf_index VALUES (5, 'a.9', 7)",
            "INSERT INTO leaf_index SELECT 5, action, seq FROM leaf WHERE seq = 512",
            "INSERT INTO leaf_index VALUES (5, 'a.1', 1000)",
            "INSERT INTO leaf_index VALUES (5, 'a.1', -1)",
            "INSERT INTO leaf_index VALUES (6, 'a.1', 7)",
            "INSERT INTO leaf_index SELECT 2, 'done', min(seq) FROM leaf WHERE outcome = 'done'",
            // One in the place of another.
            "UPDATE leaf_index SET value = 'a.9' WHERE criterion = 5 AND seq = 7",
            "UPDATE leaf_index SET seq = 512 WHERE criterion = 5 AND seq = 7",
            "UPDATE leaf_index SET criterion = 4 WHERE criterion = 5 AND seq = 7",
            "DELETE FROM leaf_index WHERE criterion = 5 AND seq = 7;
             INSERT INTO leaf_index SELECT 2, 'done', min(seq) FROM leaf WHERE outcome = 'done'",
        ] {
            raw.execute_batch("BEGIN").unwrap();
            raw.execute_batch(change).unwrap();
            is_refused(&connection, change);
            raw.execute_batch("ROLLBACK").unwrap();
        }
        assert_eq!(leaf_index_rows::check(&connection, 600), Ok(()));
        // That is what it is for.
        let filter = LeafFilter {
            action: text("a.1"),
            ..LeafFilter::default()
        };
        let all = search_without_indices(&connection, &filter).unwrap();
        let oldest = all.last().unwrap().0;
        let delete = format!("DELETE FROM leaf_index WHERE criterion = 5 AND seq = {oldest}");
        raw.execute_batch(&delete).unwrap();
        let found = search(&connection, &filter, 1000).unwrap();
        assert_eq!(found, all[..all.len() - 1]);
    }

    #[test]
    fn an_index_in_another_order_than_that_of_its_keys_is_found() {
        let connection = indexed_log();
        let raw = connection.raw();
        let count = || -> u64 {
            let sql = "SELECT count(*) FROM leaf_index";
            connection.one("test", sql, &[], |row| row.get(0)).unwrap()
        };
        let before = count();
        // The file is written past the database: the same entries in another order.
        let put = |from: &str, to: &str| {
            raw.execute_batch(&format!(
                "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = replace(sql, '{from}', '{to}') WHERE name = 'leaf_index';
                 PRAGMA writable_schema = RESET;"
            ))
            .unwrap();
        };
        raw.execute_batch("DELETE FROM leaf_index").unwrap();
        put("value, seq)", "value, seq DESC)");
        leaf_index_rows::fill(&connection, 0, 600).unwrap();
        put("value, seq DESC)", "value, seq)");
        assert_eq!(count(), before);
        is_refused(&connection, "another order");
    }
}
