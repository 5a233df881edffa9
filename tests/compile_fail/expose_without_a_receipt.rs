fn show(number: &breachvault::vault::plaintext::Disclosed) -> String {
    number.expose().to_string()
}

fn main() {}
