//! What an installation may choose, read from one TOML file; every setting has a
//! default.
//!
//! One file for each section. It may see paths, limits and lifetimes, never a
//! secret: those come from a prompt, a file or a descriptor. Read by `main`,
//! `cli` and `http`. `docs/configuration.md` says what each setting means.

mod budgets;
mod error;
mod file;
mod limits;
mod log;
mod serve;
mod sessions;
mod tls;

pub use budgets::Budgets;
pub use error::ConfigError;
pub use file::Config;
pub use limits::Limits;
pub use log::{Log, LogLevel};
pub use serve::Serve;
pub use sessions::Sessions;
pub use tls::Tls;
