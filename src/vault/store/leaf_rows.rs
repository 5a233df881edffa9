//! Table `leaf`: the audit log's entries, exactly as hashed, and copies of a few
//! of their members for searching.

use std::vec::IntoIter;

use super::error::StoreError;
use super::row::Row;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::{ValueRef, values};
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
    connection.execute_one(
        "leaf::insert",
        "-- leaf::insert
         INSERT INTO leaf (seq, time, operator, case_id, object, action, outcome, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            signed(new.seq),
            new.time.seconds(),
            new.operator,
            new.case,
            new.object,
            new.action,
            new.outcome,
            new.bytes
        ],
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

/// Matching leaves, newest first, by the index of the rarest criterion. What the indices say was verified before
/// ([`check_indices`]).
pub(crate) fn search(
    connection: &Snapshot,
    filter: &LeafFilter,
    limit: u32,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let by = rarest(connection, filter)?;
    found(connection, filter, by.as_ref(), limit)
}

/// Every matching leaf, newest first, by looking at all of them: for whoever checks the file and trusts no index.
pub(crate) fn search_without_indices(
    connection: &Snapshot,
    filter: &LeafFilter,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    found(connection, filter, None, u32::MAX)
}

fn found(
    connection: &Snapshot,
    filter: &LeafFilter,
    by: Option<&Indexed<'_>>,
    limit: u32,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let (sql, values) = statement_of_search(connection, filter, by, limit);
    connection.all("leaf::search", &sql, &values, |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// A criterion that has an index.
struct Indexed<'f> {
    column: &'static str,
    index: &'static str,
    value: &'f str,
    /// Without it the index does not count as one that has all matching leaves.
    besides: &'static str,
}

impl LeafFilter {
    /// The criteria that have an index, those first that few leaves match as a rule.
    fn indexed(&self) -> Vec<Indexed<'_>> {
        let not_done = self.outcome.as_deref().filter(|outcome| *outcome != "done");
        [
            ("object", "leaf_of_object", self.object.as_deref(), ""),
            (
                "outcome",
                "leaf_not_done",
                not_done,
                " AND outcome <> 'done'",
            ),
            ("operator", "leaf_of_operator", self.operator.as_deref(), ""),
            ("case_id", "leaf_of_case", self.case.as_deref(), ""),
            ("action", "leaf_of_action", self.action.as_deref(), ""),
        ]
        .into_iter()
        .filter_map(|(column, index, value, besides)| {
            Some(Indexed {
                column,
                index,
                value: value?,
                besides,
            })
        })
        .collect()
    }

    /// The first and the last number that it asks for.
    fn numbers(&self) -> [i64; 2] {
        let last = self.before.map_or(i64::MAX, signed).saturating_sub(1);
        [self.since.map_or(i64::MIN, signed), last]
    }
}

/// The criterion that the fewest leaves match, as far as they are counted.
fn rarest<'f>(
    connection: &Snapshot,
    filter: &'f LeafFilter,
) -> Result<Option<Indexed<'f>>, StoreError> {
    let mut all = filter.indexed();
    if all.len() < 2 {
        return Ok(all.pop());
    }
    let mut fewest = None;
    for one in all {
        let matching = matching(connection, filter, &one)?;
        if fewest.as_ref().is_none_or(|(least, _)| matching < *least) {
            fewest = Some((matching, one));
        }
        if matching < FEW {
            break;
        }
    }
    Ok(fewest.map(|(_, one)| one))
}

/// How many leaves match a criterion, or [`MOST_COUNTED`].
fn matching(
    connection: &Snapshot,
    filter: &LeafFilter,
    by: &Indexed<'_>,
) -> Result<u32, StoreError> {
    let sql = format!(
        "-- leaf::matching
         SELECT count(*) FROM (
            SELECT 1 FROM leaf {} WHERE {} = ?1{} AND seq BETWEEN ?2 AND ?3 LIMIT {MOST_COUNTED}
         ) AS matching",
        connection.session().by_index(Some(by.index)),
        by.column,
        by.besides
    );
    let [first, last] = filter.numbers();
    let values = values![by.value, first, last];
    connection.one("leaf::matching", &sql, values, |row| row.get(0))
}

fn statement_of_search<'f>(
    connection: &Snapshot,
    filter: &'f LeafFilter,
    by: Option<&Indexed<'_>>,
    limit: u32,
) -> (String, Vec<ValueRef<'f>>) {
    let (found, mut values) = where_it_matches(connection, filter, by);
    values.push(limit.into());
    let sql = format!(
        "-- leaf::search
         SELECT seq, bytes {found}
         ORDER BY seq DESC LIMIT ?{}",
        values.len()
    );
    (sql, values)
}

