//! Finds a term by its tag, and proves that there is none.
//!
//! The runs of terms that an exhibit added form a ring in the order of their tags. The sealed tags of a run begin with
//! the first tag of the next run; the last run names the first one. They are bound to the exhibit, the field, and the
//! number of the run's first term. So the run in which a tag would be shows all tags of the exhibit between its first
//! tag and the next run's. If that run is missing, or another one stands in its place, the tag is found in no gap that
//! the exhibit has, and that is damage. Sees tags and the keys of the case, neither names nor digits.
//!
//! Plaintext: the first tag of the next run, then the tags of this one, sorted; 16 bytes each.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::domain::Field;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::{AddedTerms, Adder};
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Tag;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::term_rows::{TagReader, Terms};

const TAG: usize = 16;

/// The plaintext for the tags of a run.
pub(in crate::vault) fn encode<'t>(next: &'t Tag, tags: impl Iterator<Item = &'t Tag>) -> Vec<u8> {
    let all = std::iter::once(next).chain(tags);
    all.flat_map(|tag| *tag.as_bytes()).collect()
}

/// Finds the terms of one field of a case in one snapshot.
pub(in crate::vault) struct TagSearch<'c> {
    field: Field,
    reader: TagReader<'c>,
    /// The tags that were read last, sealed and opened; kept, because each search needs them.
    buffer: Vec<u8>,
    plain: Vec<u8>,
}

/// Finds the terms of one field one after the other, for a caller who asks for those of each exhibit in the order of
/// their tags: the tags of one run then cost one read. How long it takes shows whether a tag is beside the one before.
pub(in crate::vault) struct TagWalk<'c> {
    search: TagSearch<'c>,
    /// The run of each exhibit that was opened last.
    last: Vec<Option<TagRun<Vec<u8>>>>,
}

impl<'c> TagWalk<'c> {
    pub(in crate::vault) fn of(connection: &'c Snapshot, case: CaseNumber, field: Field) -> Self {
        Self {
            search: TagSearch::of(connection, case, field),
            last: Vec::new(),
        }
    }

    /// The number of the term with this tag; `None` if no exhibit added it. Every exhibit is searched, so that a term
    /// that two of them have is found to be damage.
    pub(in crate::vault) fn find(
        &mut self,
        keys: &CaseKeys,
        added: &AddedTerms,
        tag: &Tag,
    ) -> Result<Option<u32>, OperationError> {
        let adders = added.of_field(self.search.field);
        self.last.resize_with(adders.len(), || None);
        let mut found = None;
        for (adder, last) in adders.iter().zip(&mut self.last) {
            let no = self.search.find_from(last, keys, adder, tag)?;
            if found.is_some() && no.is_some() {
                return Err(adder.damaged());
            }
            found = found.or(no);
        }
        Ok(found)
    }
}

/// What came of a search.
pub(in crate::vault) enum Sought {
    /// The number of the term.
    Found(u32),
    /// No exhibit added it. The number of a term beside its place; none if the case has no term.
    Absent { beside: Option<u32> },
}

/// The opened tags of a run.
pub(in crate::vault) struct TagRun<B> {
    first: u32,
    plain: B,
}

impl<'c> TagSearch<'c> {
    pub(in crate::vault) fn of(connection: &'c Snapshot, case: CaseNumber, field: Field) -> Self {
        Self {
            field,
            reader: Terms { case, field }.tag_reader(connection),
            buffer: Vec::new(),
            plain: Vec::new(),
        }
    }

