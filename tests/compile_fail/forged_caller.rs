use breachvault::vault::Caller;

fn main() {
    let _ = Caller::system();
}
