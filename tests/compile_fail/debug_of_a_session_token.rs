fn show(token: &breachvault::vault::identity::SessionToken) {
    println!("{token:?}");
}

fn main() {}
