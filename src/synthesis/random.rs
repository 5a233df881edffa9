//! Random numbers from a seed: xoshiro256** seeded by SplitMix64 (Blackman and Vigna, public
//! domain, <https://prng.di.unimi.it/>). Never use them for keys, nonces or tokens.

pub(super) struct Random {
    state: [u64; 4],
}

impl Random {
    /// Each `stream` of a seed is a generator of its own.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut source = seed ^ mix(stream.wrapping_add(GOLDEN));
        let state = std::array::from_fn(|_| {
            source = source.wrapping_add(GOLDEN);
            mix(source)
        });
        Self { state }
    }

    #[inline]
    pub(super) fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let drawn = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let c = c ^ a;
        let d = d ^ b;
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        drawn
    }

    /// Below `bound`, which must not be 0. The bias is under 2^-32 for the bounds used here.
    #[inline]
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A number in [0, 1) with 53 random bits.
    #[inline]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

/// SplitMix64's finaliser: one to one on 64 bits.
#[inline]
pub(super) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// One to one on 0..size: (position * step + start) mod size, step coprime to size.
#[derive(Clone, Copy)]
pub(super) struct Scatter {
    size: u64,
    step: u64,
    start: u64,
}

impl Scatter {
    /// `size` at most 2^32, so that the product stays within 64 bits.
    pub(super) fn new(size: u64, random: &mut Random) -> Self {
        let size = size.max(1);
        let mut step = random.below(size).max(1);
        while gcd(step, size) != 1 {
            step = step % size + 1;
        }
        let start = random.below(size);
        Self { size, step, start }
    }

    #[inline]
    pub(super) fn at(&self, position: u64) -> u64 {
        ((position % self.size) * self.step + self.start) % self.size
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_reference_values_of_its_authors() {
        // State 1, 2, 3, 4: first outputs of the reference program.
        let mut random = Random {
            state: [1, 2, 3, 4],
        };
        let drawn: Vec<u64> = (0..4).map(|_| random.next()).collect();
        assert_eq!(drawn, [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240]);
        // SplitMix64 from 1234567: first output of the reference program.
        assert_eq!(
            mix(1_234_567u64.wrapping_add(GOLDEN)),
            6_457_827_717_110_365_317
        );
    }

    #[test]
    fn a_scatter_is_one_to_one() {
        let mut random = Random::new(7, 0);
        for size in [1, 2, 3, 10, 97, 1000, 65_536] {
            let scatter = Scatter::new(size, &mut random);
            let mut seen: Vec<u64> = (0..size).map(|at| scatter.at(at)).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..size), "size {size}");
        }
    }
}
