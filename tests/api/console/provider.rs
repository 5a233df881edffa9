//! People who come in by an OpenID provider: a real one, `oidc-provider` under Node, on this machine.
//!
//! If Node or the package is not installed, the tests print a line and are skipped; where `CI` is set they fail
//! instead. The package is looked for in `TOOLS_NODE`.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use breachvault::http::{ProblemKind, make_dev_certificate};
use breachvault::vault::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Method;

use crate::support::{
    Answer, Authenticator, Browser, Client, PASSWORD, TestVault, Who, client_of, field,
};

/// When the clocks of the tests begin, and where the provider's stands still.
const NOW: &str = "1712048400";
const SECRET: &str = "a secret of the tests: with % and +";
const BACK: &str = "/console/provider/back";
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// The provider, which ends with the test.
struct Provider {
    process: Child,
    /// The program ends if nobody can read what it says.
    _said: BufReader<ChildStdout>,
    directory: TempDir,
    outside: Client,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test finds its tools by its environment"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn skip(why: &str) {
    assert!(setting("CI").is_none(), "{why}");
    // Past the capture of test output, so that plain `cargo test` shows it.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

impl Provider {
    /// A provider that signs by this algorithm; `None` if there is none to be had.
    fn start(algorithm: &str) -> Option<Self> {
        let modules = setting("TOOLS_NODE").unwrap_or_else(|| "node_modules".to_owned());
        let Ok(modules) = fs::canonicalize(&modules) else {
            skip("oidc-provider is not installed");
            return None;
        };
        if !modules.join("oidc-provider").is_dir() {
            skip("oidc-provider is not installed");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let files = make_dev_certificate(directory.path(), &[], SystemClock.now()).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/oidc/provider.mjs");
        let started = Command::new("node")
            .arg(script)
            .args([&modules, &files.certificate, &files.key])
            .args([NOW, algorithm])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = started else {
            skip("node is not installed");
            return None;
        };
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let Ok(port) = line.trim().parse::<u16>() else {
            let _ = process.wait();
            skip("oidc-provider does not run under this Node; it needs version 20 or later");
            return None;
        };
        let issuer = format!("https://localhost:{port}");
        let secret = directory.path().join("secret");
        fs::write(&secret, SECRET).unwrap();
        fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
        Some(Self {
            process,
            _said: said,
            outside: client_of(&files.ca, &issuer),
            issuer,
            directory,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn config(&self) -> String {
        format!(
            "[oidc]\nissuer = \"{}\"\nclient_id = \"vault\"\nclient_secret_file = \"{}\"\n\
             name = \"Example Ltd\"\nredirect = \"https://vault.example{BACK}\"\nscopes = [\"profile\"]\n\
             required_claims = {{ mfa = \"yes\" }}\nca_file = \"{}\"\n\
             roles = {{ leads = \"lead\", investigators = \"investigator\" }}\n",
            self.issuer,
            self.file("secret").display(),
            self.file("ca.crt").display(),
        )
    }

    /// Somebody signs in there: what the provider sends back to the vault.
    fn sign_in(&self, begun: &str, who: &str) -> BTreeMap<String, String> {
        let mut jar = BTreeMap::<String, String>::new();
        let mut to = format!("{begun}&login_hint={who}");
        for _ in 0..6 {
            if let Some(query) = to.strip_prefix(&format!("https://vault.example{BACK}?")) {
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                return pairs
                    .map(|(name, value)| (name.to_owned(), plain(value)))
                    .collect();
            }
            let path = to.strip_prefix(&self.issuer).unwrap_or(&to).to_owned();
            let cookies: Vec<String> = jar
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let cookies = cookies.join("; ");
            let mut headers = Vec::new();
            if !cookies.is_empty() {
                headers.push(("cookie", cookies.as_str()));
            }
            let answer = self.outside.send(Method::GET, &path, &headers, &[]);
            // Their ends are of the provider's own time.
            for set in answer.headers.get_all("set-cookie") {
                let pair = set.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                jar.insert(name.to_owned(), value.to_owned());
            }
            let location = answer.header("location").map(str::to_owned);
            to = location.unwrap_or_else(|| panic!("{path}: {}", answer.text()));
        }
        panic!("the provider does not come to an end: {to}");
    }
}

fn plain(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let two = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&two).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// Where a browser is led that wants to come in by the provider.
fn begin(browser: &Browser, next: &str) -> String {
    let led = browser
        .get(&format!("/console/provider?next={next}"))
        .assert_status(303);
    assert_eq!(led.leaf(), None);
    led.header("location").unwrap().to_owned()
}

fn finish(browser: &Browser, brought: &BTreeMap<String, String>, passkey: &str) -> Answer {
    let text = |name: &str| brought.get(name).map_or("", String::as_str);
    let fields = [
        ("code", text("code")),
        ("state", text("state")),
        ("iss", text("iss")),
        ("passkey", passkey),
    ];
    browser.submit_with(BACK, &[OWN], &fields)
}

/// Somebody comes in with a browser of their own.
fn come(vault: &TestVault, provider: &Provider, who: &str) -> (Browser, Answer) {
    let browser = Browser::of(vault);
    let brought = provider.sign_in(&begin(&browser, "/console"), who);
    let answer = finish(&browser, &brought, "");
    (browser, answer)
}

fn leaf(vault: &TestVault, answer: &Answer) -> Value {
    let path = format!("/audit/leaves/{}", answer.leaf().unwrap());
    vault.auditor().get(&path).assert_status(200).json()["leaf"].clone()
}

/// The accounts of this name: their ids, roles and states.
fn accounts(vault: &TestVault, name: &str) -> Vec<(String, String, String)> {
    let list = vault.administrator().get("/operators?limit=500");
    let list = list.assert_status(200).json();
    let all = list["operators"].as_array().unwrap().iter();
    let text = |one: &Value, member: &str| one[member].as_str().unwrap().to_owned();
    all.filter(|one| one["name"] == name)
        .map(|one| (text(one, "operator"), text(one, "role"), text(one, "state")))
        .collect()
}

/// The page says this problem.
#[track_caller]
fn says(answer: &Answer, kind: &str) {
    let mut kinds = ProblemKind::ALL.iter();
    let kind = kinds.find(|one| one.name() == kind).unwrap();
    assert_eq!(answer.status, kind.status().as_u16(), "{}", answer.text());
    assert!(answer.text().contains(kind.title()), "{}", answer.text());
}

#[track_caller]
fn refused(answer: &Answer, kind: &str) {
    says(answer, kind);
    let session = answer.headers.get_all("set-cookie").iter();
    let mut session = session.filter(|set| set.to_str().unwrap().starts_with("__Host-session="));
    assert!(session.next().is_none(), "{:?}", answer.headers);
}

/// The same of somebody for whom nobody vouches: it does not reach the log.
#[track_caller]
fn unknown(answer: &Answer) {
    refused(answer, "identity-refused");
    assert_eq!(answer.leaf(), None);
}

#[test]
fn somebody_comes_in_by_the_provider_and_is_a_member_of_nothing() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let browser = Browser::of(&vault);
    let page = browser.get("/console/sign-in?next=/console/cases");
    assert!(
        page.text().contains("Sign in with Example Ltd"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("href=\"/console/provider?next="));

    let begun = begin(&browser, "/console/cases");
    let asked = begun
        .strip_prefix(&format!("{}/auth?", provider.issuer))
        .unwrap();
    for part in [
        "response_type=code",
        "client_id=vault",
        "scope=openid%20profile",
        "code_challenge_method=S256",
    ] {
        assert!(asked.split('&').any(|one| one == part), "{part}: {asked}");
    }
    let brought = provider.sign_in(&begun, "ann:investigators");
    // The way back is from another site: a browser brings no cookie along, and nothing is done.
    let query: Vec<String> = brought
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(':', "%3A").replace('/', "%2F")))
        .collect();
    let cross = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
    ];
    let path = format!("{BACK}?{}", query.join("&"));
    let back = Browser::of(&vault)
        .get_with(&path, &cross)
        .assert_status(200);
    assert_eq!(back.leaf(), None);
    for name in ["code", "state", "iss"] {
        assert_eq!(
            field(&back.text(), name).as_deref(),
            Some(brought[name].as_str())
        );
    }
    assert_eq!(back.header("cache-control"), Some("no-store"));
    // The code stands in the form alone, in no link of the page.
    assert_eq!(back.text().matches(&brought["code"]).count(), 1);

    let entered = finish(&browser, &brought, "");
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_eq!(entered.header("location"), Some("/console/cases"));
    let [ann] = &accounts(&vault, "ext.ann")[..] else {
        panic!("one account");
    };
    assert_eq!((ann.1.as_str(), ann.2.as_str()), ("investigator", "active"));
    let said = leaf(&vault, &entered);
    assert_eq!(said["action"], "session.open", "{said}");
    assert_eq!(said["outcome"], "done", "{said}");
    assert_eq!(said["operator"], ann.0.as_str(), "{said}");
    let home = browser.get("/console").assert_status(200);
    assert!(home.text().contains("ext.ann"), "{}", home.text());
    browser.get("/console/cases").assert_status(200);
    let case = vault.open_case();
    browser
        .get(&format!("/console/cases/{case}"))
        .assert_status(404);
    // There is no password, and none can be set.
    let sign_in = vault.sign_in("ext.ann", "");
    sign_in.assert_problem(401, "wrong-credential");
    let change = [
        ("old_password", "x"),
        ("new_password", PASSWORD),
        ("again", PASSWORD),
    ];
    says(
        &browser.submit("/console/password", &change),
        "wrong-credential",
    );

    // The second time it is the same account, and the session before ends with the new one.
    let (_, again) = come(&vault, &provider, "ann:investigators,staff");
    assert_eq!(again.status, 303, "{}", again.text());
    assert_eq!(leaf(&vault, &again)["operator"], ann.0.as_str());
    assert_eq!(accounts(&vault, "ext.ann").len(), 1);
}

#[test]
fn an_answer_counts_once_in_the_browser_that_began_and_for_its_own_state() {
    let Some(provider) = Provider::start("RS256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let (attacker, victim) = (Browser::of(&vault), Browser::of(&vault));
    // A page of another site begins nothing, nor does a browser that looks ahead.
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[OWN, ("sec-purpose", "prefetch")],
    ] {
        let page = victim
            .get_with("/console/provider", headers)
            .assert_status(200);
        assert!(page.headers.get("set-cookie").is_none());
    }
    let brought = provider.sign_in(&begin(&attacker, "/console"), "eve:investigators");
    // Signing a victim in as somebody else: without a sign-in of their own, and with one.
    unknown(&finish(&victim, &brought, ""));
    let begun = begin(&victim, "/console");
    unknown(&finish(&victim, &brought, ""));
    // The code of another sign-in under the victim's own state: it does not go with the verifier.
    let own = provider.sign_in(&begun, "ann:investigators");
    let mut injected = own.clone();
    injected.insert("code".to_owned(), brought["code"].clone());
    unknown(&finish(&victim, &injected, ""));
    // That used the sign-in up.
    unknown(&finish(&victim, &own, ""));

    // An answer that is of another provider, or does not say of which.
    for issuer in ["https://other.example", ""] {
        let browser = Browser::of(&vault);
        let mut other = provider.sign_in(&begin(&browser, "/console"), "ann:investigators");
        other.insert("iss".to_owned(), issuer.to_owned());
        unknown(&finish(&browser, &other, ""));
    }
    // A form of another site.
    let browser = Browser::of(&vault);
    let good = provider.sign_in(
        &begin(&browser, "https://evil.example/"),
        "ann:investigators",
    );
    let fields = [
        ("code", good["code"].as_str()),
        ("state", &good["state"]),
        ("iss", &good["iss"]),
    ];
    let cross = [("sec-fetch-site", "cross-site")];
    refused(&browser.submit_with(BACK, &cross, &fields), "cross-site");
    // What is no answer.
    for query in [
        "",
        "?code=a",
        "?state=a",
        "?error=access_denied&state=a&code=b",
    ] {
        let answer = browser.get_with(&format!("{BACK}{query}"), &cross);
        unknown(&answer);
    }
    // All that did not end it. It goes on at a page of the vault, whatever the link said.
    let entered = finish(&browser, &good, "");
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_eq!(entered.header("location"), Some("/console"));
    unknown(&finish(&browser, &good, ""));

    // Too late here, and a token of another time there.
    let browser = Browser::of(&vault);
    let late = provider.sign_in(&begin(&browser, "/console"), "ann:investigators");
    vault.clock.advance_seconds(301);
    unknown(&finish(&browser, &late, ""));
    vault.clock.advance_seconds(7200);
    let (_, old) = come(&vault, &provider, "ann:investigators");
    unknown(&old);
}

#[test]
fn groups_say_what_somebody_is_and_a_change_ends_what_they_had() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    // No group that counts, or two that say different things: a denial with a leaf, and no account.
    for who in ["bob:staff", "bob:leads,investigators"] {
        let (_, answer) = come(&vault, &provider, who);
        refused(&answer, "identity-refused");
        let said = leaf(&vault, &answer);
        assert_eq!(said["outcome"], "denied", "{said}");
        assert_eq!(accounts(&vault, "ext.bob"), []);
    }
    // A required claim is absent: no token, no leaf.
    let (_, plain) = come(&vault, &provider, "bob:leads:plain");
    unknown(&plain);

