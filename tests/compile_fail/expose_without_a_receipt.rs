// refused: E0061 this method takes 1 argument but 0
fn show(number: &breachvault::vault::plaintext::Disclosed) -> String {
    number.expose().to_string()
}

fn main() {}
