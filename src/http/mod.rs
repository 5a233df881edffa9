//! The vault over HTTPS: routes, who is asking, and answers as bytes.
//!
//! Sees requests and sealed answers; never keys or the database. A request
//! becomes an operation in `mount`, the only file that talks to axum's router;
//! `routes` lists them, one line each. Called by `cli`. Not promised: that
//! buffers inside TLS and HTTP are wiped.

mod answer;
mod app;
mod around;
mod authenticate;
mod body;
mod connections;
mod dev_certificate;
pub mod log;
mod log_thread;
mod metrics;
mod mount;
mod openapi;
mod plain;
mod problem;
mod problem_kind;
mod query;
mod routes;
mod server;
mod sessions;
mod throttle;
mod tls;
mod turns;
mod upload;

#[cfg(test)]
mod tests;

pub use self::dev_certificate::{CertificateError, DevCertificate, make_dev_certificate};
pub use self::mount::Route;
pub use self::problem_kind::ProblemKind;
pub use self::routes::table;
pub use self::server::{ServeConfig, ServeError, router, serve, serve_until};
pub use self::tls::TlsError;
pub use self::upload::UploadQuery;
