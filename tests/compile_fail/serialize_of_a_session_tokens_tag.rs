// refused: E0277 `SessionTag: serde::Serialize` is not satisfied
fn send(tag: &breachvault::vault::identity::SessionTag) {
    let _ = breachvault::vault::Wire::json(tag);
}

fn main() {}
