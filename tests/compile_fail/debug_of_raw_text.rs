// refused: E0277 `RawText` doesn't implement
fn show(text: &breachvault::vault::plaintext::RawText) {
    println!("{text:?}");
}

fn main() {}
