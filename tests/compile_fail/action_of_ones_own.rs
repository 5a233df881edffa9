// refused: E0277 `Peek: policy::action::seal::Listed` is not satisfied
use breachvault::policy::{Action, ActionKind};

struct Peek;

impl Action for Peek {
    const KIND: ActionKind = ActionKind::OpenReveal;
}

fn main() {}
