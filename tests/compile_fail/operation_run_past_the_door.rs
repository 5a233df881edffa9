// refused: E0599 no method named `scope`
use breachvault::vault::scope::Scope;
use breachvault::vault::{Operation, Vault};

fn past<O: Operation>(vault: &Vault, operation: O) {
    let _ = operation.run(vault.scope());
    let _: Option<Scope<'_, O::Action>> = None;
}

fn main() {}
