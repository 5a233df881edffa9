//! Only one caller at a time builds the package of an export.
//!
//! Sees identifiers. Another caller of the same package waits on a thread until the build ends.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::domain::ExportId;

/// Which packages of a vault are being built.
#[derive(Default)]
pub struct PackageTurns {
    building: Mutex<BTreeSet<ExportId>>,
    built: Condvar,
}

/// One caller's turn to build a package. It ends when this is dropped.
pub struct PackageTurn<'t> {
    turns: &'t PackageTurns,
    export: &'t ExportId,
}

impl PackageTurns {
    /// Waits until nobody builds the package of `export`.
    pub fn enter<'t>(&'t self, export: &'t ExportId) -> PackageTurn<'t> {
        let building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let mut building = self
            .built
            .wait_while(building, |building| building.contains(export))
            .unwrap_or_else(PoisonError::into_inner);
        building.insert(export.clone());
        PackageTurn {
            turns: self,
            export,
        }
    }
}

impl Drop for PackageTurn<'_> {
    fn drop(&mut self) {
        let building = self.turns.building.lock();
        let mut building = building.unwrap_or_else(PoisonError::into_inner);
        building.remove(self.export);
        self.turns.built.notify_all();
    }
}
