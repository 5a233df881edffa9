use breachvault::policy::{Reveals, actions};

impl Reveals for actions::SearchRecords {}

fn main() {}
