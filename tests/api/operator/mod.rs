//! Who may enter.

mod add;
mod list;
mod revoke;
