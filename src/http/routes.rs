//! The API, one line a route.

use http::{Method, StatusCode};

use super::mount::{Route, Routes};
use super::plain;
use super::sessions::{OpenSession, UseInvitation};

/// Every route there is, without a vault behind it.
pub fn table() -> Vec<Route> {
    routes().into_table()
}

#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (ok, created) = (StatusCode::OK, StatusCode::CREATED);
    let _ = ok;
    Routes::new("/api/v1")
        .mount_open::<OpenSession>  (Method::POST,   "/sessions",     created)
        .mount_open::<UseInvitation>(Method::POST,   "/enrolments",   created)
        .plain("/openapi.json", "This description",                "application/json", plain::description)
        .plain("/errors",       "What every problem means",        "text/plain",       plain::errors)
        .plain("/healthz",      "Whether the process is up",       "text/plain",       plain::healthz)
        .plain("/readyz",       "Whether leaves can be written",   "text/plain",       plain::readyz)
        .plain("/metrics",      "Counts, as Prometheus reads them", "text/plain",      plain::metrics)
}
