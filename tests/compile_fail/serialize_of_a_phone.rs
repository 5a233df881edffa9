fn send(phone: &breachvault::vault::plaintext::Phone) -> String {
    serde_json::to_string(phone).unwrap()
}

fn main() {}
