fn read(phone: &breachvault::vault::plaintext::Phone) -> u64 {
    phone.expose_digits() + phone.digits
}

fn main() {}
