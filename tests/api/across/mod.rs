//! What no single operation holds: the matrix, the coverage of routes and leaves, the
//! canary, files of every kind, clients that behave badly, and outside judges of the API's
//! description.

mod assertions;
mod audit_coverage;
mod authz_matrix;
mod bad_input;
mod busy;
mod cases;
mod clock_attacks;
mod custodian;
mod erasure_traces;
mod formats;
mod ids;
mod keys_due;
mod lead;
mod leak_canary;
mod lists;
mod log;
mod mapping;
mod mirror;
mod openapi_tools;
mod passkeys;
mod recovery;
mod refusals;
mod reset;
mod root_rotation;
mod route_coverage;
mod routes;
mod second_factor;
mod sign_in;
mod signed_packages;
mod signing_keys;
mod slow_clients;
mod vanished;
mod versions;
