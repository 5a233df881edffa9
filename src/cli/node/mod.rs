//! `node`: the nodes of a vault whose tables a server has: their list, also of a served vault; the rest by a directory
//! that is not being served.

mod join;
mod list;
mod strike_off;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Node {
    /// Make a directory that of another node of its vault.
    Join(Box<join::Join>),
    /// List the nodes of the vault, and which of them run.
    List(Box<list::List>),
    /// Strike a node off that is gone; it writes nothing more.
    StrikeOff(Box<strike_off::StrikeOff>),
}

impl Node {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Join(join) => join.run(),
            Self::List(list) => list.run(),
            Self::StrikeOff(node) => node.run(),
        }
    }
}
