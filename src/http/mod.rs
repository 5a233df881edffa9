//! The vault over HTTPS: routes, authentication, and answers as bytes.
//!
//! Called by `cli`. It sees requests and sealed answers, never keys or the database. `routes` lists
//! the routes, one on each line, and `pages` the pages. Only `mount` puts them into axum's router.
//! `run` turns a request into an operation and passes it through the door. Buffers inside the TLS
//! and HTTP libraries are not wiped.

mod accept;
mod answer;
mod any_key;
mod app;
mod around;
mod authenticate;
mod body;
mod certificate_end;
mod connection;
mod connections;
mod dev_certificate;
mod drain;
mod endings;
mod head;
mod holding;
pub mod log;
mod log_thread;
mod machine_door;
mod metrics;
mod mount;
mod objects_only;
mod openapi;
mod pages;
mod places;
mod plain;
mod problem;
mod problem_kind;
mod provider;
mod proxy_header;
mod query;
mod range;
mod reload;
mod requests_of;
mod route;
mod routes;
mod run;
mod said;
mod sealed;
mod server;
mod sessions;
mod sheet;
mod throttle;
mod tls;
mod turns;
mod upload;

#[cfg(test)]
mod tests;

pub use self::dev_certificate::{CertificateError, DevCertificate, make_dev_certificate};
pub use self::pages::MadeUpPerson;
pub use self::problem_kind::ProblemKind;
pub use self::provider::ProviderFault;
pub use self::route::{PageRoute, Route};
pub use self::routes::{page_table, table};
pub use self::sealed::serve_sealed_until;
pub use self::server::{
    ServeConfig, ServeError, Stop, listen, router, serve, serve_on, serve_until,
};
pub use self::tls::TlsError;
pub use self::upload::UploadQuery;
