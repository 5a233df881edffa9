//! Machines.

mod machines;

pub use self::machines::{AddMachinePage, EndMachinePage, MachinesPage};
