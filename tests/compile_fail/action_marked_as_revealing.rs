// error[E0117]: only traits defined in the current crate can be implemented for types defined outside of the crate

use breachvault::policy::{Reveals, actions};

impl Reveals for actions::SearchRecords {}

fn main() {}
