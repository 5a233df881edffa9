// refused: E0117 only traits defined in the current crate
use breachvault::policy::{Reveals, actions};

impl Reveals for actions::SearchRecords {}

fn main() {}
