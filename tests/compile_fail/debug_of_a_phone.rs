fn show(phone: &breachvault::vault::plaintext::Phone) {
    println!("{phone:?}");
}

fn main() {}
