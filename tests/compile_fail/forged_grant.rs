// refused: E0451 field `membership` of struct `Grant` is private
use breachvault::policy::Grant;

fn main() {
    let _ = Grant { membership: None };
}