    /// The term with this tag, or one beside the place where it would be. Every exhibit is searched, even after a hit,
    /// so that a number that is present takes as long as one that is absent. The term beside is in a run that was
    /// opened, of one exhibit: a term that is present is in one of them too. Which exhibit it is, is drawn from the end
    /// of the tag, because runs are in the order of its beginning.
    pub(in crate::vault) fn seek(
        &mut self,
        keys: &CaseKeys,
        added: &AddedTerms,
        tag: &Tag,
    ) -> Result<Sought, OperationError> {
        let (mut found, mut beside) = (None, None);
        let [.., a, b, c, d, e, f, g, h] = *tag.as_bytes();
        let draw = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let drawn = added.drawn(self.field, draw).map(|adder| adder.exhibit);
        let all = added.of_field(self.field).iter();
        self.reader
            .read_ahead(all.map(Adder::ends), tag.as_bytes())?;
        for adder in added.of_field(self.field) {
            let run = self.around(keys, adder, tag)?;
            if drawn == Some(adder.exhibit) {
                let no = run.beside(tag).filter(|no| adder.has(*no));
                beside = Some(no.ok_or_else(|| adder.damaged())?);
            }
            let Some(no) = run.find(tag) else {
                continue;
            };
            // A term is added once: later exhibits find it.
            if found.is_some() || !adder.has(no) {
                return Err(adder.damaged());
            }
            found = Some(no);
        }
        Ok(match found {
            Some(no) => Sought::Found(no),
            None => Sought::Absent { beside },
        })
    }

    /// Finds those of the tags, which are sorted, that an exhibit added: gives the place of each among them and the
    /// number of its term. The tags of one run cost one read.
    pub(in crate::vault) fn find_sorted<'t>(
        &mut self,
        keys: &CaseKeys,
        adder: &Adder,
        tags: impl Iterator<Item = &'t Tag>,
        mut found: impl FnMut(usize, u32),
    ) -> Result<(), OperationError> {
        let mut last = None;
        for (place, tag) in tags.enumerate() {
            if let Some(no) = self.find_from(&mut last, keys, adder, tag)? {
                found(place, no);
            }
        }
        Ok(())
    }

    /// The number of the term with this tag, if the exhibit added it. The run that was opened last is used again if the
    /// tag would be in it.
    fn find_from(
        &mut self,
        last: &mut Option<TagRun<Vec<u8>>>,
        keys: &CaseKeys,
        adder: &Adder,
        tag: &Tag,
    ) -> Result<Option<u32>, OperationError> {
        let run = match last.take().filter(|run| run.covers(tag)) {
            Some(run) => run,
            None => self.around(keys, adder, tag)?.kept(),
        };
        let found = last.insert(run).find(tag);
        match found {
            Some(no) if !adder.has(no) => Err(adder.damaged()),
            found => Ok(found),
        }
    }

    /// Gives the tags of all terms that the exhibits added, run after run in the order of their numbers, each run with
    /// the number of its first term. The runs of an exhibit must be the whole ring: they are numbered without a gap,
    /// each names the one that follows, and the last names the first. One thread reads, and another one opens.
    pub(in crate::vault) fn each(
        &mut self,
        keys: &CaseKeys,
        adders: &[Adder],
        terms: Terms,
        with: impl FnMut(&Adder, u32, &[[u8; TAG]]) -> Result<(), OperationError> + Send,
    ) -> Result<(), OperationError> {
        let connection = self.reader.connection();
        std::thread::scope(|threads| {
            let (ready, read) = sync_channel(BATCHES);
            let opener = threads.spawn(move || open_all(keys, terms.field, read, with));
            let handed_over = adders
                .iter()
                .try_for_each(|adder| read_runs(connection, terms, adder, &ready));
            drop(ready);
            // Its error says more than that nobody takes what is read.
            opener
                .join()
                .unwrap_or(Err(OperationError::Internal("a panic was caught")))?;
            handed_over
        })
    }

    /// The run of an exhibit in which a tag would be.
    fn around(
        &mut self,
        keys: &CaseKeys,
        adder: &Adder,
        tag: &Tag,
    ) -> Result<TagRun<&[u8]>, OperationError> {
        let found = match self.opened_around(keys, adder, tag)? {
            None if self.reader.reads_anew(adder.ends()) => self.opened_around(keys, adder, tag)?,
            found => found,
        };
        let run = found.and_then(|first| TagRun::read(first, &self.plain[..]));
        run.ok_or_else(|| adder.damaged())
    }

    /// Opens that run; `None` if it is not the one in which the tag would be.
    fn opened_around(
        &mut self,
        keys: &CaseKeys,
        adder: &Adder,
        tag: &Tag,
    ) -> Result<Option<u32>, OperationError> {
        let place = (adder.exhibit, adder.ends());
        let read = self.reader.read(place, tag.as_bytes(), &mut self.buffer);
        let Some(first) = read? else { return Ok(None) };
        let part = ExhibitParts::of(keys, &adder.id).tag_run(self.field, first);
        let Ok(plain) = part.open_in_place(&mut self.buffer) else {
            return Ok(None);
        };
        self.plain.clear();
        self.plain.extend_from_slice(plain);
        let run = TagRun::read(first, &self.plain[..]);
        Ok(run.is_some_and(|run| run.covers(tag)).then_some(first))
    }
}

