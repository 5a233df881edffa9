//! Nodes of a vault whose tables a server has: their list, and for administrators at the command line join and strike
//! off.

mod join;
mod list;
mod strike_off;

pub use join::JoinNode;
pub use list::{ListNodes, NodeList};
pub use strike_off::StrikeOffNode;
