//! The names of members that are not read, for the report.

use std::collections::{HashMap, HashSet};

use crate::ingest::column_name::ShownName;

/// Paths to members that were in a record and are in no column. At most 256 are kept.
///
/// Every member of every record comes by here, so what is known already costs one look, and
/// nothing is looked up when nothing more can be learnt.
#[derive(Default)]
pub(super) struct Dropped {
    /// By the path to the object that they are in: the names.
    names: HashMap<String, HashSet<String>>,
    count: usize,
    /// There were others, which may not be shown or are too many.
    unshown: bool,
}

impl Dropped {
    /// One that notes nothing, for whoever only looks.
    pub(super) fn unheeded() -> Self {
        Self {
            count: MOST,
            unshown: true,
            ..Self::default()
        }
    }

    /// Notes a member. `above` is the path to the object it is in, with a dot at the end.
    pub(super) fn note(&mut self, above: &str, name: &str) {
        if self.unshown && (self.count >= MOST || has_many_digits(name)) {
            return;
        }
        let known = self.names.get(above);
        if known.is_some_and(|names| names.contains(name)) {
            return;
        }
        if self.count >= MOST || ShownName::of(&format!("{above}{name}")).is_none() {
            self.unshown = true;
            return;
        }
        let names = self.names.entry(above.to_owned()).or_default();
        names.insert(name.to_owned());
        self.count += 1;
    }

    /// The paths, in the order of the alphabet.
    pub(super) fn shown(&self) -> Vec<String> {
        let paths = self.names.iter().flat_map(|(above, names)| {
            let names = names.iter();
            names.filter_map(move |name| ShownName::of(&format!("{above}{name}")))
        });
        let mut paths: Vec<_> = paths.map(|path| path.to_string()).collect();
        paths.sort_unstable();
        paths.dedup();
        if self.unshown {
            paths.push("(names that cannot be shown)".to_owned());
        }
        paths
    }
}

/// True for a name that is not shown, because it may be a cell.
fn has_many_digits(name: &str) -> bool {
    name.bytes().filter(u8::is_ascii_digit).count() > 3
}

const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_once_up_to_a_limit() {
        let mut dropped = Dropped::default();
        for _ in 0..2 {
            dropped.note("", "b");
            dropped.note("a.", "c");
        }
        assert_eq!(dropped.shown(), ["a.c", "b"]);
        dropped.note("", "2024550142");
        assert_eq!(
            dropped.shown().last().unwrap(),
            "(names that cannot be shown)"
        );
        for at in 0..1000 {
            let name: String = format!("{at:03}")
                .bytes()
                .map(|b| char::from(b + 49))
                .collect();
            dropped.note("", &name);
        }
        assert_eq!(dropped.shown().len(), MOST + 1);
    }
}