/// The clauses FROM and WHERE of a search, and the values of its places. A criterion that is not asked for is not in
/// them: an index would not be used for one that may be NULL.
fn where_it_matches<'f>(
    connection: &Snapshot,
    filter: &'f LeafFilter,
    by: Option<&Indexed<'_>>,
) -> (String, Vec<ValueRef<'f>>) {
    let way = connection.session().by_index(by.map(|by| by.index));
    let mut values: Vec<ValueRef<'_>> = filter.numbers().map(ValueRef::from).into();
    let besides = by.map_or("", |by| by.besides);
    let mut sql = format!("FROM leaf {way} WHERE seq BETWEEN ?1 AND ?2{besides}");
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

/// Whether the table and its indices agree, each index in its order: otherwise a search could miss leaves that are
/// there.
pub(crate) fn check_indices(connection: &Snapshot) -> Result<(), StoreError> {
    let at = "leaf::check_indices";
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
    let by = rarest(connection, filter)?;
    let (found, values) = where_it_matches(connection, filter, by.as_ref());
    let sql = format!("-- leaf::count_by_hour\nSELECT time, outcome {found} ORDER BY seq");
    let mut hours: Vec<HourCount> = Vec::new();
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
    use super::*;
    use crate::vault::store::StoreFault;

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
                operator: (seq % 100 != 99).then_some(&operator),
                case: (seq % 100 != 99).then_some(&case),
                object: object.as_deref(),
                action: match seq % 3000 {
                    700 => "reveal.open",
                    _ => "record.lookup",
                },
                outcome: match seq % 1500 {
                    800 => "denied",
                    _ => "done",
                },
                bytes: b"{}",
            };
            insert(&connection, &new).unwrap();
        }
        connection.raw().execute_batch("COMMIT").unwrap();
        connection
    }

    /// How the database answers a search, and how many of its steps that takes.
    fn looked_at(connection: &Transaction, filter: &LeafFilter) -> (String, i32) {
        let by = rarest(connection, filter).unwrap();
        let (sql, values) = statement_of_search(connection, filter, by.as_ref(), 100);
        let plan = connection.session().sqlite().plan(&sql, &values);
        assert_eq!(plan.sorts, 0, "{}", plan.text);
        (plan.text, plan.steps)
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
                "leaf_of_operator (operator",
                LeafFilter {
                    operator: text("o_rare"),
                    ..none()
                },
            ),
            (
                "leaf_of_case (case_id",
                LeafFilter {
                    case: text("c_rare"),
                    ..none()
                },
            ),
            (
                "leaf_of_object (object",
                LeafFilter {
                    object: text("r_5007"),
                    ..none()
                },
            ),
            (
                "leaf_of_action (action",
                LeafFilter {
                    action: text("reveal.open"),
                    ..none()
                },
            ),
            (
                "leaf_not_done (outcome",
                LeafFilter {
                    outcome: text("denied"),
                    ..none()
                },
            ),
            // Of two criteria the rarer one decides, whichever it is.
            (
                "leaf_of_operator (operator",
                LeafFilter {
                    operator: text("o_rare"),
                    action: text("record.lookup"),
                    ..none()
                },
            ),
            (
                "leaf_of_action (action",
                LeafFilter {
                    operator: text("o_3"),
                    action: text("reveal.open"),
                    ..none()
                },
            ),
            (
                "leaf_of_case (case_id",
                LeafFilter {
                    case: text("c_rare"),
                    action: text("record.lookup"),
                    outcome: text("done"),
                    ..none()
                },
            ),
            (
                "leaf_of_object (object",
                LeafFilter {
                    object: text("r_5007"),
                    case: text("c_3"),
                    ..none()
                },
            ),
            // Nobody has this one: there is nothing to look at.
            (
                "leaf_of_operator (operator",
                LeafFilter {
                    operator: text("o_nobody"),
                    ..none()
                },
            ),
            (
                "leaf_of_action (action",
                LeafFilter {
                    action: text("no.such"),
                    ..none()
                },
            ),
        ];
        for (index, filter) in filters {
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
                let (plan, steps) = looked_at(&connection, &filter);
                let expected =
                    format!("SEARCH leaf USING INDEX {index}=? AND rowid>? AND rowid<?)");
                assert_eq!(plan, expected);
                // A page has a hundred leaves, and a leaf takes some twenty steps.
                assert!(steps < 6000, "{plan}: {steps} steps");
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
            let (plan, steps) = looked_at(&connection, &filter);
            assert!(plan.starts_with("SEARCH leaf USING "), "{plan}");
            assert!(steps < 12_000, "{plan}: {steps} steps");
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

    #[test]
    fn an_index_that_lacks_a_leaf_is_found() {
        let connection = Transaction::in_memory();
        for seq in 0..100 {
            let new = NewLeaf {
                seq,
                time: Moment::from_seconds(0),
                operator: Some("o_1"),
                case: None,
                object: None,
                action: "record.lookup",
                outcome: "done",
                bytes: b"{}",
            };
            insert(&connection, &new).unwrap();
        }
        assert_eq!(check_indices(&connection), Ok(()));
        // The file is written past the database: the index gets other rows than the table has.
        let raw = connection.raw();
        raw.execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'operator IS NOT NULL', 'seq <> 7')
              WHERE name = 'leaf_of_operator';
             PRAGMA writable_schema = RESET;
             REINDEX leaf_of_operator;
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'seq <> 7', 'operator IS NOT NULL')
              WHERE name = 'leaf_of_operator';
             PRAGMA writable_schema = RESET;",
        )
        .unwrap();
        let filter = LeafFilter {
            operator: text("o_1"),
            ..LeafFilter::default()
        };
        assert_eq!(search(&connection, &filter, 1000).unwrap().len(), 99);
        let all = search_without_indices(&connection, &filter).unwrap();
        assert_eq!(all.len(), 100);
        let found = check_indices(&connection);
        assert_eq!(found.unwrap_err().fault, StoreFault::Inconsistent);
    }
}
