use breachvault::policy::Grant;

fn main() {
    let _ = Grant { membership: None };
}
