//! Table `term_run`: every distinct identifying value once, sealed, and the blind index over them.
//! A run holds up to [`Terms::in_a_run`] terms that one exhibit added to a case, in the order of
//! their tags. The tags are sealed; only the first of each run stands in the clear, to find the run.

use std::collections::HashMap;
use std::sync::Arc;

use super::at_hand::{AtHand, FirstTags, KeptRun, RunAt, RunMark, RunsOf};
use super::case_rows::{self, CaseNumber};
use super::erasure_rows;
use super::error::StoreError;
use super::exhibit_rows::{self, ExhibitNumber};
use super::row::Row;
use super::sealed_under::Front;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::{ValueRef, values};
use crate::domain::Field;

/// Most user names in a run; they are sealed together, and few of them are asked for.
const RUN_USERS: usize = 2048;
/// Most numbers in a run. With their tags they exactly fill two pages of the database, and a lookup
/// reads no more than that.
const RUN_NUMBERS: usize = 311;

/// The length of a tag in bytes.
const TAG: usize = 16;
/// So many bytes longer than the tags are sealed tags: version, key id, nonce, seal, and the first tag of the next run.
const BESIDE_TAGS: usize = 49;

/// The terms of one field of one case.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) case: CaseNumber,
    pub(crate) field: Field,
}

impl Terms {
    /// The runs of these terms that one exhibit added.
    fn of(self, ends: Ends) -> RunsOf {
        RunsOf {
            case: self.case.0,
            field: self.field.code(),
            ends,
        }
    }

    /// The most terms in a run.
    pub(crate) fn in_a_run(self) -> usize {
        match self.field {
            Field::User => RUN_USERS,
            _ => RUN_NUMBERS,
        }
    }
}

/// The sealed terms of a run.
pub(crate) struct SealedRun {
    /// The number of its first term.
    pub(crate) first: u32,
    pub(crate) terms: u32,
    pub(crate) sealed: Vec<u8>,
}

/// A run as it is stored.
pub(crate) struct StoredRun {
    /// The number of its first term.
    pub(crate) first: u32,
    pub(crate) first_tag: [u8; TAG],
    pub(crate) tags: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

impl StoredRun {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            first: row.get(0)?,
            first_tag: row.get(1)?,
            tags: row.get(2)?,
            sealed: row.get(3)?,
        })
    }
}

impl SealedRun {
    /// A run with so many bytes of sealed tags.
    fn of(first: u32, tags: usize, sealed: Vec<u8>) -> Self {
        let terms = tags.saturating_sub(BESIDE_TAGS) / TAG;
        let terms = u32::try_from(terms).unwrap_or_default();
        Self {
            first,
            terms,
            sealed,
        }
    }

    pub(crate) fn holds(&self, no: u32) -> bool {
        no.checked_sub(self.first)
            .is_some_and(|place| place < self.terms)
    }
}

/// The first tag of each run that an exhibit added.
const FIRST_TAGS: &str = "-- term_run::first_tags
    SELECT first, first_tag FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND first BETWEEN ?3 AND ?4";

/// The run that begins with a term, with its terms.
const WHOLE: &str = "-- term_run::whole
    SELECT first, tags, sealed FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND first = ?3";

/// The tags of the run that begins with a term.
const FROM: &str = "-- term_run::from
    SELECT first, tags FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND first = ?3";