    let (browser, entered) = come(&vault, &provider, "ann:investigators");
    assert_eq!(entered.status, 303, "{}", entered.text());
    let ann = accounts(&vault, "ext.ann").remove(0).0;
    let case = vault.open_case();
    let member = format!("/cases/{case}/members/{ann}");
    let named = json!({ "role": "investigator" });
    vault.lead().put(&member, &named).assert_status(200);
    let members = || {
        let list = vault.lead().get(&format!("/cases/{case}/members"));
        let list = list.assert_status(200).json();
        let all = list["members"].as_array().unwrap().clone();
        all.iter()
            .filter(|one| one["operator"] == ann.as_str())
            .count()
    };
    assert_eq!(members(), 1);
    browser.get("/console").assert_status(200);

    // Another role: nothing of the old one is left.
    let (promoted, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_eq!(browser.get("/console").status, 303);
    assert_eq!(members(), 0);
    assert_eq!(accounts(&vault, "ext.ann")[0].1, "lead");
    let query = json!({ "action": "operator.regroup" });
    let found = vault.auditor().post("/audit/leaves/search", &query);
    let found = found.assert_status(200).json();
    let regrouped = &found["leaves"][0];
    assert_eq!(found["leaves"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(regrouped["object"], ann.as_str(), "{regrouped}");
    assert_eq!(regrouped["outcome"], "done", "{regrouped}");
    promoted.get("/console").assert_status(200);

    // Out of all groups: refused, and what was open is closed.
    let (_, out) = come(&vault, &provider, "ann:staff");
    refused(&out, "identity-refused");
    assert_eq!(promoted.get("/console").status, 303);
    // Back in the same one: the same account.
    let (back, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());

    // An account that was ended stays so, whatever the provider says; no second one comes into being.
    vault
        .administrator()
        .delete(&format!("/operators/{ann}"))
        .assert_status(200);
    assert_eq!(back.get("/console").status, 303);
    let (_, ended) = come(&vault, &provider, "ann:leads");
    refused(&ended, "identity-refused");
    assert_eq!(accounts(&vault, "ext.ann").len(), 1);
}

/// What somebody is to read out, as a page of theirs shows it.
fn fingerprint(page: &str) -> String {
    let is_it = |text: &&[u8]| {
        let mut at = text.iter().enumerate();
        at.all(|(at, byte)| match at % 5 {
            4 => *byte == b'-',
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        })
    };
    let found = page.as_bytes().windows(14).find(is_it);
    String::from_utf8(found.unwrap().to_vec()).unwrap()
}

#[test]
fn a_lead_whom_only_the_provider_made_does_nothing_to_others_until_another_lead_knows_them() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let recovery = format!("/console/operators/{}/recovery", vault.operator(Who::Lead));
    let stated = [
        ("time", "2024-04-02T09:00:00Z"),
        ("reason", "a watch of my own"),
    ];
    // One who keeps the groups is two leads.
    let pair = ["ann:leads", "bob:leads"].map(|who| {
        let (browser, entered) = come(&vault, &provider, who);
        assert_eq!(entered.status, 303, "{}", entered.text());
        let page = browser.get("/console").assert_status(200).text();
        says(&browser.submit("/console/clock", &stated), "not-allowed");
        says(&browser.submit(&recovery, &[]), "not-allowed");
        (browser, fingerprint(&page))
    });
    let [(browser, heard), (other, others)] = pair;
    let id = |name: &str| accounts(&vault, name).remove(0).0;
    let (ann, bob) = (id("ext.ann"), id("ext.bob"));
    // A case of their own, in which one recognises the other, changes nothing.
    let fields = [
        ("title", "a case of one's own"),
        ("reference", "INC-1"),
        ("reason", "to be two people"),
    ];
    let opened = browser.submit("/console/cases/new", &fields);
    assert_eq!(opened.status, 303, "{}", opened.text());
    let to = opened.header("location").unwrap();
    let own = to.split('?').next().unwrap().to_owned();
    browser.get(&own).assert_status(200);
    let named = browser.submit(&format!("{own}/members/{bob}"), &[("role", "lead")]);
    assert_eq!(named.status, 303, "{}", named.text());
    let read_out = [
        ("fingerprint", others.as_str()),
        ("reason", "read out by telephone"),
    ];
    let path = format!("{own}/members/{bob}/recognition");
    let known = browser.submit(&path, &read_out);
    assert_eq!(known.status, 303, "{}", known.text());
    other.get(&own).assert_status(200);
    says(&other.submit("/console/clock", &stated), "not-allowed");
    says(&other.submit(&recovery, &[]), "not-allowed");
    let case = vault.open_case();
    let member = format!("/cases/{case}/members/{ann}");
    let named = json!({ "role": "investigator" });
    vault.lead().put(&member, &named).assert_status(200);
    says(&browser.submit(&recovery, &[]), "not-allowed");
    let body = json!({ "fingerprint": heard, "reason": "read out by telephone" });
    let known = vault.lead().post(&format!("{member}/recognition"), &body);
    known.assert_status(200);
    says(&browser.submit("/console/clock", &stated), "clock-right");
    assert_eq!(browser.submit(&recovery, &[]).status, 303);
    says(&other.submit(&recovery, &[]), "not-allowed");

    // Out of all groups and back again: a lead has to know them anew.
    let page = format!("/console/cases/{case}");
    browser.get(&page).assert_status(200);
    let (_, out) = come(&vault, &provider, "ann:staff");
    refused(&out, "identity-refused");
    let (back, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    says(&back.get(&page), "not-recognised");
    says(&back.submit(&recovery, &[]), "not-allowed");
}

#[test]
fn a_second_identity_of_a_lead_at_the_provider_is_not_the_second_person_for_that_lead() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let (browser, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    let page = browser.get("/console").assert_status(200).text();
    let read_out = json!({ "fingerprint": fingerprint(&page), "reason": "read out by telephone" });
    let ann = accounts(&vault, "ext.ann").remove(0).0;
    let case = vault.open_case();
    let member = format!("/cases/{case}/members/{ann}");
    let named = vault.lead().put(&member, &json!({ "role": "lead" }));
    assert_eq!(named.assert_status(200).member("state"), "given");
    let known = vault
        .lead()
        .post(&format!("{member}/recognition"), &read_out);
    known.assert_status(200);

    // What the lead asks for who recognised the account, it does not decide, and it is not told to.
    let second = vault.operator(Who::SecondLead);
    let of_second = format!("/cases/{case}/members/{second}");
    let named = vault.lead().put(&of_second, &json!({ "role": "lead" }));
    let membership = named.assert_status(200).member("membership");
    let until = vault.clock.now().plus_seconds(86_400).to_string();
    let more = json!({ "points": 10, "until": until, "reason": "many people asked" });
    let raise = vault.lead().post(&format!("/cases/{case}/raises"), &more);
    let raise = raise.assert_status(201).member("raise");
    let closing = vault.ask_move(&case, "close");
    let yes = [("decision", "approve"), ("reason", "it is the other me")];
    let home = browser.get("/console").assert_status(200).text();
    for request in [
        format!("/console/memberships/{membership}"),
        format!("/console/raises/{raise}"),
        format!("/console/moves/{closing}"),
    ] {
        browser.get(&request).assert_status(200);
        assert!(!home.contains(&request), "{request}: {home}");
        says(&browser.submit(&request, &yes), "recognised-by-asker");
    }
    let thaw = format!(
        "/console/cases/{case}/members/{}/thaw",
        vault.operator(Who::Lead)
    );
    let reason = [("reason", "it is the other me")];
    says(&browser.submit(&thaw, &reason), "recognised-by-asker");
    // Nor is it the second one who accepts a time.
    vault.clock.jump_seconds(86_400);
    let time = json!({ "time": "2024-04-03T09:00:00Z", "reason": "a watch of my own" });
    let accepted = vault.lead().post("/clock/acceptance", &time);
    assert_eq!(accepted.assert_status(200).json()["accepted"], false);
    let stated = [
        ("time", "2024-04-03T09:00:00Z"),
        ("reason", "a watch of my own"),
    ];
    says(
        &browser.submit("/console/clock", &stated),
        "recognised-by-asker",
    );
    vault.clock.jump_seconds(-86_400);

    // What it asks for itself, that lead decides; here, that there is another lead.
    let page = format!("/console{of_second}");
    assert_eq!(browser.submit(&page, &[("role", "lead")]).status, 303);
    let list = format!("/cases/{case}/memberships?state=requested");
    let list = vault.lead().get(&list).assert_status(200).json();
    let mut all = list["memberships"].as_array().unwrap().iter();
    let asked = all.find(|one| one["asked_by"] == "ext.ann").unwrap();
    let decision = format!(
        "/memberships/{}/decision",
        asked["membership"].as_str().unwrap()
    );
    let approve = json!({ "decision": "approve", "reason": "we work together" });
    vault.lead().post(&decision, &approve).assert_status(200);
    vault
        .recognise_by(&vault.lead(), &case, &vault.second_lead())
        .assert_status(200);
    // Once another lead knows whose account it is, it is somebody.
    let known = vault
        .second_lead()
        .post(&format!("{member}/recognition"), &read_out);
    known.assert_status(200);
    let decided = browser.submit(&format!("/console/moves/{closing}"), &yes);
    assert_eq!(decided.status, 303, "{}", decided.text());
    let read = vault.lead().get(&format!("/cases/{case}"));
    assert_eq!(read.assert_status(200).member("state"), "closed");
}

#[test]
fn a_lead_and_their_second_identity_are_one_person_whichever_of_them_comes_first() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let case = vault.open_case();
    vault.name_member(&case, Who::Custodian, "custodian", None);
    let (custodian, lead) = (vault.client(Who::Custodian), vault.lead());
    let (browser, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    let page = browser.get("/console").assert_status(200).text();
    let read_out = json!({ "fingerprint": fingerprint(&page), "reason": "read out by telephone" });
    let ann = accounts(&vault, "ext.ann").remove(0).0;
    let member = format!("/cases/{case}/members/{ann}");
    // And a third identity, for which nobody but the same lead stands. A lead who is alone names a custodian at once.
    let (third, entered) = come(&vault, &provider, "bea:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    let page = third.get("/console").assert_status(200).text();
    let of_third = json!({ "fingerprint": fingerprint(&page), "reason": "read out by telephone" });
    let bea = accounts(&vault, "ext.bea").remove(0).0;
    let beside = format!("/cases/{case}/members/{bea}");
    for (path, role) in [(&beside, "custodian"), (&member, "lead")] {
        let named = lead.put(path, &json!({ "role": role }));
        assert_eq!(named.assert_status(200).member("state"), "given");
    }
    for (path, read_out) in [(&member, &read_out), (&beside, &of_third)] {
        let known = lead.post(&format!("{path}/recognition"), read_out);
        known.assert_status(200);
    }

    // The second identity asks, and the lead decides: not where a case is closed, and it does not wait for them.
    let reason = [("reason", "it is the other me")];
    let asks = browser.submit(&format!("/console/cases/{case}/close"), &reason);
    assert_eq!(asks.status, 303, "{}", asks.text());
    let moves = lead.get(&format!("/cases/{case}/moves"));
    let moves = moves.assert_status(200).json();
    assert_eq!(moves["moves"][0]["asked_by"], "ext.ann", "{moves}");
    let closing = moves["moves"][0]["move"].as_str().unwrap();
    let waits = |client: &Client| {
        let inbox = client.get("/inbox").assert_status(200).json();
        let mut all = inbox["waiting"].as_array().unwrap().iter();
        all.any(|one| one["request"] == closing)
    };
    assert!(!waits(&lead) && waits(&custodian));
    let decision = format!("/moves/{closing}/decision");
    let yes = json!({ "decision": "approve", "reason": "the work is done" });
    lead.post(&decision, &yes)
        .assert_problem(403, "recognised-by-asker");
    let decided = third.submit(
        &format!("/console/moves/{closing}"),
        &[("decision", "approve"), ("reason", "the work is done")],
    );
    says(&decided, "recognised-by-asker");
    custodian.post(&decision, &yes).assert_status(200);
    let read = lead.get(&format!("/cases/{case}"));
    assert_eq!(read.assert_status(200).member("state"), "closed");
    vault.work_on(&case);

    // The lead whom an administrator suspended is not let in by the other name, nor the other name by the lead.
    vault
        .suspend(&case, Who::Administrator, Who::Lead)
        .assert_status(200);
    let lift = format!("/cases/{case}/members/{}/lift", vault.operator(Who::Lead));
    let members = browser.get(&format!("/console/cases/{case}/members"));
    assert!(!members.assert_status(200).text().contains(&lift));
    let lifted = browser.submit(&format!("/console{lift}"), &reason);
    says(&lifted, "recognised-by-asker");
    lead.get(&format!("/cases/{case}"))
        .assert_problem(404, "not-found");
    let own = vault.lift(&case, Who::Administrator, Who::Lead);
    own.assert_problem(403, "own-request");
    let administrator = vault.other_administrator();
    vault
        .lift_as(&case, &administrator, Who::Lead)
        .assert_status(200);
    let suspension = format!("{member}/suspension");
    let why = json!({ "reason": "a reason of the tests" });
    let suspended = vault.administrator().post(&suspension, &why);
    suspended.assert_status(200);
    lead.delete_with(&suspension, &why)
        .assert_problem(403, "recognised-by-asker");
    administrator
        .delete_with(&suspension, &why)
        .assert_status(200);
    browser
        .get(&format!("/console/cases/{case}"))
        .assert_status(200);

    // The second identity accepts a time first, and the lead is not the second one. Somebody else is.
    vault.clock.jump_seconds(86_400);
    let time = json!({ "time": "2024-04-03T09:00:00Z", "reason": "a watch of my own" });
    let stated = [
        ("time", "2024-04-03T09:00:00Z"),
        ("reason", "a watch of my own"),
    ];
    let proposed = browser.submit("/console/clock", &stated);
    assert_eq!(proposed.status, 303, "{}", proposed.text());
    let second = lead.post("/clock/acceptance", &time);
    second.assert_problem(403, "recognised-by-asker");
    let accepted = vault.second_lead().post("/clock/acceptance", &time);
    assert_eq!(accepted.assert_status(200).json()["accepted"], true);
}

#[test]
fn another_role_by_the_provider_stops_for_good_what_somebody_approved() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let case = vault.open_case();
    vault.name_member(&case, Who::Investigator, "investigator", None);
    let (investigator, lead) = (vault.client(Who::Investigator), vault.lead());
    let (browser, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    let page = browser.get("/console").assert_status(200).text();
    let read_out = json!({ "fingerprint": fingerprint(&page), "reason": "read out by telephone" });
    let ann = accounts(&vault, "ext.ann").remove(0).0;
    let member = format!("/cases/{case}/members/{ann}");
    let named = lead.put(&member, &json!({ "role": "lead" }));
    named.assert_status(200);
    let known = lead.post(&format!("{member}/recognition"), &read_out);
    known.assert_status(200);
    let wanted = json!({
        "number": "+447700900999",
        "purpose": "victim-inquiry",
        "reason": "the person asked for it",
    });
    let asked = investigator.post(&format!("/cases/{case}/erasures"), &wanted);
    let erasure = asked.assert_status(201).member("erasure");
    let yes = [("decision", "approve"), ("reason", "the person proved it")];
    let decided = browser.submit(&format!("/console/erasures/{erasure}"), &yes);
    assert_eq!(decided.status, 303, "{}", decided.text());
    let shown = || {
        let read = lead.get(&format!("/erasures/{erasure}"));
        read.assert_status(200).json()
    };
    assert_eq!(shown()["state"], "approved");
    let (_, entered) = come(&vault, &provider, "ann:investigators");
    assert_eq!(entered.status, 303, "{}", entered.text());
    let told = shown();
    assert_eq!(told["state"], "stopped", "{told}");
    assert_eq!(told["stopped"]["by"], "ext.ann", "{told}");
    let listed = vault.auditor().get(&format!("/requests/{erasure}/leaves"));
    let listed = listed.assert_status(200).json();
    let mut all = listed["leaves"].as_array().unwrap().iter();
    let ended = all.find(|one| one["action"] == "operator.regroup").unwrap();
    let path = format!("/audit/leaves/{}", ended["leaf"]);
    let told = vault.auditor().get(&path).assert_status(200).json();
    assert_eq!(
        told["detail"]["detail"]["found"]["requests"],
        json!([erasure]),
        "{told}"
    );
}

/// Enrols a passkey on the page for it.
fn enrol_with(browser: &Browser, key: &Authenticator) -> Answer {
    browser.get("/console/passkeys").assert_status(200);
    let begun = browser.submit("/console/passkeys/challenge", &[]);
    let made = key.make(&begun.assert_status(200).json());
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (nonce, client) = (text("nonce"), text("client_data"));
    let data = text("authenticator_data");
    let fields = [
        ("label", "a key"),
        ("nonce", nonce.as_str()),
        ("client_data", &client),
        ("authenticator_data", &data),
    ];
    browser.submit("/console/passkeys", &fields)
}

#[test]
fn a_lead_of_the_provider_enrols_a_passkey_first_and_comes_in_with_it_from_then_on() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&format!(
        "{}[sign_in]\npasskeys = \"required\"\n",
        provider.config()
    ));
    let key = Authenticator::new();
    let enrol = |browser: &Browser| enrol_with(browser, &key);
    let (browser, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    // Nothing else is done before that.
    says(&browser.get("/console/cases"), "passkey-needed");
    let (slow, entered) = come(&vault, &provider, "cid:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    let enrolled = enrol(&browser);
    assert_eq!(enrolled.status, 200, "{}", enrolled.text());
    browser.get("/console/cases").assert_status(200);
    // The provider alone is not enough any more.
    let (_, without) = come(&vault, &provider, "ann:leads");
    refused(&without, "assertion-needed");
    assert!(without.leaf().is_some());
    let with = |assertion: &str| {
        let other = Browser::of(&vault);
        let brought = provider.sign_in(&begin(&other, "/console"), "ann:leads");
        (finish(&other, &brought, assertion), other)
    };
    let challenge = || {
        vault
            .anonymous()
            .get("/sessions/challenge")
            .assert_status(200)
            .json()
    };
    let (wrong, _) = with(&Authenticator::new().sign(&challenge()));
    refused(&wrong, "assertion-refused");
    let (malformed, _) = with("no assertion");
    refused(&malformed, "assertion-refused");
    let (entered, other) = with(&key.sign(&challenge()));
    assert_eq!(entered.status, 303, "{}", entered.text());
    other.get("/console/cases").assert_status(200);

    // Whoever finds a session later has no password to give for a first passkey.
    vault.clock.advance_seconds(601);
    says(&enrol(&slow), "wrong-credential");
}

#[test]
fn after_a_reset_the_provider_alone_opens_a_session_that_enrols_a_passkey_and_does_nothing_else() {
    let Some(provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let (key, new) = (Authenticator::new(), Authenticator::new());
    let with = |key: &Authenticator| {
        let challenge = vault.anonymous().get("/sessions/challenge");
        let assertion = key.sign(&challenge.assert_status(200).json());
        let browser = Browser::of(&vault);
        let brought = provider.sign_in(&begin(&browser, "/console"), "ann:leads");
        finish(&browser, &brought, &assertion)
    };
    let (browser, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    enrol_with(&browser, &key).assert_status(200);
    let [ann] = &accounts(&vault, "ext.ann")[..] else {
        panic!("one account");
    };
    let reset = || {
        for by in [Who::SecondLead, Who::Administrator] {
            vault.reset(by, &ann.0).unwrap();
        }
    };
    reset();
    let (waits, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    for page in ["/console/cases", "/console/operators"] {
        says(&waits.get(page), "passkey-needed");
    }
    // Whoever comes with the old one takes the reset back.
    let entered = with(&key);
    assert_eq!(entered.status, 303, "{}", entered.text());
    says(&enrol_with(&waits, &new), "assertion-refused");
    let (_, without) = come(&vault, &provider, "ann:leads");
    refused(&without, "assertion-needed");
    reset();
    let (back, entered) = come(&vault, &provider, "ann:leads");
    assert_eq!(entered.status, 303, "{}", entered.text());
    enrol_with(&back, &new).assert_status(200);
    back.get("/console/cases").assert_status(200);
    refused(&with(&key), "assertion-refused");
    let entered = with(&new);
    assert_eq!(entered.status, 303, "{}", entered.text());
}

#[test]
fn a_provider_that_does_not_answer_lets_nobody_in_and_the_rest_goes_on() {
    let Some(mut provider) = Provider::start("ES256") else {
        return;
    };
    let vault = TestVault::with(&provider.config());
    let _ = provider.process.kill();
    let _ = provider.process.wait();
    let answer = Browser::of(&vault).get("/console/provider");
    says(&answer, "provider-unreachable");
    Browser::signed_in(&vault, Who::Investigator);
}

#[test]
fn without_a_provider_there_are_no_such_pages() {
    let browser = Browser::of(crate::support::shared());
    let page = browser.get("/console/sign-in").assert_status(200);
    assert!(
        !page.text().contains("/console/provider"),
        "{}",
        page.text()
    );
    browser.get("/console/provider").assert_status(404);
    browser.get(BACK).assert_status(404);
    let fields = [("code", "a"), ("state", "b"), ("iss", "c")];
    let sent = browser.submit_with(BACK, &[OWN], &fields);
    assert_eq!(sent.status, 404);
}
