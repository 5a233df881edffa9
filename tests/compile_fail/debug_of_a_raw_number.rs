// error[E0277]: `RawNumber<'_>` doesn't implement `std::fmt::Debug`

fn show(number: breachvault::vault::plaintext::RawNumber<'_>) {
    println!("{number:?}");
}

fn main() {}
