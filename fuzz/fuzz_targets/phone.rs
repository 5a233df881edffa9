//! Any text as a number: a number or a refusal that holds nothing of it.
#![no_main]

use breachvault::vault::plaintext::{Phone, RawText, Region};
use breachvault_fuzz::silent;

const REGIONS: [Option<&str>; 5] = [None, Some("US"), Some("GB"), Some("DE"), Some("IT")];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let region = REGIONS[usize::from(*first) % REGIONS.len()];
    let region = region.and_then(|region| region.parse::<Region>().ok());
    let planted = format!("{text}7700900123");
    for text in [text, planted.as_str()] {
        if let Err(error) = Phone::parse(&RawText::new(text.to_owned()), region) {
            silent(&format!("{error} {error:?}"));
        }
    }
});
