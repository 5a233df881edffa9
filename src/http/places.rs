//! How many connections each address holds.
//!
//! One IPv4 address, or one /64 network of IPv6, may hold a limited number of connections. A connection on which nobody
//! has signed in is a stranger. Strangers may hold three quarters of the places of an address, and three quarters of
//! all places. The rest is kept for people who have signed in. A new connection may still sign in. So it is let in even
//! if strangers hold their share, and the oldest stranger is closed. Memory is bounded by the number of connections.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;

pub(super) struct Places {
    most: usize,
    of_one: usize,
    held: Mutex<Held>,
}

type Held = HashMap<Option<IpAddr>, Vec<Arc<Connection>>>;

/// A connection's place, until it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    connection: Arc<Connection>,
}

/// After this long without a request, a connection of somebody who has signed in may be closed too, if their address
/// has no other place to give.
const RESTS: Duration = Duration::from_secs(5);

impl Places {
    pub(super) fn new(most: usize, of_one: usize) -> Self {
        Self {
            most,
            of_one,
            held: Mutex::default(),
        }
    }

    /// Gives the connection a place, if need be the place of another one. `None` if others have more right to all of
    /// them.
    pub(super) fn enter(self: &Arc<Self>, connection: &Arc<Connection>) -> Option<Place> {
        let network = connection.network();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.entry(network).or_default();
        // A proxy's connection counts for no address until the proxy has named its client.
        if network.is_some() {
            let full = own.len() >= self.of_one;
            if (full || strangers(own) >= share(self.of_one)) && !make_room(own) {
                let rested = full && make_room_of_rested(own);
                if full && !rested {
                    return None;
                }
            }
        }
        let all: usize = held.values().map(Vec::len).sum();
        let unknown: usize = held.values().map(|of_one| strangers(of_one)).sum();
        if all >= self.most || unknown >= share(self.most) {
            let most = held.values_mut().max_by_key(|of_one| strangers(of_one));
            if !most.is_some_and(make_room) && all >= self.most {
                return None;
            }
        }
        held.retain(|other, of_one| !of_one.is_empty() || *other == network);
        held.entry(network)
            .or_default()
            .push(Arc::clone(connection));
        Some(Place {
            places: Arc::clone(self),
            connection: Arc::clone(connection),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let network = self.connection.network();
        let held = self.places.held.lock();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&network) {
            own.retain(|other| !Arc::ptr_eq(other, &self.connection));
            if own.is_empty() {
                held.remove(&network);
            }
        }
    }
}

/// How many of these places strangers may hold: three quarters, but at least one.
fn share(places: usize) -> usize {
    (places - places / 4).max(1)
}

fn strangers(of_one: &[Arc<Connection>]) -> usize {
    of_one.iter().filter(|other| !other.is_signed_in()).count()
}

/// Closes the oldest stranger. The connections are in the order in which they came.
fn make_room(of_one: &mut Vec<Arc<Connection>>) -> bool {
    let oldest = of_one.iter().position(|other| !other.is_signed_in());
    leave(of_one, oldest)
}

fn make_room_of_rested(of_one: &mut Vec<Arc<Connection>>) -> bool {
    let now = Instant::now();
    let rested = of_one
        .iter()
        .position(|other| other.rests_for(now) >= RESTS);
    leave(of_one, rested)
}

fn leave(of_one: &mut Vec<Arc<Connection>>, place: Option<usize>) -> bool {
    if let Some(place) = place {
        of_one.remove(place).close();
    }
    place.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn come(places: &Arc<Places>, address: &str) -> (Arc<Connection>, Option<Place>) {
        let address = format!("{address}:4000").parse().ok();
        let connection = Arc::new(Connection::new(address));
        let place = places.enter(&connection);
        (connection, place)
    }

    #[test]
    fn an_address_holds_so_many_and_others_are_not_touched() {
        let places = Arc::new(Places::new(100, 8));
        let other = come(&places, "192.0.2.2");
        let many: Vec<_> = (0..20).map(|_| come(&places, "192.0.2.1")).collect();
        assert!(many.iter().all(|(_, place)| place.is_some()));
        let open = many.iter().filter(|(one, _)| !one.is_closed()).count();
        // A quarter is kept for who signs in.
        assert_eq!(open, 6);
        assert!(!other.0.is_closed());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let places = Arc::new(Places::new(100, 4));
        let many: Vec<_> = (1..9)
            .map(|no| come(&places, &format!("[2001:db8::{no}]")))
            .collect();
        assert_eq!(many.iter().filter(|(one, _)| !one.is_closed()).count(), 3);
        assert!(!come(&places, "[2001:db8:0:1::1]").0.is_closed());
    }

    #[test]
    fn who_has_signed_in_keeps_the_place_and_gets_one_while_strangers_have_their_share() {
        let places = Arc::new(Places::new(100, 8));
        let mut signed_in = Vec::new();
        for _ in 0..8 {
            let one = come(&places, "192.0.2.1");
            one.0.signed_in();
            signed_in.push(one);
        }
        assert!(come(&places, "192.0.2.1").1.is_none());
        assert!(signed_in.iter().all(|(one, _)| !one.is_closed()));
        signed_in.pop();
        assert!(come(&places, "192.0.2.1").1.is_some());
    }

    #[test]
    fn all_places_are_shared_and_the_address_with_most_strangers_gives_way() {
        let places = Arc::new(Places::new(8, 6));
        let many: Vec<_> = (0..4).map(|_| come(&places, "192.0.2.1")).collect();
        let few: Vec<_> = (2..9)
            .map(|no| come(&places, &format!("192.0.2.{no}")))
            .collect();
        assert!(few.iter().all(|(_, place)| place.is_some()));
        assert!(many.iter().filter(|(one, _)| one.is_closed()).count() >= 3);
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_has_gone() {
        let places = Arc::new(Places::new(4, 4));
        let all: Vec<_> = (0..3).map(|_| come(&places, "192.0.2.1")).collect();
        drop(all);
        assert!(places.held.lock().unwrap().is_empty());
    }
}
