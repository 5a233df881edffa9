//! Sealed parts of exhibits on this machine's disk, found by the SHA-256 of their ciphertext.
//!
//! They are in a few files, which are filled one after the other. If all together would become longer than they may,
//! the file goes whose parts were not asked for for the longest time. Which parts an exhibit has, the caller knows from
//! its description; so a part that was sealed again, or from which a number was erased, is not asked for any more, even
//! before it is overwritten here. A part is given out only if it has its digest: whatever is wrong with a file, the
//! server is asked again. An error of the disk is no error for whoever reads, either.
//!
//! A reader may still have a snapshot of before a part was forgotten. So everything that is forgotten has a number, and
//! a reader keeps only what was not forgotten since its snapshot began. A file that cannot be overwritten or removed
//! stays known until it can: see [`PartCache::settle`].

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::segment::{HEADER, Segment};
use crate::vault::store::part_list::{PartDigest, PartList, digest_of};

/// No file becomes longer than this, but for one whose only part is longer.
const LONGEST: u64 = 64 << 20;
/// There are at least so many files once the room is used up, so that not too much goes at once.
const FEWEST: u64 = 32;

pub(super) struct PartCache {
    folder: PathBuf,
    /// The most that all files may have, in bytes.
    most: u64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    places: HashMap<PartDigest, Place>,
    /// By the number that is the name of the file.
    segments: BTreeMap<u64, Segment>,
    /// The highest of these numbers so far.
    highest: u64,
    /// How often parts were asked for.
    asked: u64,
    /// Files of which nothing is given out any more, and that could not be overwritten or removed.
    stuck: Vec<Segment>,
    /// What was forgotten last, of each exhibit and of all: nobody with a smaller number keeps more of it.
    forgotten: HashMap<i64, u64>,
    all_forgotten: u64,
}

#[derive(Clone, Copy)]
struct Place {
    segment: u64,
    at: u64,
    length: u32,
    exhibit: i64,
}

