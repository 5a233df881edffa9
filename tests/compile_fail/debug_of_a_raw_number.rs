// refused: E0277 `RawNumber<'_>` doesn't implement
fn show(number: breachvault::vault::plaintext::RawNumber<'_>) {
    println!("{number:?}");
}

fn main() {}
