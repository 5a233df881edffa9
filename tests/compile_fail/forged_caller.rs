// refused: E0624 associated function `system` is private
use breachvault::vault::Caller;

fn main() {
    let _ = Caller::system();
}
