//! The people of a synthetic log: about 30 bytes each, drawn by how often they sign in.

use std::io;

use super::account::Accounts;
use super::alias::Alias;
use super::country::{COUNTRIES, Place};
use super::random::{Random, Scatter};
use super::range::Range;
use super::recipe::Recipe;
use super::zone::Zone;

pub(super) struct People {
    /// The customer accounts.
    pub accounts: Accounts,
    places: Vec<Place>,
    people: Vec<Person>,
    users: Scatter,
    /// The people, grouped by time zone.
    pub zones: Vec<Crowd>,
}

/// Everybody in one time zone.
pub(super) struct Crowd {
    /// The time zone.
    pub zone: Zone,
    members: Vec<u32>,
    draws: Alias,
    /// Sum of the members' weights.
    pub weight: f64,
    /// How many members have had their first message.
    reached: usize,
}

/// What the log says about one person in one account.
pub(super) struct Membership<'a> {
    /// The position of the account in [`People::accounts`].
    pub account: u16,
    /// The number of the user name.
    pub user: u64,
    /// E.164 without its plus sign.
    pub number: u64,
    /// The mobile network of the number.
    pub carrier: &'static str,
    /// Where the person lives.
    pub place: &'a Place,
}

struct Person {
    number: u64,
    account: u16,
    second: u16,
    place: u8,
    carrier: u8,
}

impl People {
    pub(super) fn new(recipe: &Recipe) -> io::Result<Self> {
        let count = recipe.head_count();
        let mut random = Random::new(recipe.seed, 1);
        let accounts = Accounts::new(count, &mut random);
        let users = Scatter::new(u64::from(count), &mut random);
        let (places, shares): (Vec<Place>, Vec<f32>) = Place::all().into_iter().unzip();
        let at_place = Alias::new(&shares);
        let shares_of = COUNTRIES.iter().map(|country| {
            let shares = country.carriers.iter();
            shares
                .map(|(_, share)| f32::from(*share))
                .collect::<Vec<_>>()
        });
        let carriers: Vec<Alias> = shares_of.map(|shares| Alias::new(&shares)).collect();

        let mut people = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let place = at_place.draw(&mut random);
            let account = accounts.draw(&mut random);
            let second = accounts.draw(&mut random);
            let elsewhere = random.below(100) < TWO_ACCOUNTS && second != account;
            people.push(Person {
                number: 0,
                account,
                second: if elsewhere { second } else { account },
                place: place as u8,
                carrier: carriers[places[place].country_at].draw(&mut random) as u8,
            });
        }
        number(&mut people, &places, &mut random)?;
        let zones = crowds(&people, &places, &mut random);
        Ok(Self {
            accounts,
            places,
            people,
            users,
            zones,
        })
    }

    pub(super) fn count(&self) -> u64 {
        self.people.len() as u64
    }

    #[inline]
    pub(super) fn membership(&self, at: u32, random: &mut Random) -> Membership<'_> {
        let person = &self.people[at as usize];
        let place = &self.places[usize::from(person.place)];
        let second = person.second != person.account && random.below(2) == 1;
        Membership {
            account: if second {
                person.second
            } else {
                person.account
            },
            user: FIRST_USER + self.users.at(u64::from(at)) + u64::from(second) * self.count(),
            number: person.number,
            carrier: place.country.carriers[usize::from(person.carrier)].0,
            place,
        }
    }

    /// The next person without a message: of this crowd, or else of another.
    pub(super) fn unreached(&mut self, crowd: usize) -> Option<u32> {
        let here = self.zones.get_mut(crowd).and_then(Crowd::next);
        here.or_else(|| self.zones.iter_mut().find_map(Crowd::next))
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.people.iter().map(|person| person.number)
    }
}

impl Crowd {
    #[inline]
    pub(super) fn draw(&self, random: &mut Random) -> u32 {
        self.members[self.draws.draw(random)]
    }

    fn next(&mut self) -> Option<u32> {
        let member = self.members.get(self.reached).copied();
        self.reached += usize::from(member.is_some());
        member
    }
}

/// Gives everybody a number of their place, in random order.
fn number(people: &mut [Person], places: &[Place], random: &mut Random) -> io::Result<()> {
    // Places with the same numbers share one range: by country, or by area codes.
    let mut keys: Vec<(&str, &[u16])> = Vec::new();
    let mut ranges = Vec::new();
    let of_place: Vec<usize> = places
        .iter()
        .map(|place| {
            let key = (place.country.code, place.area_codes());
            keys.iter()
                .position(|known| *known == key)
                .unwrap_or_else(|| {
                    keys.push(key);
                    ranges.push(Range::new(place, random));
                    keys.len() - 1
                })
        })
        .collect();
    let mut sizes = vec![0u64; ranges.len()];
    for person in people.iter() {
        sizes[of_place[usize::from(person.place)]] += 1;
    }
    let order: Vec<Scatter> = sizes
        .iter()
        .map(|size| Scatter::new(*size, random))
        .collect();
    let mut given = vec![0u64; ranges.len()];
    for person in people.iter_mut() {
        let at = of_place[usize::from(person.place)];
        let position = order[at].at(given[at]);
        given[at] += 1;
        person.number = ranges[at].at(position).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "more people than a country has numbers",
            )
        })?;
    }
    Ok(())
}

/// Weights are Zipf-Mandelbrot: 1 / (rank + q), with the rank as a share of all and q = 1/50, so
/// the most active people get some fifty times as many messages as the least active.
fn crowds(people: &[Person], places: &[Place], random: &mut Random) -> Vec<Crowd> {
    let mut members: Vec<Vec<u32>> = Zone::ALL.map(|_| Vec::new()).into();
    for (at, person) in people.iter().enumerate() {
        members[places[usize::from(person.place)].zone() as usize].push(at as u32);
    }
    Zone::ALL
        .into_iter()
        .zip(members)
        .filter(|(_, members)| !members.is_empty())
        .map(|(zone, members)| {
            let weights: Vec<f32> = members
                .iter()
                .map(|_| (1.0 / (random.unit() + 0.02)) as f32)
                .collect();
            let weight = weights.iter().map(|weight| f64::from(*weight)).sum();
            Crowd {
                zone,
                members,
                draws: Alias::new(&weights),
                weight,
                reached: 0,
            }
        })
        .collect()
}

/// Per cent of the people who also work for a second account.
const TWO_ACCOUNTS: u64 = 2;

const FIRST_USER: u64 = 100_000;
