fn read(text: &breachvault::vault::plaintext::RawText) -> &str {
    text.text()
}

fn main() {}
