//! Checks the head of every request before anything else is done: its size is bounded, it names one host, and it has
//! no transfer coding but `chunked`.

use axum::extract::Request;
use http::header::{HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Version};

use super::ProblemKind;
use super::problem::Problem;
use crate::config::Limits;

/// The most header lines of one request. The parser of HTTP/1.1 has the same limit.
const HEADERS: usize = 100;
/// The longest path and query, in bytes.
const ADDRESS: usize = 8 * 1024;

pub(super) fn check(limits: &Limits, request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    if headers.len() > HEADERS || size(headers) > limits.header_bytes {
        return Err(Problem::new(ProblemKind::HeadersTooLarge));
    }
    let address = request.uri().path_and_query();
    if address.is_some_and(|address| address.as_str().len() > ADDRESS) {
        return Err(Problem::new(ProblemKind::AddressTooLong));
    }
    one_host(request)?;
    let coded = |value: &HeaderValue| !value.as_bytes().eq_ignore_ascii_case(b"chunked");
    if headers.get_all(TRANSFER_ENCODING).iter().any(coded) {
        let rule = "must be chunked alone";
        return Err(Problem::new(ProblemKind::MalformedRequest).at("Transfer-Encoding", rule));
    }
    Ok(())
}

/// Checks that a request names one host: RFC 9112, section 3.2, and RFC 9113, section 8.3.1.
fn one_host(request: &Request) -> Result<(), Problem> {
    let refuse = |rule| Problem::new(ProblemKind::MalformedRequest).at("Host", rule);
    let mut named = request.headers().get_all(HOST).iter();
    let host = named.next();
    if named.next().is_some() {
        return Err(refuse("must be there once"));
    }
    let host = host
        .map(|host| authority(host).ok_or_else(|| refuse("must be a host, perhaps with a port")))
        .transpose()?;
    let target = request.uri().authority();
    match (request.version(), host, target) {
        (Version::HTTP_2, Some(host), Some(target)) if host != *target => {
            Err(refuse("must be the same as :authority"))
        }
        (Version::HTTP_2, None, Some(_)) | (Version::HTTP_09 | Version::HTTP_10, None, _) => Ok(()),
        (_, None, _) => Err(refuse("must be there")),
        (_, Some(_), _) => Ok(()),
    }
}

fn authority(host: &HeaderValue) -> Option<Authority> {
    let authority = Authority::try_from(host.as_bytes()).ok()?;
    // A comma would be two hosts that somebody joined.
    let plain = !authority.host().is_empty() && !authority.as_str().contains(['@', ',']);
    plain.then_some(authority)
}

fn size(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn checked(version: Version, address: &str, hosts: &[&str]) -> Result<(), ProblemKind> {
        let mut request = Request::get(address).version(version);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let request = request.body(Body::empty()).unwrap();
        check(&Limits::default(), &request).map_err(|problem| problem.kind)
    }

    #[test]
    fn a_request_is_meant_for_one_host() {
        let wrong = Err(ProblemKind::MalformedRequest);
        let (one, two) = (Version::HTTP_11, Version::HTTP_2);
        for (version, address, hosts, expected) in [
            (one, "/me", &["localhost"][..], Ok(())),
            (one, "/me", &["[::1]:8443"], Ok(())),
            (one, "/me", &[], wrong),
            (one, "/me", &["a", "a"], wrong),
            (one, "/me", &["a", "b"], wrong),
            (one, "/me", &[""], wrong),
            (one, "/me", &["a b"], wrong),
            (one, "/me", &["a,b"], wrong),
            (one, "/me", &["somebody@a"], wrong),
            (one, "https://a/me", &["b"], Ok(())),
            (one, "https://a/me", &[], wrong),
            (Version::HTTP_10, "/me", &[], Ok(())),
            (two, "https://a/me", &[], Ok(())),
            (two, "https://a/me", &["A"], Ok(())),
            (two, "https://a/me", &["b"], wrong),
            (two, "https://a/me", &["a", "a"], wrong),
            (two, "/me", &["a"], Ok(())),
            (two, "/me", &[], wrong),
        ] {
            assert_eq!(
                checked(version, address, hosts),
                expected,
                "{address} {hosts:?}"
            );
        }
    }

    #[test]
    fn an_address_has_a_longest() {
        let long = format!("/me?{}", "x".repeat(9000));
        let refused = Err(ProblemKind::AddressTooLong);
        assert_eq!(checked(Version::HTTP_11, &long, &["a"]), refused);
    }
}
