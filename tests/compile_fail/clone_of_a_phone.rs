// refused: E0277 `Phone: Clone` is not satisfied
fn copy(phone: &breachvault::vault::plaintext::Phone) {
    twice(phone);
}

fn twice<T: Clone>(_: &T) {}

fn main() {}
