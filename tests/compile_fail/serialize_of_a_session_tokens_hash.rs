// error[E0277]: the trait bound `SessionTokenHash: serde::Serialize` is not satisfied

use breachvault::vault::Wire;

fn send(hash: &breachvault::vault::identity::SessionTokenHash) {
    let _ = Wire::json(hash);
}

fn main() {
    let _ = send;
}
