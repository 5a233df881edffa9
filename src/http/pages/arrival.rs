//! Whether a request comes from a page of this vault or from somewhere else.
//!
//! Browsers say so in `Sec-Fetch-Site` (Fetch Metadata); those that do not say it send `Origin` with every form. The
//! cookie is `SameSite=Strict`, so a request from another site has no session anyway.

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Method};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// What browsers set when nobody has asked for the page yet.
const AHEAD: [HeaderName; 3] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-moz"),
];

/// Whether somebody asked for it here: by following a link on a page of this vault, by typing the address, or, if it is
/// not a `GET`, by a form on a page of this vault.
pub(super) fn is_own(parts: &Parts) -> bool {
    let site = one(&parts.headers, &SITE);
    if parts.method == Method::GET {
        let ahead = AHEAD.iter().any(|name| is_ahead(&parts.headers, name));
        return !ahead && matches!(site, Ok(None | Some("same-origin" | "none")));
    }
    match site {
        Ok(Some(site)) => site == "same-origin",
        Ok(None) => is_own_origin(parts),
        Err(()) => false,
    }
}

/// Whether another program opened the address, such as one for mail, or somebody typed it: a browser does not tell
/// which.
pub(super) fn is_opened(parts: &Parts) -> bool {
    one(&parts.headers, &SITE) == Ok(Some("none"))
}

fn is_ahead(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.get_all(name).iter().any(|value| {
        let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
        text.contains("prefetch") || text.contains("prerender") || text.contains("preview")
    })
}

fn is_own_origin(parts: &Parts) -> bool {
    let host = match parts.headers.get(HOST) {
        Some(host) => host.to_str().ok(),
        None => parts.uri.authority().map(|authority| authority.as_str()),
    };
    let origin = one(&parts.headers, &ORIGIN).ok().flatten();
    let origin = origin.and_then(|origin| origin.strip_prefix("https://"));
    matches!((host, origin), (Some(host), Some(origin)) if host.eq_ignore_ascii_case(origin))
}

/// The host that was asked for, and its port, if the request names one that can be read.
pub(super) fn host(parts: &Parts) -> Option<Authority> {
    match parts.headers.get(HOST) {
        Some(host) => host.to_str().ok().and_then(|host| host.parse().ok()),
        None => parts.uri.authority().cloned(),
    }
}

/// The value of a header that may be there once.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match values.next() {
        Some(_) => Err(()),
        None => value.to_str().map(Some).map_err(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn own(method: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder()
            .method(method)
            .header("host", "vault:8443");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_own(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_page_is_asked_for_here_or_it_is_not() {
        for (headers, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (
                &[("sec-fetch-site", "none"), ("sec-fetch-site", "none")],
                false,
            ),
            (
                &[
                    ("sec-fetch-site", "none"),
                    ("sec-purpose", "prefetch;prerender"),
                ],
                false,
            ),
            (&[("purpose", "prefetch")], false),
            (&[("x-moz", "prefetch")], false),
        ] {
            assert_eq!(own("GET", headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_form_is_of_a_page_of_this_vault_or_it_is_refused() {
        for (headers, expected) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://vault:8443"),
                ],
                false,
            ),
            (&[("origin", "https://vault:8443")], true),
            (&[("origin", "https://VAULT:8443")], true),
            (&[("origin", "https://vault")], false),
            (&[("origin", "http://vault:8443")], false),
            (&[("origin", "https://vault:8443.example")], false),
            (&[("origin", "null")], false),
            (
                &[
                    ("origin", "https://vault:8443"),
                    ("origin", "https://vault:8443"),
                ],
                false,
            ),
        ] {
            assert_eq!(own("POST", headers), expected, "{headers:?}");
        }
    }
}
