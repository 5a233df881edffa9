fn keep(receipt: &breachvault::vault::Receipt) -> breachvault::vault::Receipt {
    receipt.clone()
}

fn main() {}
