fn show(text: &breachvault::vault::plaintext::RawText) {
    println!("{text:?}");
}

fn main() {}
