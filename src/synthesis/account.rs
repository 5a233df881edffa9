//! The accounts of a synthetic log: opaque names, with sizes that fall like 1/rank.

use super::alias::Alias;
use super::random::{Random, Scatter};

pub(super) struct Accounts {
    names: Vec<String>,
    sizes: Alias,
}

impl Accounts {
    /// 40 accounts for a small log, up to 200.
    pub(super) fn new(people: u32, random: &mut Random) -> Self {
        let count = (40 + people / 4_000).min(200);
        let scatter = Scatter::new(1 << 30, random);
        let names = (0..count)
            .map(|at| name(scatter.at(u64::from(at) + 1)))
            .collect();
        let weights: Vec<f32> = (0..count).map(|rank| 1.0 / (rank as f32 + 2.0)).collect();
        Self {
            names,
            sizes: Alias::new(&weights),
        }
    }

    pub(super) fn draw(&self, random: &mut Random) -> u16 {
        self.sizes.draw(random) as u16
    }

    pub(super) fn name(&self, at: u16) -> &str {
        self.names.get(usize::from(at)).map_or("", String::as_str)
    }
}

/// `DI-` and 30 bits in six characters.
fn name(bits: u64) -> String {
    let letters = (0..6)
        .rev()
        .map(|at| char::from(LETTERS[(bits >> (at * 5)) as usize & 31]));
    "DI-".chars().chain(letters).collect()
}

/// Digits and capitals without I, L, O and U, which are easily misread.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn accounts_have_distinct_opaque_names() {
        let accounts = Accounts::new(1_000_000, &mut Random::new(5, 0));
        let names: HashSet<&String> = accounts.names.iter().collect();
        assert_eq!(names.len(), 200);
        assert!(
            names
                .iter()
                .all(|name| name.len() == 9 && name.starts_with("DI-"))
        );
    }
}
