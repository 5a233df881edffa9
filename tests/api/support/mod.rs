//! A served vault for the tests: real store, real TLS, real HTTP, and one
//! client for each kind of caller.

mod authenticator;
mod browser;
mod chromium;
mod client;
mod empty;
mod incident;
mod log;
mod logs;
mod machine;
mod people;
mod served;
mod stall;
mod wire;

pub use self::authenticator::{Authenticator, Says};
pub use self::browser::{Browser, field};
pub use self::chromium::{Chromium, Look, axe};
pub use self::client::{Answer, Client};
pub use self::empty::Empty;
pub use self::incident::{Incident, body, shared};
pub use self::log::{
    Log, Message, csv_of, csv_of_places, fresh_csv, fresh_csv_with_a_reject, invented,
};
pub use self::logs::{capture, captured};
pub use self::machine::{Machine, roots};
pub use self::people::Who;
pub use self::served::{PASSWORD, TestVault, client_of, code};
pub use self::stall::Stall;
pub use self::wire::Wire;
