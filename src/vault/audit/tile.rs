//! Tiles (c2sp.org/tlog-tiles): their width, names and hash.

use super::hash::{Hash, node_hash};

/// The root over hashes whose count is a power of two.
pub(super) fn subtree(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [] => None,
        [one] => Some(*one),
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Some(node_hash(&subtree(left)?, &subtree(right)?))
        }
    }
}

/// `tile/0/x001/x234/067`, with `.p/W` if it is only W wide.
pub(super) fn tile_name(level: &str, n: u64, width: u64) -> String {
    let mut number = format!("{:03}", n % 1_000);
    let mut rest = n / 1_000;
    while rest > 0 {
        number = format!("x{:03}/{number}", rest % 1_000);
        rest /= 1_000;
    }
    let partial = if width < TILE_WIDTH {
        format!(".p/{width}")
    } else {
        String::new()
    };
    format!("tile/{level}/{number}{partial}")
}

pub(super) const TILE_WIDTH: u64 = 256;
pub(super) const CHECKPOINT: &str = "checkpoint";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_names_are_those_of_the_specification() {
        assert_eq!(tile_name("0", 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(tile_name("entries", 0, 256), "tile/entries/000");
        assert_eq!(tile_name("1", 1_000, 17), "tile/1/x001/000.p/17");
    }
}
