//! Machines: programs that prove a key in the TLS handshake, in the place of somebody's session.

mod add;
mod end;
mod list;

pub use add::{AddMachine, AddMachineInput};
pub use end::EndMachine;
pub use list::{ListMachines, MachineList};
