//! How the vault stands, and its nodes.

mod nodes;
mod read;

pub use self::nodes::NodesPage;
pub use self::read::HealthPage;
