// refused: E0277 `Phone: serde::Serialize` is not satisfied
fn send(phone: &breachvault::vault::plaintext::Phone) {
    let _ = breachvault::vault::Wire::json(phone);
}

fn main() {}
