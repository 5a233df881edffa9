fn copy(phone: &breachvault::vault::plaintext::Phone) -> breachvault::vault::plaintext::Phone {
    phone.clone()
}

fn main() {}
