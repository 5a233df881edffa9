//! The result of checking one exhibit, or the terms of one case.

use crate::domain::{CaseId, ExhibitId};

/// What a check found.
#[derive(Debug)]
pub struct ExhibitCheck {
    /// The case.
    pub case: CaseId,
    /// `None` for the terms of the case.
    pub exhibit: Option<ExhibitId>,
    /// How many parts or terms were opened without a fault.
    pub opened: u64,
    /// What is wrong, by field and position; at most a hundred.
    pub faults: Vec<String>,
}

/// How many faults are kept.
const FAULTS: usize = 100;

impl ExhibitCheck {
    /// Whether no fault was found.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn new(case: &CaseId, exhibit: Option<&ExhibitId>) -> Self {
        Self {
            case: case.clone(),
            exhibit: exhibit.cloned(),
            opened: 0,
            faults: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, sound: bool, fault: impl FnOnce() -> String) {
        if sound {
            self.opened += 1;
        } else if self.faults.len() < FAULTS {
            self.faults.push(fault());
        }
    }
}
