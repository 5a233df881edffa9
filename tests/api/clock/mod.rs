//! The vault's clock.

mod accept;
mod read;
