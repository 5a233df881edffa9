// refused: E0624 associated function `new` is private
// refused: E0061 arguments
use breachvault::policy::actions;
use breachvault::vault::scope::Scope;

fn main() {
    let _ = Scope::<actions::OpenReveal>::new();
}
