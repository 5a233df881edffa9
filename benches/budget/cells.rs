//! What an attacker knows: groups of numbers that look alike, each with what is expected of it, and the guesses.

use crate::random::Random;

/// Numbers that the attacker cannot tell from each other.
pub(crate) struct Cell {
    /// How many numbers are in it.
    pub(crate) candidates: u32,
    /// How many of them are exposed. The attacker does not know this.
    pub(crate) exposed: u32,
    /// How many exposed ones the attacker expects among those not guessed yet.
    pub(crate) expected: f64,
    /// Whether that is known and not estimated.
    exact: bool,
    /// Guessed already, and hit.
    guessed: u32,
    hits: u32,
}

impl Cell {
    /// The attacker knows how many are exposed.
    pub(crate) fn known(candidates: u32, exposed: u32) -> Self {
        Self {
            candidates,
            exposed,
            expected: f64::from(exposed),
            exact: true,
            guessed: 0,
            hits: 0,
        }
    }

    /// The attacker can only estimate it.
    pub(crate) fn estimated(candidates: u32, exposed: u32, expected: f64) -> Self {
        Self {
            expected,
            exact: false,
            ..Self::known(candidates, exposed)
        }
    }

    /// What the next guess here is worth.
    fn share(&self) -> f64 {
        match self.candidates.saturating_sub(self.guessed) {
            0 => 0.0,
            left => (self.expected / f64::from(left)).min(1.0),
        }
    }
}

/// All cells, and those that are worth most.
pub(crate) struct Cells {
    all: Vec<Cell>,
    best: Vec<usize>,
    left_of_best: u32,
}

/// After so many guesses the best cells are looked for anew.
const LOOK_AGAIN: u32 = 200;

impl Cells {
    pub(crate) fn new(all: Vec<Cell>) -> Self {
        Self {
            all,
            best: Vec::new(),
            left_of_best: 0,
        }
    }

    /// One guess where a hit is likeliest; the cell that it hit. No number is guessed twice.
    pub(crate) fn guess(&mut self, random: &mut Random) -> Option<usize> {
        if self.left_of_best == 0 {
            let all = &self.all;
            self.best = (0..all.len()).collect();
            let most = all.len().min(2 * LOOK_AGAIN as usize);
            let order = |a: &usize, b: &usize| all[*b].share().total_cmp(&all[*a].share());
            if most < all.len() {
                self.best.select_nth_unstable_by(most, order);
            }
            self.best.truncate(most);
            self.left_of_best = LOOK_AGAIN;
        }
        self.left_of_best -= 1;
        let all = &self.all;
        let best = self.best.iter().copied();
        let at = best.max_by(|a, b| all[*a].share().total_cmp(&all[*b].share()))?;
        let cell = self.all.get_mut(at)?;
        let left = cell.candidates.saturating_sub(cell.guessed);
        let hit = random.below(left as usize) < (cell.exposed - cell.hits) as usize && left > 0;
        cell.guessed += 1;
        cell.hits += u32::from(hit);
        match (cell.exact, hit) {
            (true, true) => cell.expected -= 1.0,
            (true, false) => {}
            // Who was found is forgotten by the caller; the number itself is worth its share no more.
            (false, _) => cell.expected -= cell.expected / f64::from(left.max(1)),
        }
        hit.then_some(at)
    }

    /// Somebody was found: they are expected nowhere else any more.
    pub(crate) fn forget(&mut self, at: usize, expected: f64) {
        if let Some(cell) = self.all.get_mut(at) {
            cell.expected = (cell.expected - expected).max(0.0);
        }
    }

    /// Numbers that are known to be exposed without a question.
    pub(crate) fn certain(&self) -> u64 {
        let certain =
            |cell: &&Cell| cell.exact && cell.candidates > 0 && cell.exposed == cell.candidates;
        let certain = self.all.iter().filter(certain);
        certain.map(|cell| u64::from(cell.exposed)).sum()
    }
}
