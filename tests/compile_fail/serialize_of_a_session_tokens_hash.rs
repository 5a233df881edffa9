// refused: E0277 `SessionTokenHash: serde::Serialize` is not satisfied
fn send(hash: &breachvault::vault::identity::SessionTokenHash) {
    let _ = breachvault::vault::Wire::json(hash);
}

fn main() {}
