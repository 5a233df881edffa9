//! The settings of an installation, read from one TOML file; every setting has a default.
//!
//! There is one file for each section. It holds paths, limits and lifetimes, never a secret:
//! secrets come from a prompt, a file or a descriptor. Used by `main`, `cli` and `http`.
//! `docs/configuration.md` describes each setting.

mod backup;
mod budgets;
mod destruction;
mod error;
mod file;
mod identity;
mod ingest;
mod keyring;
mod keys;
mod limits;
mod log;
mod networks;
mod nodes;
mod oidc;
mod packages;
mod serve;
mod sessions;
mod sign_in;
mod store;
mod tls;

pub use backup::Backup;
pub use budgets::Budgets;
pub use destruction::Destruction;
pub use error::ConfigError;
pub use file::Config;
pub use identity::Identity;
pub use ingest::Ingest;
pub use keyring::Keyring;
pub use limits::Limits;
pub use log::{Log, LogLevel};
pub use networks::Networks;
pub use nodes::Nodes;
pub use oidc::Oidc;
pub use packages::Packages;
pub use serve::Serve;
pub use sessions::Sessions;
pub use sign_in::SignInSettings;
pub use store::Store;
pub use tls::Tls;
