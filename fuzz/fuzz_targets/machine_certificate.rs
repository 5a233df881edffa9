//! Any bytes as the certificate of a machine: as DER, as a client shows one, and as text, as its owner sends one.
#![no_main]

use breachvault::domain::Moment;
use breachvault::vault::identity::MachineCertificate;
use breachvault_fuzz::silent;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let now: Moment = "2024-03-21T22:34:49Z".parse().unwrap();
    if let Some(read) = MachineCertificate::of_der(bytes) {
        // SHA-256 in base64, whatever the key is.
        assert!(read.fingerprint().len() == 44, "no fingerprint");
        read.covers(now);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let read = MachineCertificate::parse(text);
    for refused in [
        MachineCertificate::parse(&format!("{text}7700900123")),
        read,
    ] {
        if let Err(error) = refused {
            silent(&format!("{error} {error:?}"));
        }
    }
    // The same in PEM, and with its lines cut otherwise, is the same machine.
    if !text.contains("-----") {
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        assert!(MachineCertificate::parse(&pem) == read, "PEM reads otherwise");
        let cut: String = text.chars().flat_map(|sign| [sign, '\n']).collect();
        // Words that are looked for in a text may be cut in two.
        if !text.contains("PRIVATE KEY") {
            assert!(MachineCertificate::parse(&cut) == read, "lines read otherwise");
        }
    }
});
