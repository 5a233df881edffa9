// error[E0277]: `Passphrase` doesn't implement `std::fmt::Debug`

fn show(passphrase: &breachvault::vault::keyring::Passphrase) {
    println!("{passphrase:?}");
}

fn main() {}
