// error[E0277]: `SessionToken` doesn't implement `std::fmt::Debug`

fn show(token: &breachvault::vault::identity::SessionToken) {
    println!("{token:?}");
}

fn main() {}
