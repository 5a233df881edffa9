//! Exposed people whose numbers are in blocks that their companies hold: consecutive numbers of one account.
//!
//! The attacker knows each company's blocks. The account is a column of every record and a filter of every table, so
//! it is known of each person whose block their number is in; a mask then leaves as many numbers open as the company
//! has blocks.

use crate::EXPOSED;
use crate::cells::{Cell, Cells};
use crate::people::{EXCHANGES, IN_USE};
use crate::random::Random;

const AREA_CODES: f64 = 40.0;
/// Consecutive numbers of a block.
const BLOCK: usize = 100;
const MOST_BLOCKS: f64 = 60.0;

/// What a mask shows of a number.
#[derive(Clone, Copy)]
pub(crate) enum Mask {
    /// So many of the last digits.
    Last(u32),
    /// Two digits of people in accounts with so many people or more; of others none.
    TwoOfLarge(u32),
}

struct Company {
    /// For each ending of two digits, how many of its numbers are exposed.
    exposed: [u32; BLOCK],
    blocks: u32,
}

pub(crate) struct World {
    companies: Vec<Company>,
    /// Of all numbers in use.
    pub(crate) density: f64,
    /// Of the numbers in the blocks.
    pub(crate) density_of_blocks: f64,
}

impl World {
    pub(crate) fn of(random: &mut Random) -> Self {
        let (mut companies, mut people, mut numbers) = (Vec::new(), 0, 0);
        while people < EXPOSED {
            let blocks = random.unit().max(1e-3).powf(-0.7).min(MOST_BLOCKS) as u32;
            let share = 0.3 + 0.6 * random.unit();
            let mut exposed = [0; BLOCK];
            for ending in &mut exposed {
                *ending = (0..blocks).filter(|_| random.unit() < share).count() as u32;
            }
            people += exposed.iter().sum::<u32>() as usize;
            numbers += blocks as usize * BLOCK;
            companies.push(Company { exposed, blocks });
        }
        let in_use = AREA_CODES * f64::from(EXCHANGES) * IN_USE * 10_000.0;
        Self {
            companies,
            density: people as f64 / in_use,
            density_of_blocks: people as f64 / numbers as f64,
        }
    }

    /// What the attacker knows under a mask.
    pub(crate) fn seen(&self, mask: Mask) -> Cells {
        let mut all = Vec::new();
        for company in &self.companies {
            let people: u32 = company.exposed.iter().sum();
            let digits = match mask {
                Mask::Last(digits) => digits,
                Mask::TwoOfLarge(least) if people >= least => 2,
                Mask::TwoOfLarge(_) => 0,
            };
            let endings = 10_usize.pow(digits);
            for seen in 0..endings {
                let alike = company.exposed.iter().skip(seen).step_by(endings);
                let candidates = company.blocks * (BLOCK / endings) as u32;
                all.push(Cell::known(candidates, alike.sum()));
            }
        }
        Cells::new(all)
    }
}
