//! The names of members that are not read, for the report.

use std::collections::BTreeSet;

use crate::ingest::column_name::ShownName;

/// Paths to members that were in a record and are in no column. At most 256 are kept.
#[derive(Default)]
pub(super) struct Dropped {
    names: BTreeSet<ShownName>,
    /// There were others, which may not be shown or are too many.
    unshown: bool,
}

impl Dropped {
    /// Notes a member. `above` is the path to the object it is in, with a dot at the end.
    pub(super) fn note(&mut self, above: &str, name: &str) {
        let known = |known: &ShownName| known.as_str().strip_prefix(above) == Some(name);
        if self.names.iter().any(known) {
            return;
        }
        match ShownName::of(&format!("{above}{name}")).filter(|_| self.names.len() < MOST) {
            Some(name) => {
                self.names.insert(name);
            }
            None => self.unshown = true,
        }
    }

    /// The paths, in the order of the alphabet.
    pub(super) fn shown(&self) -> Vec<String> {
        let rest = self
            .unshown
            .then(|| "(names that cannot be shown)".to_owned());
        let shown = self.names.iter().map(ShownName::to_string);
        shown.chain(rest).collect()
    }
}

const MOST: usize = 256;
