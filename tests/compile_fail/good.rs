// compiles

use breachvault::vault::plaintext::{Phone, RawText};

fn main() {
    let _ = Phone::parse(&RawText::new(String::new()), None);
}