impl PartCache {
    /// Takes over what is in the folder, as far as it can be read.
    pub(super) fn open(folder: &Path, most: u64) -> io::Result<Self> {
        let mut kept = Kept::default();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(no) = name.and_then(|name| name.parse().ok()) else {
                continue;
            };
            kept.highest = kept.highest.max(no);
            match Segment::open(path.clone()) {
                Ok((segment, found)) => {
                    for part in found {
                        let place = Place {
                            segment: no,
                            at: part.at,
                            length: part.length,
                            exhibit: part.exhibit,
                        };
                        kept.places.insert(part.digest, place);
                    }
                    kept.segments.insert(no, segment);
                }
                Err(_) => fs::remove_file(path)?,
            }
        }
        kept.make_room(0, most);
        Ok(Self {
            folder: folder.to_owned(),
            most,
            kept: Mutex::new(kept),
        })
    }

    /// Puts the part with this digest into the buffer; false if it is not here.
    pub(super) fn read(&self, digest: &PartDigest, into: &mut Zeroizing<Vec<u8>>) -> bool {
        let Some((file, place)) = self.lock().find(digest) else {
            return false;
        };
        let length = place.length as usize;
        if into.capacity() < length {
            // A new buffer, because growing the old one would leave a copy of its content.
            *into = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
        }
        into.resize(length, 0);
        let read = file.read_exact_at(into, place.at);
        if read.is_ok() && digest_of(into) == *digest {
            return true;
        }
        self.lock().overwrite(|found, _| found == digest);
        false
    }

    /// Keeps a part, if there is room for it at all. `age` is what was forgotten when the snapshot began.
    pub(super) fn keep(&self, (exhibit, age): (i64, u64), digest: &PartDigest, sealed: &[u8]) {
        let needed = HEADER + sealed.len() as u64;
        let mut kept = self.lock();
        if needed > self.most || sealed.is_empty() || kept.places.contains_key(digest) {
            return;
        }
        if !kept.may_keep(exhibit, age) {
            return;
        }
        kept.make_room(needed, self.most);
        // If this fails, the server is asked again.
        let _ = self.write(&mut kept, exhibit, digest, sealed);
    }

    fn write(
        &self,
        kept: &mut Kept,
        exhibit: i64,
        digest: &PartDigest,
        sealed: &[u8],
    ) -> io::Result<()> {
        let longest = LONGEST.min(self.most / FEWEST);
        let needed = HEADER + sealed.len() as u64;
        let last = kept.segments.last_key_value();
        let (no, has_room) =
            last.map_or((0, false), |(no, last)| (*no, last.end + needed <= longest));
        let no = if has_room { no } else { kept.highest + 1 };
        if !has_room {
            // Also if it cannot be made, nobody tries the number again.
            kept.highest = no;
            let segment = Segment::make(self.folder.join(format!("{no:016}")))?;
            kept.segments.insert(no, segment);
        }
        kept.asked += 1;
        let used = kept.asked;
        if let Some(segment) = kept.segments.get_mut(&no) {
            let (at, length) = segment.add(exhibit, digest, sealed)?;
            segment.used = used;
            let place = Place {
                segment: no,
                at,
                length,
                exhibit,
            };
            kept.places.insert(*digest, place);
        }
        Ok(())
    }

    /// Overwrites the parts of an exhibit that are not in its list, which is of a snapshot of this age.
    pub(super) fn keep_only(&self, (exhibit, age): (i64, u64), list: &PartList) {
        let mut kept = self.lock();
        let has_some = kept.places.values().any(|place| place.exhibit == exhibit);
        if !has_some || !kept.may_keep(exhibit, age) {
            return;
        }
        let named: HashSet<&PartDigest> = list.digests().collect();
        kept.overwrite(|digest, place| place.exhibit == exhibit && !named.contains(digest));
    }

    /// Overwrites the parts of an exhibit. This has the number `age`.
    pub(super) fn forget(&self, exhibit: i64, age: u64) {
        let mut kept = self.lock();
        let last = kept.forgotten.entry(exhibit).or_default();
        *last = age.max(*last);
        kept.overwrite(|_, place| place.exhibit == exhibit);
    }

    /// The same for all exhibits but some. Of those, too, nobody with an older snapshot keeps more.
    pub(super) fn forget_all_but(&self, stays: impl Fn(i64) -> bool, age: u64) {
        let mut kept = self.lock();
        kept.all_forgotten = age.max(kept.all_forgotten);
        kept.overwrite(|_, place| !stays(place.exhibit));
    }

    /// The exhibits of which something is kept.
    pub(super) fn exhibits(&self) -> HashSet<i64> {
        let kept = self.lock();
        kept.places.values().map(|place| place.exhibit).collect()
    }

    /// Tries to overwrite and to remove what could not be before. An error says that something is left of it.
    pub(super) fn settle(&self) -> io::Result<()> {
        let mut kept = self.lock();
        let before = kept.stuck.len();
        let mut ended = Ok(());
        kept.stuck.retain(|segment| match segment.destroy() {
            Ok(()) => false,
            Err(error) => {
                ended = Err(error);
                true
            }
        });
        if kept.stuck.len() != before {
            // A removal that a crash undoes leaves a file of zeros.
            File::open(&self.folder)?.sync_all()?;
        }
        ended
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&mut self, digest: &PartDigest) -> Option<(Arc<File>, Place)> {
        let place = *self.places.get(digest)?;
        self.asked += 1;
        let segment = self.segments.get_mut(&place.segment)?;
        segment.used = self.asked;
        Some((Arc::clone(&segment.file), place))
    }

    /// Removes files until there is room for so many bytes.
    fn make_room(&mut self, needed: u64, most: u64) {
        while self.bytes() + needed > most {
            let oldest = self.segments.iter();
            let oldest = oldest.min_by_key(|(no, segment)| (segment.used, **no));
            let Some(no) = oldest.map(|(no, _)| *no) else {
                return;
            };
            self.remove(no);
        }
    }

    fn bytes(&self) -> u64 {
        self.segments.values().map(|segment| segment.end).sum()
    }

    /// Whether somebody whose snapshot has this age may keep something of an exhibit.
    fn may_keep(&self, exhibit: i64, age: u64) -> bool {
        let of_exhibit = self.forgotten.get(&exhibit).copied().unwrap_or_default();
        age >= of_exhibit.max(self.all_forgotten)
    }

    /// Overwrites parts. A file that has no other goes, and one that cannot be written.
    fn overwrite(&mut self, is_gone: impl Fn(&PartDigest, &Place) -> bool) {
        let (places, segments) = (&mut self.places, &mut self.segments);
        let (mut written, mut unwritable) = (HashSet::new(), HashSet::new());
        places.retain(|digest, place| {
            if !is_gone(digest, place) {
                return true;
            }
            if let Some(segment) = segments.get_mut(&place.segment) {
                match segment.overwrite(place.at, place.length) {
                    Ok(()) => written.insert(place.segment),
                    Err(_) => unwritable.insert(place.segment),
                };
            }
            false
        });
        for no in written {
            let segment = segments.get(&no);
            if segment.is_some_and(|segment| segment.sync().is_err()) {
                unwritable.insert(no);
            }
        }
        let empty = segments.iter().filter(|(_, segment)| segment.parts == 0);
        let empty: Vec<u64> = empty.map(|(no, _)| *no).collect();
        for no in empty.into_iter().filter(|no| !unwritable.contains(no)) {
            self.remove(no);
        }
        for no in unwritable {
            self.places.retain(|_, place| place.segment != no);
            self.stuck.extend(self.segments.remove(&no));
        }
    }

    fn remove(&mut self, no: u64) {
        self.places.retain(|_, place| place.segment != no);
        if let Some(segment) = self.segments.remove(&no)
            && segment.remove().is_err()
        {
            self.stuck.push(segment);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::*;

    const ONE: i64 = 1;
    const OTHER: i64 = 2;

    fn part(no: u8, length: usize) -> (PartDigest, Vec<u8>) {
        let sealed = vec![no; length];
        (digest_of(&sealed), sealed)
    }

    fn read(cache: &PartCache, digest: &PartDigest) -> Option<Vec<u8>> {
        let mut buffer = Zeroizing::default();
        cache.read(digest, &mut buffer).then(|| buffer.to_vec())
    }

    fn files(folder: &TempDir) -> Vec<PathBuf> {
        let all = fs::read_dir(folder.path()).unwrap();
        let mut all: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all
    }

    fn bytes(folder: &TempDir) -> u64 {
        let lengths = files(folder).into_iter();
        lengths.map(|path| fs::metadata(path).unwrap().len()).sum()
    }

    #[test]
    fn a_part_is_found_by_its_digest_also_after_a_restart_and_its_file_is_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let parts = [1, 2, 3].map(|no| part(no, 1000));
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        for (digest, sealed) in &parts {
            cache.keep((ONE, 0), digest, sealed);
            cache.keep((ONE, 0), digest, sealed);
        }
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        for (digest, sealed) in &parts {
            assert_eq!(read(&cache, digest).as_ref(), Some(sealed));
        }
        assert_eq!(read(&cache, &part(4, 1000).0), None);
        let [file] = files(&folder).try_into().unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        // What was there already was not written twice.
        assert_eq!(bytes(&folder), 3 * (HEADER + 1000));
    }

    #[test]
    fn a_damaged_part_is_not_given_out_and_one_that_was_cut_off_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let parts = [1, 2, 3].map(|no| part(no, 1000));
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        for (digest, sealed) in &parts {
            cache.keep((ONE, 0), digest, sealed);
        }
        let [file] = files(&folder).try_into().unwrap();
        let mut content = fs::read(&file).unwrap();
        content[HEADER as usize + 500] ^= 1;
        fs::write(&file, &content[..content.len() - 1]).unwrap();
        for cache in [cache, PartCache::open(folder.path(), 1 << 20).unwrap()] {
            let found = [0, 1, 2].map(|at| read(&cache, &parts[at].0));
            assert_eq!(found, [None, Some(parts[1].1.clone()), None]);
        }
        // Such a part is kept again.
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        for (digest, sealed) in &parts {
            cache.keep((ONE, 0), digest, sealed);
            assert_eq!(read(&cache, digest).as_ref(), Some(sealed));
        }
        // Nor does a file help that is none.
        drop(cache);
        fs::write(&file, vec![0xff; 5000]).unwrap();
        fs::write(folder.path().join("note"), "of somebody else").unwrap();
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(read(&cache, &parts[1].0), None);
    }

    #[test]
    fn the_files_never_have_more_than_they_may_and_what_was_asked_for_last_stays() {
        let folder = tempfile::tempdir().unwrap();
        let most = 64 << 10;
        let cache = PartCache::open(folder.path(), most).unwrap();
        let dear = part(0, 1500);
        cache.keep((ONE, 0), &dear.0, &dear.1);
        for no in 1..=200 {
            let (digest, sealed) = part(no, 1500);
            cache.keep((ONE, 0), &digest, &sealed);
            assert!(read(&cache, &dear.0).is_some(), "{no}");
            assert!(bytes(&folder) <= most);
        }
        assert!(read(&cache, &part(200, 1500).0).is_some());
        assert!(read(&cache, &part(1, 1500).0).is_none());
        let (digest, sealed) = part(201, 70 << 10);
        cache.keep((ONE, 0), &digest, &sealed);
        assert!(read(&cache, &digest).is_none());
        // With less room after a restart, less is taken over.
        let cache = PartCache::open(folder.path(), 8 << 10).unwrap();
        assert!(bytes(&folder) <= 8 << 10);
        assert!(read(&cache, &part(200, 1500).0).is_some());
        drop(PartCache::open(folder.path(), 0).unwrap());
        assert!(files(&folder).is_empty());
    }

    #[test]
    fn what_is_forgotten_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        let [gone, stays, others] = [1, 2, 3].map(|no| part(no, 1000));
        for (exhibit, (digest, sealed)) in [(ONE, &gone), (ONE, &stays), (OTHER, &others)] {
            cache.keep((exhibit, 0), digest, sealed);
        }
        let place = (crate::vault::store::part_list::PartKind::Seen, 0, 0);
        cache.keep_only((ONE, 0), &PartList::of(vec![(place, stays.0)]));
        let [file] = files(&folder).try_into().unwrap();
        let content = fs::read(&file).unwrap();
        let has = |sealed: &[u8]| content.windows(32).any(|found| found == &sealed[..32]);
        assert!(!has(&gone.1) && has(&stays.1) && has(&others.1));
        let content_of_digest = content.windows(32).any(|found| found == gone.0);
        assert!(!content_of_digest);
        assert_eq!(read(&cache, &gone.0), None);
        // Also after a restart, which reads over it.
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(read(&cache, &gone.0), None);
        assert!(read(&cache, &stays.0).is_some() && read(&cache, &others.0).is_some());
        cache.forget(ONE, 1);
        assert!(read(&cache, &stays.0).is_none() && read(&cache, &others.0).is_some());
        cache.forget_all_but(|_| false, 2);
        assert!(files(&folder).is_empty());
    }

    #[test]
    fn what_was_forgotten_is_not_kept_again_by_somebody_who_reads_what_was_before() {
        let folder = tempfile::tempdir().unwrap();
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        let [old, new, others] = [1, 2, 3].map(|no| part(no, 1000));
        cache.keep((ONE, 0), &old.0, &old.1);
        cache.forget(ONE, 1);
        cache.keep((ONE, 0), &old.0, &old.1);
        cache.keep((OTHER, 0), &others.0, &others.1);
        cache.keep((ONE, 1), &new.0, &new.1);
        let kept = |cache: &PartCache| {
            [&old, &new, &others].map(|(digest, _)| read(cache, digest).is_some())
        };
        assert_eq!(kept(&cache), [false, true, true]);
        // Nor does an older list take away what is newer.
        let place = (crate::vault::store::part_list::PartKind::Seen, 0, 0);
        cache.keep_only((ONE, 0), &PartList::of(vec![(place, old.0)]));
        assert_eq!(kept(&cache), [false, true, true]);
        assert_eq!(cache.exhibits(), HashSet::from([ONE, OTHER]));
        cache.forget_all_but(|exhibit| exhibit == OTHER, 2);
        cache.keep((ONE, 1), &new.0, &new.1);
        cache.keep((OTHER, 1), &old.0, &old.1);
        assert_eq!(kept(&cache), [false, false, true]);
    }

    #[test]
    fn what_cannot_be_overwritten_or_removed_is_tried_again_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = PartCache::open(folder.path(), 1 << 20).unwrap();
        let (digest, sealed) = part(1, 1000);
        cache.keep((ONE, 0), &digest, &sealed);
        let [file] = files(&folder).try_into().unwrap();
        // A file that can only be read, as on a disk that went read-only.
        let only_read = Arc::new(File::open(&file).unwrap());
        cache.lock().segments.get_mut(&1).unwrap().file = only_read;
        cache.forget(ONE, 1);
        assert!(read(&cache, &digest).is_none());
        assert_eq!(bytes(&folder), HEADER + 1000, "it is there still");
        cache.settle().unwrap();
        assert!(files(&folder).is_empty());

        // A file that cannot be removed: a folder is in its place.
        cache.keep((ONE, 1), &digest, &sealed);
        let [file] = files(&folder).try_into().unwrap();
        let aside = folder.path().join("aside");
        fs::rename(&file, &aside).unwrap();
        fs::create_dir(&file).unwrap();
        cache.forget(ONE, 2);
        assert!(cache.settle().is_err() && cache.settle().is_err());
        fs::remove_dir(&file).unwrap();
        fs::rename(&aside, &file).unwrap();
        cache.settle().unwrap();
        assert!(files(&folder).is_empty());
        cache.settle().unwrap();
    }
}
