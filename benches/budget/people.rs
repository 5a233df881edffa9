//! Exposed people whose numbers are independent of each other, and what the vault shows of them.
//!
//! Seen for every one of them, from the first hour: the state of the area code, the carrier, the account, and when
//! messages came (the time zone, right nine times of ten). The last two digits are seen too, although masks show no
//! digit: what is found is an upper bound. Exact tables, differences and requests show counts of the same things. Known
//! from outside: which blocks of a thousand numbers are in use and which
//! carrier's they are; in which town each account is, so which area code four of five of its people have.

use crate::EXPOSED;
use crate::cells::{Cell, Cells};
use crate::random::{Random, sums};

/// Exchanges of an area code, and the share of their blocks of 1,000 numbers that are in use.
pub(crate) const EXCHANGES: u32 = 792;
pub(crate) const IN_USE: f64 = 0.6;
const CARRIERS: usize = 30;
const ENDINGS: usize = 100;
const ACCOUNTS: usize = 500;
/// How many of an account's people have a number of its town.
const OF_THE_TOWN: f64 = 0.8;
/// How often the hours of messages say the right time zone.
const RIGHT_ZONE: f64 = 0.9;

/// The area codes of each state.
pub(crate) struct Spread {
    pub(crate) name: &'static str,
    pub(crate) states: Vec<usize>,
}

struct AreaCode {
    state: usize,
    zone: usize,
    /// Blocks of each carrier.
    blocks: [u32; CARRIERS],
    /// Running sums over the carriers: whose customers are exposed how often.
    exposed: Vec<f64>,
}

/// What is seen of somebody, and where they are.
struct Person {
    state: usize,
    carrier: usize,
    ending: usize,
    home: usize,
    zone: usize,
    found: bool,
}

pub(crate) struct World {
    codes: Vec<AreaCode>,
    /// The area codes of each state, and the share of the people that each has.
    of_state: Vec<Vec<usize>>,
    share: Vec<f64>,
    people: Vec<Person>,
    /// Who is in which cell.
    in_cell: Vec<Vec<usize>>,
    pub(crate) density: f64,
}

impl World {
    pub(crate) fn of(spread: &Spread, random: &mut Random) -> Self {
        let mut codes = Vec::new();
        let mut of_state = vec![Vec::new(); spread.states.len()];
        for (state, count) in spread.states.iter().enumerate() {
            // Customers of one carrier are exposed more often than those of another.
            let affinity: Vec<f64> = (0..CARRIERS)
                .map(|_| (random.normal() * 0.5).exp())
                .collect();
            for no in 0..*count {
                of_state[state].push(codes.len());
                let mut blocks = [0_u32; CARRIERS];
                for _ in 0..EXCHANGES * 10 {
                    if random.unit() < IN_USE {
                        // A few large carriers and many small ones.
                        let carrier = (CARRIERS as f64 * random.unit().powi(3)) as usize;
                        blocks[carrier.min(CARRIERS - 1)] += 1;
                    }
                }
                let weights = blocks.iter().zip(&affinity);
                codes.push(AreaCode {
                    state,
                    // One state of three lies in two time zones.
                    zone: if state % 3 == 0 { no % 2 } else { 0 },
                    exposed: sums(weights.map(|(blocks, affinity)| f64::from(*blocks) * affinity)),
                    blocks,
                });
            }
        }
        let numbers: u64 = codes
            .iter()
            .flat_map(|code| code.blocks)
            .map(|blocks| u64::from(blocks) * 1000)
            .sum();
        let mut world = Self {
            share: vec![1.0 / codes.len() as f64; codes.len()],
            in_cell: vec![Vec::new(); codes.len() * CARRIERS * ENDINGS],
            people: Vec::with_capacity(EXPOSED),
            density: EXPOSED as f64 / numbers as f64,
            of_state,
            codes,
        };
        world.populate(random);
        world
    }

    fn populate(&mut self, random: &mut Random) {
        // A few large accounts and many small ones, each in a town.
        let sizes = sums((0..ACCOUNTS).map(|_| random.unit().max(1e-3).powf(-0.8)));
        let homes: Vec<usize> = (0..ACCOUNTS)
            .map(|_| random.below(self.codes.len()))
            .collect();
        while self.people.len() < EXPOSED {
            let home = homes[random.pick(&sizes)];
            let at = match random.unit() < OF_THE_TOWN {
                true => home,
                false => random.below(self.codes.len()),
            };
            let code = &self.codes[at];
            let carrier = random.pick(&code.exposed);
            let ending = random.below(ENDINGS);
            let cell = cell(at, carrier, ending);
            if self.in_cell[cell].len() as u32 >= code.blocks[carrier] * 10 {
                continue;
            }
            let right = random.unit() < RIGHT_ZONE;
            self.in_cell[cell].push(self.people.len());
            self.people.push(Person {
                state: code.state,
                carrier,
                ending,
                home,
                zone: if right { code.zone } else { 1 - code.zone },
                found: false,
            });
        }
    }

    /// How likely somebody has a number of each area code of their state, from all that is seen of them.
    fn likely(&self, person: &Person) -> Vec<(usize, f64)> {
        let mut likely = Vec::new();
        let mut sum = 0.0;
        for at in &self.of_state[person.state] {
            let code = &self.codes[*at];
            let town = if *at == person.home { OF_THE_TOWN } else { 0.0 };
            let place = town + (1.0 - OF_THE_TOWN) * self.share[*at];
            let all: u32 = code.blocks.iter().sum();
            let carrier = f64::from(code.blocks[person.carrier]) / f64::from(all.max(1));
            let zone = match code.zone == person.zone {
                true => RIGHT_ZONE,
                false => 1.0 - RIGHT_ZONE,
            };
            let weight = place * carrier * zone;
            sum += weight;
            likely.push((cell(*at, person.carrier, person.ending), weight));
        }
        for (_, weight) in &mut likely {
            *weight /= sum;
        }
        likely
    }

    /// Guesses so often, and says how many hit.
    pub(crate) fn attack(&mut self, guesses: u32, random: &mut Random) -> u32 {
        let mut expected = vec![0.0; self.in_cell.len()];
        for person in &self.people {
            for (cell, weight) in self.likely(person) {
                expected[cell] += weight;
            }
        }
        let cells = expected.into_iter().enumerate().map(|(at, expected)| {
            let code = &self.codes[at / (CARRIERS * ENDINGS)];
            let candidates = code.blocks[at / ENDINGS % CARRIERS] * 10;
            let exposed = self.in_cell[at].len() as u32;
            match self.of_state[code.state].len() {
                1 => Cell::known(candidates, exposed),
                _ => Cell::estimated(candidates, exposed, expected),
            }
        });
        let mut cells = Cells::new(cells.collect());
        let mut hits = 0;
        for _ in 0..guesses {
            let Some(at) = cells.guess(random) else {
                continue;
            };
            hits += 1;
            // The answer has the token of the person, who is then looked for nowhere else.
            let people = &self.in_cell[at];
            let unknown = people.iter().find(|no| !self.people[**no].found).copied();
            if let Some(no) = unknown {
                self.people[no].found = true;
                if self.of_state[self.people[no].state].len() > 1 {
                    for (cell, weight) in self.likely(&self.people[no]) {
                        cells.forget(cell, weight);
                    }
                }
            }
        }
        hits
    }
}

fn cell(code: usize, carrier: usize, ending: usize) -> usize {
    (code * CARRIERS + carrier) * ENDINGS + ending
}
