// error[E0277]: the trait bound `Phone: serde::Serialize` is not satisfied

use breachvault::vault::Wire;

fn send(phone: &breachvault::vault::plaintext::Phone) {
    let _ = Wire::json(phone);
}

fn main() {
    let _ = send;
}
