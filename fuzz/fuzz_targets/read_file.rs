//! Any bytes, the format to be found out.
#![no_main]

use breachvault::ingest::Declared;
use breachvault_fuzz::read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| read(bytes, Declared::default));
