fn show(number: breachvault::vault::plaintext::RawNumber<'_>) {
    println!("{number:?}");
}

fn main() {}
