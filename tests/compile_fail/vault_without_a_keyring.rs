// refused: E0308 mismatched types
use std::path::Path;
use std::sync::Arc;

use breachvault::vault::clock::SystemClock;
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::keyring::LockedKeyring;
use breachvault::vault::{Paths, Settings, Vault};

fn open(locked: LockedKeyring) {
    let _ = Vault::open(
        &Paths::of(Path::new(".")),
        locked,
        Settings::default(),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy::new()),
    );
}

fn main() {}
