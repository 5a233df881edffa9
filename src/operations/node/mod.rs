//! Nodes of a vault whose tables a server has, for administrators at the command line: join, list, strike off.

mod join;
mod list;
mod strike_off;

pub use join::JoinNode;
pub use list::{ListNodes, NodeList};
pub use strike_off::StrikeOffNode;
