//! So many at a time: the places of those who ask, and of those who are answered, who have so many for each address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct Places {
    taken: Arc<AtomicUsize>,
    most: usize,
    of_addresses: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// Gives the place back.
pub(super) struct Place(Arc<AtomicUsize>);

/// The same of an address.
pub(super) struct PlaceOf {
    _place: Place,
    address: IpAddr,
    of_addresses: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
            of_addresses: Arc::default(),
        }
    }

    /// A place for somebody at this address, if one is free and the address has fewer than so many.
    pub(super) fn take_of(&self, address: IpAddr, most: usize) -> Option<PlaceOf> {
        let mut all = self
            .of_addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let has = all.get(&address).copied().unwrap_or_default();
        let place = self.take().filter(|_| has < most)?;
        all.insert(address, has + 1);
        Some(PlaceOf {
            _place: place,
            address,
            of_addresses: Arc::clone(&self.of_addresses),
        })
    }

    /// A place, if one is free.
    pub(super) fn take(&self) -> Option<Place> {
        let place = Place(Arc::clone(&self.taken));
        let taken = self.taken.fetch_add(1, Ordering::AcqRel);
        (taken < self.most).then_some(place)
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Acquire)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for PlaceOf {
    fn drop(&mut self) {
        let all = self.of_addresses.lock();
        let mut all = all.unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&self.address) {
            Some(has) if *has > 1 => *has -= 1,
            _ => {
                all.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_no_more_than_its_places_and_gives_them_back() {
        let places = Places::new(4);
        let [one, other] = [1, 2].map(|no| IpAddr::from([127, 0, 0, no]));
        let mut held: Vec<PlaceOf> = (0..3).filter_map(|_| places.take_of(one, 2)).collect();
        assert_eq!((held.len(), places.taken()), (2, 2));
        held.extend((0..3).filter_map(|_| places.take_of(other, 3)));
        assert_eq!((held.len(), places.taken()), (4, 4), "no more than all");
        held.clear();
        assert_eq!(places.taken(), 0);
        assert!(places.of_addresses.lock().unwrap().is_empty());
        assert!(places.take_of(one, 1).is_some());
    }
}
