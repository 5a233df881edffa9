// refused: E0117 only traits defined in the current crate
use breachvault::policy::{Decides, actions};

impl Decides for actions::RequestReveal {}

fn main() {}