impl<B: AsRef<[u8]>> TagRun<B> {
    fn read(first: u32, plain: B) -> Option<Self> {
        let (tags, rest) = plain.as_ref().as_chunks::<TAG>();
        let sound = rest.is_empty() && tags.len() > 1;
        sound.then_some(Self { first, plain })
    }

    /// Whether the tag, if the exhibit added it, is in this run.
    pub(in crate::vault) fn covers(&self, tag: &Tag) -> bool {
        let ([next, first, ..], tag) = (self.parts(), tag.as_bytes()) else {
            return false;
        };
        match first < next {
            true => first <= tag && tag < next,
            // The last run goes on from the end to the first one. An only run has all tags.
            false => first <= tag || tag < next,
        }
    }

    /// The number of the term with this tag.
    pub(in crate::vault) fn find(&self, tag: &Tag) -> Option<u32> {
        let tags = self.parts().get(1..)?;
        let place = tags.binary_search(tag.as_bytes()).ok()?;
        self.first.checked_add(u32::try_from(place).ok()?)
    }

    /// The number of a term beside the place where this tag would be.
    fn beside(&self, tag: &Tag) -> Option<u32> {
        let tags = self.parts().get(1..)?;
        let place = tags.partition_point(|other| other < tag.as_bytes());
        self.first
            .checked_add(u32::try_from(place.saturating_sub(1)).ok()?)
    }

    fn parts(&self) -> &[[u8; TAG]] {
        self.plain.as_ref().as_chunks::<TAG>().0
    }
}

impl TagRun<&[u8]> {
    /// A copy that can be kept.
    fn kept(&self) -> TagRun<Vec<u8>> {
        TagRun {
            first: self.first,
            plain: self.plain.to_vec(),
        }
    }
}

/// Runs of one exhibit, still sealed, one after the other.
struct SealedRuns<'a> {
    adder: &'a Adder,
    /// The number of each run's first term, and where the run ends.
    ends: Vec<(u32, usize)>,
    sealed: Vec<u8>,
    /// No runs of this exhibit follow.
    is_last: bool,
}

/// How many bytes of runs are handed over at once, and how often before somebody must take them.
const BATCH: usize = 256 << 10;
const BATCHES: usize = 4;

impl<'a> SealedRuns<'a> {
    fn of(adder: &'a Adder) -> Self {
        Self {
            adder,
            ends: Vec::new(),
            sealed: Vec::with_capacity(BATCH),
            is_last: false,
        }
    }
}

/// Reads the runs of an exhibit.
fn read_runs<'a>(
    connection: &Snapshot,
    terms: Terms,
    adder: &'a Adder,
    ready: &SyncSender<SealedRuns<'a>>,
) -> Result<(), OperationError> {
    let (mut runs, mut taken) = (SealedRuns::of(adder), true);
    terms.each_tags(connection, adder.ends(), |first, sealed| {
        if runs.sealed.len() + sealed.len() > BATCH && !runs.ends.is_empty() {
            let full = std::mem::replace(&mut runs, SealedRuns::of(adder));
            taken = taken && ready.send(full).is_ok();
        }
        runs.sealed.extend_from_slice(sealed);
        runs.ends.push((first, runs.sealed.len()));
    })?;
    runs.is_last = true;
    match taken && ready.send(runs).is_ok() {
        true => Ok(()),
        false => Err(OperationError::Internal("nobody opens tags")),
    }
}

