use breachvault::policy::actions;
use breachvault::vault::scope::Scope;

fn main() {
    let _ = Scope::<actions::OpenReveal>::new();
}
