//! At which address passkeys work, for a browser that asked for another one.

use http::request::Parts;

use super::arrival;
use crate::domain::RelyingParty;

/// The address to open for a passkey; none if the browser has asked for that host.
pub(super) fn elsewhere(party: &RelyingParty, parts: &Parts) -> Option<String> {
    let asked = arrival::host(parts)?;
    let here = asked.host().eq_ignore_ascii_case(party.id());
    (!here).then(|| party.address(asked.port_u16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_named_only_to_who_asked_for_another_host() {
        let named = RelyingParty::at("https://vault.example:8443").unwrap();
        let local = RelyingParty::localhost();
        for (party, host, told) in [
            (&local, "127.0.0.1:8443", Some("https://localhost:8443")),
            (&local, "[::1]:8443", Some("https://localhost:8443")),
            (&local, "127.0.0.1", Some("https://localhost")),
            (&local, "localhost:22", None),
            (&local, "LOCALHOST", None),
            (&local, "no host", None),
            (&named, "127.0.0.1:1", Some("https://vault.example:8443")),
            (&named, "vault.example", None),
            (
                &named,
                "vault.example.evil.example",
                Some("https://vault.example:8443"),
            ),
        ] {
            let request = http::Request::get("/console/sign-in").header("host", host);
            let parts = request.body(()).unwrap().into_parts().0;
            assert_eq!(elsewhere(party, &parts).as_deref(), told, "{host}");
        }
    }
}
