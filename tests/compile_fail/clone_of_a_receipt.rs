// error[E0308]: mismatched types

fn keep(receipt: &breachvault::vault::Receipt) -> breachvault::vault::Receipt {
    receipt.clone()
}

fn main() {}