/// So many runs are read in one statement.
const TOGETHER: usize = 16;
/// The runs that begin with these terms.
const RUNS_TOGETHER: &str = "-- term_run::together
    SELECT first, tags, sealed FROM term_run WHERE case_number = ?1 AND field = ?2
    AND first IN (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";

/// The run of an exhibit with the greatest first tag that is not above a tag.
const AROUND: &str = "-- term_run::around
    SELECT first, tags FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND exhibit = ?3 AND first_tag <= ?4
    ORDER BY first_tag DESC LIMIT 1";

/// The run of an exhibit with the greatest first tag.
const LAST: &str = "-- term_run::last
    SELECT first, tags FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND exhibit = ?3
    ORDER BY first_tag DESC LIMIT 1";

/// Reads the sealed tags of one run after the other.
///
/// In a file the run is found by the tag. To a server no tag is sent, because whoever looks after it can note the
/// values of statements: the first tags of all runs are in memory, and a run is asked for by the number of its first
/// term. A file has no use for that: to read all first tags costs a page for each run.
pub(crate) struct TagReader<'c> {
    connection: &'c Snapshot,
    terms: Terms,
    first_tags: Vec<(Ends, Arc<FirstTags>)>,
    /// The runs that were read ahead and not asked for yet, by the number of the first term.
    ahead: HashMap<u32, Arc<KeptRun>>,
}

/// The numbers of the first and the last term that an exhibit added.
type Ends = (u32, u32);

impl<'c> TagReader<'c> {
    pub(crate) fn connection(&self) -> &'c Snapshot {
        self.connection
    }

    /// Reads the sealed tags of the run of an exhibit in which a tag would be. It is the run with the
    /// greatest first tag that is not above the tag, or the exhibit's last run if all begin above it.
    /// Answers the number of the run's first term; `None` if the exhibit has no run.
    pub(crate) fn read(
        &mut self,
        (exhibit, ends): (ExhibitNumber, Ends),
        tag: &[u8; TAG],
        into: &mut Vec<u8>,
    ) -> Result<Option<u32>, StoreError> {
        let Terms { case, field } = self.terms;
        if self.connection.is_remote() {
            let first = self.first_tags(ends)?.around(tag);
            let Some(first) = first else { return Ok(None) };
            if let Some(run) = self.ahead.remove(&first) {
                into.clear();
                into.extend_from_slice(&run.tags);
                return Ok(Some(first));
            }
            let place = values![case.0, field.code(), first];
            return read_tags(self.connection, FROM, place, into);
        }
        let place = values![case.0, field.code(), exhibit.0, tag];
        match read_tags(self.connection, AROUND, place, into)? {
            Some(first) => Ok(Some(first)),
            None => read_tags(self.connection, LAST, &place[..3], into),
        }
    }

    /// Reads what will be asked for about one tag in all exhibits: what is not at hand with one statement for many
    /// runs. In a file nothing is read ahead.
    pub(crate) fn read_ahead(
        &mut self,
        all: impl Iterator<Item = Ends>,
        tag: &[u8; TAG],
    ) -> Result<(), StoreError> {
        self.ahead.clear();
        if !self.connection.is_remote() {
            return Ok(());
        }
        let kept = self.terms.kept(self.connection)?;
        let mut missing = Vec::new();
        for ends in all {
            let Some(first) = self.first_tags(ends)?.around(tag) else {
                continue;
            };
            match kept.as_ref().and_then(|kept| kept.find(first)) {
                Some(run) => drop(self.ahead.insert(first, run)),
                None => missing.push(first),
            }
        }
        let Terms { case, field } = self.terms;
        for firsts in missing.chunks(TOGETHER) {
            let mut values = values![case.0, field.code()].to_vec();
            let (sql, places) = match firsts {
                [_] => (WHOLE, 1),
                _ => (RUNS_TOGETHER, TOGETHER),
            };
            // A run that is named twice is given once.
            let named = firsts.iter().cycle().take(places);
            values.extend(named.map(|first| ValueRef::from(*first)));
            self.connection
                .each("term_run::ahead", sql, &values, |row| {
                    let first = row.get(0)?;
                    let run = Arc::new(KeptRun {
                        tags: row.get(1)?,
                        terms: row.get(2)?,
                    });
                    if let Some(kept) = &kept {
                        kept.put(first, &run);
                    }
                    self.ahead.insert(first, run);
                    Ok(())
                })?;
        }
        Ok(())
    }

    /// Whether a run that proved not to be the right one may have been found by a first tag that was read earlier, or
    /// be one that was read earlier. It is read anew then, because an erasure may have put another one in its place.
    pub(crate) fn reads_anew(&mut self, ends: Ends) -> bool {
        self.ahead.clear();
        self.first_tags.retain(|(of, _)| *of != ends);
        self.terms.read_anew(self.connection)
    }

    fn first_tags(&mut self, ends: Ends) -> Result<&FirstTags, StoreError> {
        let known = self.first_tags.iter().position(|(of, _)| *of == ends);
        let at = match known {
            Some(at) => at,
            None => {
                let tags = first_tags(self.connection, self.terms, ends)?;
                self.first_tags.push((ends, tags));
                self.first_tags.len() - 1
            }
        };
        Ok(&self.first_tags[at].1)
    }
}

