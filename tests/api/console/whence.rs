//! Where a request comes from: only pages of this vault do anything in somebody's name.

use ureq::http::Method;

use crate::support::{Browser, Incident, Who, shared};

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

#[test]
fn every_page_says_what_it_may_do_and_that_is_nothing_unsafe() {
    let incident = shared();
    let browser = Browser::signed_in(incident, Who::Investigator);
    let lookup = format!("/console{}", incident.of_case("/lookup"));
    for (path, status) in [
        ("/console", 200),
        (lookup.as_str(), 200),
        ("/console/sign-in", 200),
        ("/console/no-such-page", 404),
    ] {
        let page = browser.get(path).assert_status(status);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        for part in [
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            assert!(policy.contains(part), "{part}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert_eq!(
            page.header("cross-origin-opener-policy"),
            Some("same-origin")
        );
        assert_eq!(
            page.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert!(page.header("strict-transport-security").is_some());
        // Where passkeys work is an address of this vault itself.
        let own = format!("https://localhost:{}", incident.address.port());
        let text = page.text().replace(&own, "");
        for banned in [
            "style=",
            "<style",
            "onclick=",
            "onload=",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(!text.contains(banned), "{path}: {banned}");
        }
        let scripts: Vec<_> = text.match_indices("<script").collect();
        assert_eq!(scripts.len(), 1, "{path}");
        assert!(text.contains("<script src=\"/console/script.js\" defer></script>"));
        assert!(text.len() < 150_000, "{path}");
    }
}

#[test]
fn the_api_keeps_its_own_policy() {
    let answer = shared().investigator().get("/me").assert_status(200);
    assert_eq!(
        answer.header("content-security-policy"),
        Some("default-src 'none'; frame-ancestors 'none'")
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
}

#[test]
fn a_link_from_elsewhere_and_a_page_fetched_ahead_run_no_operation() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Investigator);
    let path = format!("/console{}?x=1", incident.of_case(""));
    let before = incident.leaves();
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[OWN, ("sec-purpose", "prefetch")],
        &[OWN, ("sec-purpose", "prefetch;prerender")],
        &[("purpose", "prefetch")],
    ] {
        let page = browser.get_with(&path, headers).assert_status(200);
        assert_eq!(page.leaf(), None, "{headers:?}");
        let text = page.text();
        assert!(
            text.contains(&format!("href=\"{path}\">Continue</a>")),
            "{text}"
        );
        assert!(!text.contains("SMS logs of March"), "{text}");
    }
    assert_eq!(incident.leaves(), before);
    let page = browser.get(&path).assert_status(200);
    assert_eq!(page.leaf(), Some(before));
}

#[test]
fn a_form_of_another_site_or_session_does_nothing() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Lead);
    let fields = [
        ("title", "A case of the tests"),
        ("reference", "T-1"),
        ("reason", "a reason of the tests"),
    ];
    let token = browser.token();
    let with = |token: &'static str| [&fields[..], &[("form_token", token)]].concat();
    let own_token: Vec<(&str, &str)> = [&fields[..], &[("form_token", token.as_str())]].concat();
    let cases = |browser: &Browser| {
        browser
            .get("/console/cases")
            .text()
            .matches("/console/cases/c_")
            .count()
    };
    let before = cases(&browser);
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://example.com")],
        &[("origin", "null")],
        &[],
    ] {
        let refused = browser.submit_with("/console/cases/new", headers, &own_token);
        let refused = refused.assert_status(403);
        assert!(
            refused.text().contains("not from a page of this vault"),
            "{headers:?}"
        );
        assert_eq!(refused.leaf(), None, "{headers:?}");
    }
    // From here, but made for nobody or for another session: that has a leaf.
    let other = Browser::signed_in(&incident, Who::SecondLead).token();
    let of_another: Vec<(&str, &str)> = [&fields[..], &[("form_token", other.as_str())]].concat();
    for fields in [fields.to_vec(), with(""), with("x"), of_another] {
        let refused = browser.submit_with("/console/cases/new", &[OWN], &fields);
        let refused = refused.assert_status(403);
        assert!(refused.leaf().is_some());
    }
    assert_eq!(cases(&browser), before);
    let origin = format!("https://{}", incident.address);
    let opened = browser.submit_with("/console/cases/new", &[("origin", &origin)], &own_token);
    opened.assert_status(303);
    assert_eq!(cases(&browser), before + 1);
}

#[test]
fn a_form_has_the_media_type_of_forms() {
    let browser = Browser::signed_in(shared(), Who::Lead);
    let token = browser.token();
    let body = format!("form_token={token}&title=x");
    for media in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        let headers = [OWN, ("content-type", media)];
        let refused = browser.send(
            Method::POST,
            "/console/cases/new",
            &headers,
            body.as_bytes(),
        );
        let refused = refused.assert_status(415);
        assert!(refused.leaf().is_some(), "{media}");
    }
}

#[test]
fn the_address_of_the_vault_alone_leads_to_the_console() {
    let answer = Browser::of(shared()).get("/").assert_status(303);
    assert_eq!(answer.header("location"), Some("/console"));
    assert_eq!(answer.leaf(), None);
}

#[test]
fn the_style_and_the_script_have_nothing_of_anybody() {
    let browser = Browser::of(shared());
    for (path, media) in [
        ("/console/style.css", "text/css; charset=utf-8"),
        ("/console/script.js", "text/javascript; charset=utf-8"),
    ] {
        let asset = browser.get(path).assert_status(200);
        assert_eq!(asset.header("content-type"), Some(media));
        assert_eq!(asset.header("cache-control"), Some("private, max-age=300"));
    }
    // The script is sent as one; each file that it is made of is short.
    let scripts = [
        include_str!("../../../src/console/script.js"),
        include_str!("../../../src/console/unkept.js"),
        include_str!("../../../src/console/session/passkeys.js"),
        include_str!("../../../src/console/exhibit/upload.js"),
        include_str!("../../../src/console/audit/check.js"),
    ];
    let sent = browser.get("/console/script.js").text();
    for script in scripts {
        assert!(script.lines().count() <= 300 && sent.contains(script.trim_end()));
    }
}

#[test]
fn the_errors_are_a_page_for_a_browser_and_text_for_a_program() {
    let browser = Browser::of(shared());
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = browser
        .get_with("/errors", &[("accept", accept)])
        .assert_status(200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(
        page.text()
            .contains("<h2 id=\"not-allowed\">not-allowed</h2>")
    );
    let text = browser.get("/errors").assert_status(200);
    assert!(text.text().starts_with("# Errors"));
}
