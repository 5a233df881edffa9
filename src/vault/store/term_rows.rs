//! Table `term_run`: every distinct identifying value once, sealed, and the blind index over them.
//! A run holds up to [`Terms::in_a_run`] terms that one exhibit added to a case, in the order of
//! their tags. The tags are sealed; only the first of each run stands in the clear, to find the run.

use std::collections::HashMap;
use std::sync::Arc;

use super::at_hand::{FirstTags, RunsOf};
use super::case_rows::CaseNumber;
use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
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
const BESIDE_TAGS: u32 = 49;

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
    pub(crate) fn holds(&self, no: u32) -> bool {
        no.checked_sub(self.first)
            .is_some_and(|place| place < self.terms)
    }
}

/// The first tag of each run that an exhibit added.
const FIRST_TAGS: &str = "-- term_run::first_tags
    SELECT first, first_tag FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND first BETWEEN ?3 AND ?4";

/// The run that begins with a term.
const FROM: &str = "-- term_run::from
    SELECT first, tags FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND first = ?3";

/// So many runs are read in one statement.
const TOGETHER: usize = 16;
/// The runs that begin with these terms.
const RUNS_TOGETHER: &str = "-- term_run::together
    SELECT first, tags FROM term_run WHERE case_number = ?1 AND field = ?2
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
    /// The sealed tags of runs that were read together and not asked for yet, by the number of the first term.
    fetched: HashMap<u32, Vec<u8>>,
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
            if let Some(tags) = self.fetched.remove(&first) {
                *into = tags;
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

    /// Reads what will be asked for about one tag in several exhibits. A server is asked for many runs in one
    /// statement; in a file nothing is read ahead.
    pub(crate) fn read_ahead(
        &mut self,
        all: impl ExactSizeIterator<Item = Ends>,
        tag: &[u8; TAG],
    ) -> Result<(), StoreError> {
        self.fetched.clear();
        if !self.connection.is_remote() || all.len() < 2 {
            return Ok(());
        }
        let mut firsts = Vec::with_capacity(all.len());
        for ends in all {
            firsts.extend(self.first_tags(ends)?.around(tag));
        }
        let Terms { case, field } = self.terms;
        for firsts in firsts.chunks(TOGETHER) {
            // There is one statement: what is named twice is given once.
            let mut values = values![case.0, field.code()].to_vec();
            let named = firsts.iter().cycle().take(TOGETHER);
            values.extend(named.map(|first| ValueRef::from(*first)));
            self.connection
                .each("term_run::together", RUNS_TOGETHER, &values, |row| {
                    self.fetched.insert(row.get(0)?, row.get(1)?);
                    Ok(())
                })?;
        }
        Ok(())
    }

    /// Whether a run that proved not to be the right one may have been found by a first tag that was read earlier. It
    /// is read anew then, because an erasure may have put another one in its place.
    pub(crate) fn reads_anew(&mut self, ends: Ends) -> bool {
        self.first_tags.retain(|(of, _)| *of != ends);
        if let Some(at_hand) = self.connection.at_hand() {
            at_hand.forget_first_tags(self.terms.of(ends));
        }
        self.connection.is_remote()
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
                let bytes = row.get::<u32>(1)?.saturating_sub(BESIDE_TAGS);
                Ok(SealedRun {
                    first: row.get(0)?,
                    terms: bytes / TAG as u32,
                    sealed: row.get(2)?,
                })
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
        let found = begin.map(|begin| self.run_of(connection, begin));
        let found = found.transpose()?.flatten();
        Ok(found.filter(|run| run.holds(no)))
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
            fetched: HashMap::new(),
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
