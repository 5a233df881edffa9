// refused: E0451 of struct `Receipt` are private
use breachvault::vault::Receipt;

fn main() {
    let _ = Receipt { leaf: 1, checkpoint: "".into() };
}
