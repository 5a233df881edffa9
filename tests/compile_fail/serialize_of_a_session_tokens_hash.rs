fn send(hash: &breachvault::vault::identity::SessionTokenHash) -> String {
    serde_json::to_string(hash).unwrap()
}

fn main() {}
