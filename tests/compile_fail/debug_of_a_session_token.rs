// refused: E0277 `SessionToken` doesn't implement
fn show(token: &breachvault::vault::identity::SessionToken) {
    println!("{token:?}");
}

fn main() {}
