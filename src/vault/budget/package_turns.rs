//! Only one caller at a time builds the package of a request.
//!
//! Sees identifiers. Another caller of the same package waits on a thread until the build ends.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::domain::RequestId;

/// Which packages of a vault are being built.
#[derive(Default)]
pub struct PackageTurns {
    building: Mutex<BTreeSet<RequestId>>,
    built: Condvar,
}

/// One caller's turn to build a package. It ends when this is dropped.
pub struct PackageTurn<'t> {
    turns: &'t PackageTurns,
    request: &'t RequestId,
}

impl PackageTurns {
    /// Waits until nobody builds the package of `request`.
    pub fn enter<'t>(&'t self, request: &'t RequestId) -> PackageTurn<'t> {
        let building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let mut building = self
            .built
            .wait_while(building, |building| building.contains(request))
            .unwrap_or_else(PoisonError::into_inner);
        building.insert(request.clone());
        PackageTurn {
            turns: self,
            request,
        }
    }
}

impl PackageTurns {
    /// Whether somebody builds the package of `request` at this moment.
    pub fn is_building(&self, request: &RequestId) -> bool {
        let building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        building.contains(request)
    }
}

impl Drop for PackageTurn<'_> {
    fn drop(&mut self) {
        let building = self.turns.building.lock();
        let mut building = building.unwrap_or_else(PoisonError::into_inner);
        building.remove(self.request);
        self.turns.built.notify_all();
    }
}
