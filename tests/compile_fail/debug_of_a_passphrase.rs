fn show(passphrase: &breachvault::vault::keyring::Passphrase) {
    println!("{passphrase:?}");
}

fn main() {}
