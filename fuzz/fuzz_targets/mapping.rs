//! Any text as a mapping, a number planted in it; and a file read by it.
#![no_main]

use breachvault::ingest::{Declared, Mapping, draft};
use breachvault_fuzz::{read_once, silent};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // A mapping, a byte of zero, and a file.
    let cut = bytes.iter().position(|byte| *byte == 0);
    let (text, file) = bytes.split_at(cut.unwrap_or(bytes.len()));
    let file = file.get(1..).unwrap_or_default();
    if let Ok(text) = std::str::from_utf8(text) {
        for text in [text.to_owned(), format!("{text}7700900123")] {
            if let Err(error) = Mapping::parse(&text) {
                silent(&format!("{error} {error:?}"));
            }
        }
        if let Ok(mapping) = Mapping::parse(text) {
            let written = mapping.text();
            let again = Mapping::parse(&written).map(|mapping| mapping.text());
            assert!(again.as_ref() == Ok(&written), "it reads otherwise");
            let declared = Declared {
                mapping: Some(mapping),
                ..Declared::default()
            };
            read_once(file.to_vec(), declared);
        }
    }
    if let Ok(drafted) = draft(Box::new(std::io::Cursor::new(file.to_vec())), None) {
        silent(&drafted);
    }
});
