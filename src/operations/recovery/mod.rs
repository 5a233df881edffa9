//! The recovery of somebody who lost their passkeys, as others see it.

mod stop;

pub use stop::StopRecovery;
