//! What comes before any operation: connections, heads of requests, bodies that nobody may send,
//! downloads that go on. Each attack is a test.

mod accept;
mod connections;
mod continued;
mod early_answers;
mod heads;
mod machines;
mod methods;
mod proxies;
mod uploads;