/// The runs of terms that are at hand, as one snapshot sees the case.
struct KeptRuns<'c> {
    at_hand: &'c AtHand,
    mark: RunMark,
    terms: Terms,
    /// How old the snapshot is.
    age: u64,
}

impl KeptRuns<'_> {
    fn at(&self, first: u32) -> RunAt {
        RunAt {
            case: self.terms.case.0,
            field: self.terms.field.code(),
            first,
        }
    }

    fn find(&self, first: u32) -> Option<Arc<KeptRun>> {
        self.at_hand.run(self.at(first), &self.mark)
    }

    fn put(&self, first: u32, run: &Arc<KeptRun>) {
        let at = (self.at(first), self.age);
        self.at_hand.keep_run(at, self.mark, run);
    }
}

/// The first tags of the runs that an exhibit added: those at hand, or as the server has them.
fn first_tags(
    connection: &Snapshot,
    terms: Terms,
    ends: Ends,
) -> Result<Arc<FirstTags>, StoreError> {
    let at_hand = connection.at_hand();
    let known = at_hand.and_then(|at_hand| at_hand.first_tags(terms.of(ends)));
    if let Some(tags) = known {
        return Ok(tags);
    }
    let values = values![terms.case.0, terms.field.code(), ends.0, ends.1];
    let runs = connection.all("term_run::first_tags", FIRST_TAGS, values, |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let tags = Arc::new(FirstTags::of(runs));
    if let Some(at_hand) = at_hand {
        at_hand.keep_first_tags(terms.of(ends), &tags);
    }
    Ok(tags)
}

fn read_tags(
    connection: &Snapshot,
    sql: &str,
    place: &[ValueRef<'_>],
    into: &mut Vec<u8>,
) -> Result<Option<u32>, StoreError> {
    connection.first("term_run::tags", sql, place, |row| {
        into.clear();
        into.extend_from_slice(row.blob(1)?);
        row.get(0)
    })
}

/// Recently read runs, so that terms read in order cost one read for each run.
#[derive(Default)]
pub(crate) struct RunCache {
    runs: Vec<SealedRun>,
    oldest: usize,
}

impl RunCache {
    /// How many runs are kept.
    const RUNS: usize = 32;

    /// The run that holds a term, from the cache or from the store. `ends` are of the exhibit that added the term.
    pub(crate) fn run_of(
        &mut self,
        connection: &Snapshot,
        terms: Terms,
        (no, ends): (u32, Ends),
    ) -> Result<Option<&SealedRun>, StoreError> {
        let at = match self.runs.iter().position(|run| run.holds(no)) {
            Some(at) => at,
            None => {
                let Some(run) = terms.run_of_one(connection, (no, ends))? else {
                    return Ok(None);
                };
                self.keep(run)
            }
        };
        Ok(self.runs.get(at))
    }

    /// Whether a run that does not open may be one that was read earlier. It is read anew then.
    pub(crate) fn reads_anew(&mut self, connection: &Snapshot, terms: Terms) -> bool {
        self.runs.clear();
        self.oldest = 0;
        terms.read_anew(connection)
    }

    fn keep(&mut self, run: SealedRun) -> usize {
        if self.runs.len() < Self::RUNS {
            self.runs.push(run);
            return self.runs.len() - 1;
        }
        let at = self.oldest;
        self.oldest = (at + 1) % Self::RUNS;
        self.runs[at] = run;
        at
    }
}

impl Terms {
    pub(crate) fn insert(
        self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
        first: u32,
        first_tag: &[u8; TAG],
        tags: &[u8],
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        connection.execute_one(
            "term_run::insert",
            "-- term_run::insert
             INSERT INTO term_run (case_number, field, first, exhibit, first_tag, tags, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            values![
                self.case.0,
                self.field.code(),
                first,
                exhibit.0,
                first_tag,
                tags,
                sealed
            ],
        )
    }

    /// The run that holds the term of this number.
    pub(crate) fn run_of(
        self,
        connection: &Snapshot,
        no: u32,
    ) -> Result<Option<SealedRun>, StoreError> {
        let found = connection.first(
            "term_run::of",
            "-- term_run::of
             SELECT first, length(tags), sealed FROM term_run
             WHERE case_number = ?1 AND field = ?2 AND first <= ?3
             ORDER BY first DESC LIMIT 1",
            values![self.case.0, self.field.code(), no],
            |row| {
                let tags = row.get::<u32>(1)? as usize;
                Ok(SealedRun::of(row.get(0)?, tags, row.get(2)?))
            },
        )?;
        Ok(found.filter(|run| run.holds(no)))
    }

    /// The same for a caller who asks for one term: a server is told which run it is in, and not which term it is.
    pub(crate) fn run_of_one(
        self,
        connection: &Snapshot,
        (no, ends): (u32, Ends),
    ) -> Result<Option<SealedRun>, StoreError> {
        let begin = match connection.is_remote() {
            true => first_tags(connection, self, ends)?.begin_of(no),
            false => Some(no),
        };
        let Some(begin) = begin else { return Ok(None) };
        let kept = self.kept(connection)?;
        let found = match kept.and_then(|kept| kept.find(begin)) {
            Some(run) => Some(SealedRun::of(begin, run.tags.len(), run.terms.clone())),
            None => self.run_of(connection, begin)?,
        };
        Ok(found.filter(|run| run.holds(no)))
    }

    /// The runs of these terms that are at hand; none if the tables are in a file, or while the case changes.
    fn kept(self, connection: &Snapshot) -> Result<Option<KeptRuns<'_>>, StoreError> {
        let Some(at_hand) = connection.at_hand() else {
            return Ok(None);
        };
        let marks = [
            case_rows::mark(connection, self.case)?,
            exhibit_rows::mark(connection, self.case)?,
            erasure_rows::TABLE.mark(connection, self.case)?,
        ];
        let [Some(case), Some(exhibits), Some(erasures)] = marks else {
            return Ok(None);
        };
        Ok(Some(KeptRuns {
            at_hand,
            mark: [case, exhibits, erasures],
            terms: self,
            age: connection.age(),
        }))
    }

    /// Forgets what is at hand of the case's terms. Answers whether anything can have been.
    fn read_anew(self, connection: &Snapshot) -> bool {
        let at_hand = connection.at_hand();
        if let Some(at_hand) = at_hand {
            at_hand.forget_terms_of(self.case.0);
        }
        at_hand.is_some()
    }

    /// All that is stored of the run that holds the term of this number, or would.
    pub(crate) fn stored_run(
        self,
        connection: &Snapshot,
        no: u32,
    ) -> Result<Option<StoredRun>, StoreError> {
        connection.first(
            "term_run::stored",
            "-- term_run::stored
             SELECT first, first_tag, tags, sealed FROM term_run
             WHERE case_number = ?1 AND field = ?2 AND first <= ?3
             ORDER BY first DESC LIMIT 1",
            values![self.case.0, self.field.code(), no],
            StoredRun::read,
        )
    }

    /// Some runs from a term number on of which the values or the tags name another key, in order.
    pub(crate) fn not_under(
        self,
        connection: &Snapshot,
        front: Front,
        (from, most): (u32, u32),
    ) -> Result<Vec<StoredRun>, StoreError> {
        connection.all(
            "term_run::not_under",
            "-- term_run::not_under
             SELECT first, first_tag, tags, sealed FROM term_run
             WHERE case_number = ?1 AND field = ?2 AND first >= ?4
             AND (substr(sealed, 1, 5) <> ?3 OR substr(tags, 1, 5) <> ?3) ORDER BY first LIMIT ?5",
            values![self.case.0, self.field.code(), &front, from, most],
            StoredRun::read,
        )
    }

    /// Puts other ciphertexts in the place of those of a run.
    pub(crate) fn replace(
        self,
        connection: &Transaction,
        run: &StoredRun,
    ) -> Result<(), StoreError> {
        connection.execute_one(
            "term_run::replace",
            "-- term_run::replace
             UPDATE term_run SET first_tag = ?4, tags = ?5, sealed = ?6
             WHERE case_number = ?1 AND field = ?2 AND first = ?3",
            values![
                self.case.0,
                self.field.code(),
                run.first,
                &run.first_tag,
                &run.tags[..],
                &run.sealed[..]
            ],
        )
    }

    /// The same where the first tag stays: its index is left alone.
    pub(crate) fn reseal(
        self,
        connection: &Transaction,
        run: &StoredRun,
    ) -> Result<(), StoreError> {
        connection.execute_one(
            "term_run::reseal",
            "-- term_run::reseal
             UPDATE term_run SET tags = ?4, sealed = ?5
             WHERE case_number = ?1 AND field = ?2 AND first = ?3",
            values![
                self.case.0,
                self.field.code(),
                run.first,
                &run.tags[..],
                &run.sealed[..]
            ],
        )
    }

    pub(crate) fn tag_reader(self, connection: &Snapshot) -> TagReader<'_> {
        TagReader {
            connection,
            terms: self,
            first_tags: Vec::new(),
            ahead: HashMap::new(),
        }
    }

    /// Reads the sealed tags of the runs whose first term is from one number to another, in order.
    /// They may be opened in place.
    pub(crate) fn each_tags(
        self,
        connection: &Snapshot,
        (from, to): (u32, u32),
        mut with: impl FnMut(u32, &[u8]),
    ) -> Result<(), StoreError> {
        connection.each(
            "term_run::each_tags",
            "-- term_run::each_tags
             SELECT first, tags FROM term_run
             WHERE case_number = ?1 AND field = ?2 AND first BETWEEN ?3 AND ?4 ORDER BY first",
            values![self.case.0, self.field.code(), from, to],
            |row| {
                with(row.get(0)?, row.blob(1)?);
                Ok(())
            },
        )
    }

    /// Deletes the runs above the visible terms, which an unfinished staging left. A case without
    /// them costs one index lookup.
    pub(crate) fn discard_above(
        self,
        connection: &Transaction,
        visible: u32,
    ) -> Result<usize, StoreError> {
        connection.execute(
            "term_run::discard_above",
            "-- term_run::discard_above
             DELETE FROM term_run WHERE case_number = ?1 AND field = ?2 AND first > ?3",
            values![self.case.0, self.field.code(), visible],
        )
    }
}

/// Deletes at most so many runs of a case, of any field, and says how many went.
pub(crate) fn shred_runs(
    connection: &Transaction,
    case: CaseNumber,
    most: u32,
) -> Result<usize, StoreError> {
    connection.execute(
        "term_run::shred",
        "-- term_run::shred
         DELETE FROM term_run WHERE case_number = ?1
         AND (field, first) IN (SELECT field, first FROM term_run WHERE case_number = ?1 LIMIT ?2)",
        values![case.0, most],
    )
}
