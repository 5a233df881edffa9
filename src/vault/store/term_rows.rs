//! Table `term_run`: every distinct identifying value once, sealed, and the blind index over them.
//! A run holds up to [`Terms::in_a_run`] terms that one exhibit added to a case, in the order of
//! their tags.

use rusqlite::{OptionalExtension, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at};
use super::exhibit_rows::ExhibitNumber;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::Field;

/// Most user names in a run; they are sealed together, and few of them are asked for.
const RUN_USERS: usize = 2048;
/// Most numbers in a run. With their tags they exactly fill two pages of the database, and a lookup
/// reads no more than that.
const RUN_NUMBERS: usize = 312;

/// The length of a tag in bytes.
const TAG: usize = 16;

/// The terms of one field of one case.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) case: CaseNumber,
    pub(crate) field: Field,
}

impl Terms {
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

/// The tags of a run, sorted; the terms are numbered in the same order.
pub(crate) struct TagRun {
    pub(crate) first: u32,
    pub(crate) tags: Vec<u8>,
}

impl SealedRun {
    pub(crate) fn holds(&self, no: u32) -> bool {
        no.checked_sub(self.first)
            .is_some_and(|place| place < self.terms)
    }
}

impl TagRun {
    /// The number of the term with this tag.
    pub(crate) fn find(&self, tag: &[u8; TAG]) -> Option<u32> {
        Some(self.first + place_of(&self.tags, tag)?)
    }
}

/// The run of an exhibit in which a tag would be.
const AROUND: &str = "-- term_run::tags_around
    SELECT first, tags FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND exhibit = ?3 AND first_tag <= ?4
    ORDER BY first_tag DESC LIMIT 1";

/// The place of a tag among sorted tags.
fn place_of(tags: &[u8], tag: &[u8; TAG]) -> Option<u32> {
    let (tags, _) = tags.as_chunks::<TAG>();
    u32::try_from(tags.binary_search(tag).ok()?).ok()
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

    /// The run that holds a term, from the cache or from the store.
    pub(crate) fn run_of(
        &mut self,
        connection: &Snapshot,
        terms: Terms,
        no: u32,
    ) -> Result<Option<&SealedRun>, StoreError> {
        let at = match self.runs.iter().position(|run| run.holds(no)) {
            Some(at) => at,
            None => {
                let Some(run) = terms.run_of(connection, no)? else {
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
        tags: &[u8],
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let failed = at("term_run::insert");
        let first_tag = tags.get(..TAG).unwrap_or_default();
        connection
            .prepare_cached(
                "-- term_run::insert
                 INSERT INTO term_run (case_number, field, first, exhibit, first_tag, tags, sealed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .map_err(&failed)?
            .execute(params![
                self.case.0,
                self.field.code(),
                first,
                exhibit.0,
                first_tag,
                tags,
                sealed
            ])
            .map_err(&failed)?;
        Ok(())
    }

    /// The run that holds the term of this number.
    pub(crate) fn run_of(
        self,
        connection: &Snapshot,
        no: u32,
    ) -> Result<Option<SealedRun>, StoreError> {
        let failed = at("term_run::of");
        let found = connection
            .prepare_cached(
                "-- term_run::of
                 SELECT first, length(tags) / 16, sealed FROM term_run
                 WHERE case_number = ?1 AND field = ?2 AND first <= ?3
                 ORDER BY first DESC LIMIT 1",
            )
            .map_err(&failed)?
            .query_row(params![self.case.0, self.field.code(), no], |row| {
                Ok(SealedRun {
                    first: row.get(0)?,
                    terms: row.get(1)?,
                    sealed: row.get(2)?,
                })
            })
            .optional()
            .map_err(&failed)?;
        Ok(found.filter(|run| run.holds(no)))
    }

    /// The exhibits that added terms, in the order of their numbers.
    pub(crate) fn exhibits(self, connection: &Snapshot) -> Result<Vec<ExhibitNumber>, StoreError> {
        let failed = at("term_run::exhibits");
        let mut next = connection
            .prepare_cached(
                "-- term_run::exhibits
                 SELECT min(exhibit) FROM term_run
                 WHERE case_number = ?1 AND field = ?2 AND exhibit > ?3",
            )
            .map_err(&failed)?;
        let mut exhibits = Vec::new();
        let mut last = i64::MIN;
        loop {
            let found: Option<i64> = next
                .query_row(params![self.case.0, self.field.code(), last], |row| {
                    row.get(0)
                })
                .map_err(&failed)?;
            let Some(exhibit) = found else {
                return Ok(exhibits);
            };
            exhibits.push(ExhibitNumber(exhibit));
            last = exhibit;
        }
    }

    /// The run of an exhibit in which a tag would be.
    pub(crate) fn tags_around(
        self,
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        tag: &[u8; TAG],
    ) -> Result<Option<TagRun>, StoreError> {
        let failed = at("term_run::tags_around");
        connection
            .prepare_cached(AROUND)
            .map_err(&failed)?
            .query_row(
                params![self.case.0, self.field.code(), exhibit.0, tag],
                |row| {
                    Ok(TagRun {
                        first: row.get(0)?,
                        tags: row.get(1)?,
                    })
                },
            )
            .optional()
            .map_err(&failed)
    }

    /// The number of the term with this tag.
    pub(crate) fn find_by_tag(
        self,
        connection: &Snapshot,
        tag: &[u8; TAG],
    ) -> Result<Option<u32>, StoreError> {
        self.find_among(connection, self.exhibits(connection)?, tag)
    }

    /// The same if it is known which exhibits may have added it. Every one of them is searched,
    /// even after a hit, so that a number that is present takes as long as one that is absent. No
    /// tag is copied.
    pub(crate) fn find_among(
        self,
        connection: &Snapshot,
        exhibits: impl IntoIterator<Item = ExhibitNumber>,
        tag: &[u8; TAG],
    ) -> Result<Option<u32>, StoreError> {
        let failed = at("term_run::find");
        let mut statement = connection.prepare_cached(AROUND).map_err(&failed)?;
        let mut found = None;
        for exhibit in exhibits {
            let place = params![self.case.0, self.field.code(), exhibit.0, tag];
            let mut rows = statement.query(place).map_err(&failed)?;
            if let Some(row) = rows.next().map_err(&failed)? {
                let tags = row.get_ref(1).map_err(&failed)?;
                let tags = tags
                    .as_blob()
                    .map_err(|_| StoreError::inconsistent("term_run::tags"))?;
                if let Some(place) = place_of(tags, tag) {
                    let first: u32 = row.get(0).map_err(&failed)?;
                    found = found.or(Some(first + place));
                }
            }
        }
        Ok(found)
    }

    /// The first tags of the runs of all exhibits: exhibit, tag.
    pub(crate) fn first_tags(
        self,
        connection: &Snapshot,
    ) -> Result<Vec<(ExhibitNumber, [u8; TAG])>, StoreError> {
        let failed = at("term_run::first_tags");
        let mut statement = connection
            .prepare_cached(
                "-- term_run::first_tags
                 SELECT exhibit, first_tag FROM term_run
                 WHERE case_number = ?1 AND field = ?2 ORDER BY exhibit, first_tag",
            )
            .map_err(&failed)?;
        let rows = statement
            .query_map(params![self.case.0, self.field.code()], |row| {
                Ok((ExhibitNumber(row.get(0)?), row.get(1)?))
            })
            .map_err(&failed)?;
        rows.collect::<Result<_, _>>().map_err(&failed)
    }

    /// Deletes the runs above the visible terms, which an unfinished staging left. A case without
    /// them costs one index lookup.
    pub(crate) fn discard_above(
        self,
        connection: &Transaction,
        visible: u32,
    ) -> Result<usize, StoreError> {
        connection
            .execute(
                "-- term_run::discard_above
                 DELETE FROM term_run WHERE case_number = ?1 AND field = ?2 AND first > ?3",
                params![self.case.0, self.field.code(), visible],
            )
            .map_err(at("term_run::discard_above"))
    }
}
