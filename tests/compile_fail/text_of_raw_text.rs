// refused: E0624 method `text` is private
fn read(text: &breachvault::vault::plaintext::RawText) -> &str {
    text.text()
}

fn main() {}
