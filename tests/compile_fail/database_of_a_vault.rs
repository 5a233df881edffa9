fn rows(vault: &breachvault::vault::Vault) {
    let _ = &vault.core;
    let _ = &vault.ledger;
}

fn main() {}
