//! Values in memory, up to so many bytes in all, each under its key.
//!
//! If there are too many, it is drawn by lot which one goes. A lookup goes through the exhibits of a case in the same
//! order each time. If what was asked for longest ago went, and there were only one more than there is room for, none
//! would ever be found again; so it is still found of most.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an entry takes beside its value, about.
const EACH: usize = 160;

pub(super) struct Bounded<K, V> {
    most: usize,
    all: Mutex<All<K, V>>,
}

struct All<K, V> {
    entries: Vec<Entry<K, V>>,
    /// Where each key's entry is.
    places: HashMap<K, usize>,
    bytes: usize,
    lot: u64,
}

struct Entry<K, V> {
    key: K,
    value: Arc<V>,
    bytes: usize,
}

impl<K: Copy + Eq + Hash, V> Bounded<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            all: Mutex::new(All {
                entries: Vec::new(),
                places: HashMap::new(),
                bytes: 0,
                lot: 0x9e37_79b9_7f4a_7c15,
            }),
        }
    }

    pub(super) fn find(&self, key: &K) -> Option<Arc<V>> {
        let all = self.lock();
        let entry = all.entries.get(*all.places.get(key)?)?;
        Some(Arc::clone(&entry.value))
    }

    /// In the place of an older one. A value that has more bytes than all may have is alone.
    pub(super) fn put(&self, key: K, value: Arc<V>, bytes: usize) {
        let mut all = self.lock();
        all.remove(&key);
        let bytes = bytes.saturating_add(EACH);
        while !all.entries.is_empty() && all.bytes.saturating_add(bytes) > self.most {
            let victim = all.draw();
            all.remove(&victim);
        }
        let place = all.entries.len();
        all.places.insert(key, place);
        all.bytes = all.bytes.saturating_add(bytes);
        all.entries.push(Entry { key, value, bytes });
    }

    pub(super) fn forget(&self, is_gone: impl Fn(&K) -> bool) {
        let mut all = self.lock();
        let gone = all.entries.iter().map(|entry| entry.key);
        let gone: Vec<K> = gone.filter(|key| is_gone(key)).collect();
        gone.iter().for_each(|key| all.remove(key));
    }

    fn lock(&self) -> MutexGuard<'_, All<K, V>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash, V> All<K, V> {
    fn remove(&mut self, key: &K) {
        let Some(place) = self.places.remove(key) else {
            return;
        };
        let gone = self.entries.swap_remove(place);
        self.bytes = self.bytes.saturating_sub(gone.bytes);
        if let Some(moved) = self.entries.get(place) {
            self.places.insert(moved.key, place);
        }
    }

    /// One of the keys. It need not be hard to guess.
    fn draw(&mut self) -> K {
        self.lot ^= self.lot << 13;
        self.lot ^= self.lot >> 7;
        self.lot ^= self.lot << 17;
        let count = self.entries.len() as u64;
        self.entries[(self.lot % count) as usize].key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(all: &Bounded<u32, u32>) -> usize {
        all.lock().bytes
    }

    #[test]
    fn whoever_goes_round_more_values_than_there_is_room_for_still_finds_most_of_them() {
        let all = Bounded::new(80 * (1000 + EACH));
        let mut found = 0;
        for round in 0..20 {
            for key in 0..100_u32 {
                match all.find(&key) {
                    Some(value) => {
                        assert_eq!(*value, key + 1);
                        found += u32::from(round >= 10);
                    }
                    None => all.put(key, Arc::new(key + 1), 1000),
                }
                assert!(kept(&all) <= 80 * (1000 + EACH));
            }
        }
        assert!(found > 500, "{found} of 1000");
    }

    #[test]
    fn a_value_takes_the_place_of_its_older_one_and_a_great_one_is_alone() {
        let all = Bounded::new(10 * (100 + EACH));
        for key in 0..10 {
            all.put(key, Arc::new(key), 100);
        }
        let bytes = kept(&all);
        all.put(3, Arc::new(30), 100);
        assert_eq!(all.find(&3).as_deref(), Some(&30));
        assert_eq!(kept(&all), bytes);
        all.forget(|key| key % 2 == 0);
        let found: Vec<u32> = (0..10).filter(|key| all.find(key).is_some()).collect();
        assert_eq!(found, [1, 3, 5, 7, 9]);
        assert_eq!(kept(&all), bytes / 2);
        all.put(99, Arc::new(1), 1 << 20);
        assert!(all.find(&99).is_some() && all.find(&3).is_none());
        all.put(1, Arc::new(2), 100);
        assert!(all.find(&99).is_none() && all.find(&1).is_some());
        assert_eq!(kept(&all), 100 + EACH);
    }
}
