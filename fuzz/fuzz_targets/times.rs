//! Any text as a time, in a zone that the first byte names.
#![no_main]

use breachvault::ingest::Declared;
use breachvault_fuzz::{CANARY, read_once};

const ZONES: [&str; 6] = [
    "UTC",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "-03:30",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let zone = ZONES[usize::from(*first) % ZONES.len()];
    let cell = text.replace('"', "\"\"");
    let file = format!("account,number,sent_at\na,{CANARY},\"{cell}\"\n");
    let declared = Declared {
        zone: zone.parse().ok(),
        ..Declared::default()
    };
    read_once(file.into_bytes(), declared);
});
