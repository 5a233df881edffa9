// refused: E0616 field `core`
// refused: E0616 field `ledger`
fn rows(vault: &breachvault::vault::Vault) {
    let _ = &vault.core;
    let _ = &vault.ledger;
}

fn main() {}
