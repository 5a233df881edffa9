// refused: E0277 `Receipt: Clone` is not satisfied
fn keep(receipt: &breachvault::vault::Receipt) {
    twice(receipt);
}

fn twice<T: Clone>(_: &T) {}

fn main() {}