/// Opens runs and gives their tags to `with`.
fn open_all(
    keys: &CaseKeys,
    field: Field,
    read: Receiver<SealedRuns<'_>>,
    mut with: impl FnMut(&Adder, u32, &[[u8; TAG]]) -> Result<(), OperationError>,
) -> Result<(), OperationError> {
    let mut ring = None;
    for mut runs in read {
        let adder = runs.adder;
        let parts = ExhibitParts::of(keys, &adder.id);
        let ring_of = ring.get_or_insert_with(|| Ring::of(adder));
        let mut from = 0;
        for (first, to) in runs.ends {
            let sealed = runs.sealed.get_mut(from..to).unwrap_or_default();
            let opened = parts.tag_run(field, first).open_in_place(sealed);
            let run = opened.ok().and_then(|plain| TagRun::read(first, &*plain));
            let tags = run.as_ref().and_then(|run| ring_of.goes_on(run));
            with(adder, first, tags.ok_or_else(|| adder.damaged())?)?;
            from = to;
        }
        if runs.is_last && !ring.take().is_some_and(|ring| ring.is_whole()) {
            return Err(adder.damaged());
        }
    }
    Ok(())
}

/// The runs of an exhibit as far as they were read.
struct Ring {
    /// The number that the next run begins with, and the last number of all.
    next: u32,
    last: u32,
    /// The first tag of the first run, and the one that the last run named.
    begins: Option<[u8; TAG]>,
    follows: Option<[u8; TAG]>,
}

impl Ring {
    fn of(adder: &Adder) -> Self {
        let (next, last) = adder.ends();
        Self {
            next,
            last,
            begins: None,
            follows: None,
        }
    }

    /// The tags of the run, if it is the one that follows.
    fn goes_on<'r>(&mut self, run: &'r TagRun<&[u8]>) -> Option<&'r [[u8; TAG]]> {
        let [after, tags @ ..] = run.parts() else {
            return None;
        };
        let first = tags.first().copied();
        let expected = self.follows.replace(*after);
        self.begins = self.begins.or(first);
        let follows = run.first == self.next && (expected.is_none() || expected == first);
        self.next = self.next.saturating_add(u32::try_from(tags.len()).ok()?);
        follows.then_some(tags)
    }

    fn is_whole(&self) -> bool {
        self.next.checked_sub(1) == Some(self.last) && self.begins == self.follows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(no: u8) -> Tag {
        Tag::from_bytes([no; TAG])
    }

    fn run(first: u32, next: u8, tags: &[u8]) -> TagRun<Vec<u8>> {
        let tags: Vec<Tag> = tags.iter().map(|no| tag(*no)).collect();
        TagRun::read(first, encode(&tag(next), tags.iter())).unwrap()
    }

    fn covered(run: &TagRun<Vec<u8>>) -> Vec<u8> {
        (0..=100).filter(|no| run.covers(&tag(*no))).collect()
    }

    #[test]
    fn the_runs_of_a_ring_cover_every_tag_once() {
        let ring = [
            run(1, 40, &[20, 30]),
            run(3, 70, &[40, 50, 60]),
            run(6, 20, &[70]),
        ];
        let all: Vec<Vec<u8>> = ring.iter().map(covered).collect();
        assert_eq!(all[0], (20..40).collect::<Vec<_>>());
        assert_eq!(all[1], (40..70).collect::<Vec<_>>());
        assert_eq!(all[2], (0..20).chain(70..=100).collect::<Vec<_>>());
        assert_eq!(
            covered(&run(1, 20, &[20, 30])),
            (0..=100).collect::<Vec<_>>()
        );
        assert_eq!(covered(&run(1, 20, &[20])), (0..=100).collect::<Vec<_>>());
    }

    #[test]
    fn a_run_has_its_tags_and_no_others() {
        let run = run(3, 70, &[40, 50, 60]);
        let found = [39, 40, 41, 50, 60, 70].map(|no| run.find(&tag(no)));
        assert_eq!(found, [None, Some(3), None, Some(4), Some(5), None]);
        let beside = [0, 39, 41, 50, 60, 69, 99].map(|no| run.beside(&tag(no)));
        assert_eq!(beside, [3, 3, 3, 3, 4, 5, 5].map(Some));
    }

    #[test]
    fn what_is_no_list_of_tags_is_no_run() {
        for length in [0, 15, 16, 17, 31, 33] {
            assert!(TagRun::read(1, vec![1; length]).is_none(), "{length}");
        }
        assert!(TagRun::read(1, vec![1; 32]).is_some());
    }
}
