use breachvault::policy::{Action, ActionKind};

struct Peek;

impl Action for Peek {
    const KIND: ActionKind = ActionKind::OpenReveal;
}

fn main() {}
