// error[E0616]: field `core` of struct `breachvault::vault::Vault` is private

fn rows(vault: &breachvault::vault::Vault) {
    let _ = &vault.core;
    let _ = &vault.ledger;
}

fn main() {}
