// refused: E0624 associated function `new` is private
use breachvault::vault::Receipt;

fn main() {
    let _ = Receipt::new(1, "".into());
}
