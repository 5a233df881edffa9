// refused: E0277 `Phone` doesn't implement
fn show(phone: &breachvault::vault::plaintext::Phone) {
    println!("{phone:?}");
}

fn main() {}
