//! Any bytes as a format that the first byte names, with a zone and an account.
#![no_main]

use breachvault::domain::{AccountName, Format};
use breachvault::ingest::Declared;
use breachvault_fuzz::read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let all = Format::ALL;
    let format = all[usize::from(*first) % all.len()];
    read(rest, || Declared {
        format: Some(format),
        zone: "Europe/London".parse().ok(),
        account: AccountName::parse("an account").ok(),
        ..Declared::default()
    });
});
