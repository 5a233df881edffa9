// refused: E0277 Passphrase` doesn't implement
fn show(passphrase: &breachvault::vault::keyring::Passphrase) {
    println!("{passphrase:?}");
}

fn main() {}
