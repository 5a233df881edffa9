// refused: E0624 method `expose_digits` is private
// refused: E0616 field `digits`
fn read(phone: &breachvault::vault::plaintext::Phone) -> u64 {
    phone.expose_digits() + phone.digits
}

fn main() {}
