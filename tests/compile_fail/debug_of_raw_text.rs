// error[E0277]: `RawText` doesn't implement `std::fmt::Debug`

fn show(text: &breachvault::vault::plaintext::RawText) {
    println!("{text:?}");
}

fn main() {}
