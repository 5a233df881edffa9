// error[E0277]: `Phone` doesn't implement `std::fmt::Debug`

fn show(phone: &breachvault::vault::plaintext::Phone) {
    println!("{phone:?}");
}

fn main() {}
