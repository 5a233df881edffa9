use breachvault::vault::Receipt;

fn forge() -> Receipt {
    Receipt { leaf: 1, checkpoint: "".into() }
}

fn make() -> Receipt {
    Receipt::new(1, "".into())
}

fn main() {}
