//! Draws an index by weight in constant time: Walker's alias method in Vose's form. Eight bytes an
//! index.

use super::random::Random;

pub(super) struct Alias {
    /// A draw below the mark returns the index itself, otherwise the other one.
    cells: Vec<(u32, u32)>,
}

impl Alias {
    /// Weights must be above 0, and fewer than 2^32. They are computed with + - * / only, so that
    /// every machine builds the same table.
    pub(super) fn new(weights: &[f32]) -> Self {
        let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        let scale = weights.len() as f64 / total;
        let mut share: Vec<f64> = weights
            .iter()
            .map(|weight| f64::from(*weight) * scale)
            .collect();
        let mut cells: Vec<(u32, u32)> =
            (0..weights.len() as u32).map(|at| (u32::MAX, at)).collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..weights.len() as u32).partition(|at| share[*at as usize] < 1.0);
        while let (Some(low), Some(high)) = (small.pop(), large.pop()) {
            let left = share[low as usize];
            cells[low as usize] = ((left * f64::from(u32::MAX)) as u32, high);
            share[high as usize] -= 1.0 - left;
            if share[high as usize] < 1.0 {
                &mut small
            } else {
                &mut large
            }
            .push(high);
        }
        Self { cells }
    }

    /// 0 when there is nothing to draw from.
    #[inline]
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        if self.cells.is_empty() {
            return 0;
        }
        let wide = u128::from(random.next()) * self.cells.len() as u128;
        let at = (wide >> 64) as usize;
        let (mark, other) = self.cells[at];
        if ((wide >> 32) as u32) < mark {
            at
        } else {
            other as usize
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_comes_as_often_as_its_weight_says() {
        let weights = [1.0, 2.0, 3.0, 10.0, 84.0];
        let (alias, mut random) = (Alias::new(&weights), Random::new(3, 0));
        let mut seen = [0u32; 5];
        for _ in 0..1_000_000 {
            seen[alias.draw(&mut random)] += 1;
        }
        for (count, weight) in seen.into_iter().zip(weights) {
            let share = f64::from(count) / 10_000.0;
            assert!(
                (share - f64::from(weight)).abs() < 0.2,
                "{share} against {weight}"
            );
        }
    }
}
