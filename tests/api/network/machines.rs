//! Machines: a client proves a key in the TLS handshake, at an address of their own.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use breachvault::vault::clock::{Clock as _, SystemClock};
use breachvault::vault::identity::MachineCertificate;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, version};
use tokio_rustls::TlsConnector;
use ureq::http::Method;

use crate::machine::{MACHINES, add, incident};
use crate::outside;
use crate::support::{Client, Incident, Machine, TestVault, Wire, shared};
use crate::token::member;

const PEOPLE: &str = include_str!("../../../docs/people.md");

fn get(path: &str) -> Vec<u8> {
    format!("GET /api/v1{path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes()
}

/// A machine that may read the case, and who may end it.
fn of_somebody(incident: &Incident) -> (Client, Machine, String) {
    let owner = member(incident, "investigator");
    let machine = Machine::new();
    let added = add(&owner, &machine, &["case.read"], Some(&incident.case));
    (owner, machine, added.member("machine"))
}

#[test]
fn a_machine_is_known_over_http_1_and_2_and_whoever_is_not_is_like_nobody() {
    let incident = incident();
    let (owner, machine, id) = of_somebody(&incident);
    let case = incident.of_case("");
    let read = machine.client(&incident).get(&case).assert_status(200);
    assert_eq!(incident.leaf(read.leaf().unwrap())["session"], id.as_str());

    // A certificate that nobody handed in, and none: the same answer.
    let nobody = incident.client_at_machines();
    let none = nobody.get(&case).assert_problem(401, "unauthenticated");
    let unknown = Machine::new().client(&incident).get(&case);
    assert_eq!(unknown.comparable(), none.comparable());
    // Where people come, a machine is nobody either, and a token is good at both addresses.
    let elsewhere = incident.anonymous().get(&case);
    assert_eq!(elsewhere.comparable(), none.comparable());
    let token = crate::token::make(&owner, &["case.read"], None).member("secret");
    for at in [&nobody, &incident.anonymous()] {
        at.with_token(&token).get(&case).assert_status(200);
    }
    // Beside another credential a certificate is nobody's, and so is the other one.
    let client = machine.client(&incident);
    let bearer = format!("Bearer {token}");
    for (name, value) in [
        ("authorization", bearer.as_str()),
        ("authorization", "Basic YTpi"),
        ("cookie", "a=b"),
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let path = format!("/api/v1{case}");
        let both = client.send(Method::GET, &path, &[(name, value)], &[]);
        assert_eq!(both.comparable(), none.comparable(), "{name}: {value}");
    }
    // There are no pages where machines come.
    for path in ["/console", "/console/sign-in"] {
        for at in [&nobody, &client] {
            assert_eq!(at.send(Method::GET, path, &[], &[]).status, 404, "{path}");
        }
        let page = incident.anonymous().send(Method::GET, path, &[], &[]);
        assert_ne!(page.status, 404, "{path}");
    }

    over_http_2(&incident, &owner, &machine, &id);
}

/// On one connection, which stays open when the machine is ended.
fn over_http_2(incident: &Incident, owner: &Client, machine: &Machine, id: &str) {
    let mut config = ClientConfig::clone(&machine.config(incident));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connector = TlsConnector::from(Arc::new(config));
    let url = format!("https://localhost/api/v1{}", incident.of_case(""));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let socket = tokio::net::TcpStream::connect(incident.machines());
        let name = ServerName::try_from("localhost").unwrap();
        let tls = connector
            .connect(name, socket.await.unwrap())
            .await
            .unwrap();
        let (mut requests, connection) = h2::client::handshake(tls).await.unwrap();
        tokio::spawn(connection);
        for (bearer, status) in [(None, 200), (Some("Bearer x"), 401), (None, 200)] {
            requests = requests.ready().await.unwrap();
            let mut request = http::Request::get(&url);
            if let Some(bearer) = bearer {
                request = request.header("authorization", bearer);
            }
            let request = request.body(()).unwrap();
            let (response, _) = requests.send_request(request, true).unwrap();
            assert_eq!(response.await.unwrap().status(), status, "{bearer:?}");
        }
        let (owner, path) = (owner.clone(), format!("/machines/{id}"));
        let ended = tokio::task::spawn_blocking(move || owner.delete(&path).status);
        assert_eq!(ended.await.unwrap(), 200);
        requests = requests.ready().await.unwrap();
        let request = http::Request::get(&url).body(()).unwrap();
        let (response, _) = requests.send_request(request, true).unwrap();
        assert_eq!(response.await.unwrap().status(), 401);
    });
}

#[test]
fn a_copied_certificate_without_its_key_ends_no_handshake() {
    let incident = incident();
    let (owner, machine, _) = of_somebody(&incident);
    let ask = get(&incident.of_case(""));
    let thief = Machine::new();
    let config = machine.config_with_key_of(&incident, &thief);
    let mut wire = Wire::with(incident.machines(), &[], config);
    wire.try_send(&ask);
    assert_eq!(wire.read_all(), "");
    let used = owner.get("/machines").json()["machines"][0]["used_at"].clone();
    assert!(used.is_null(), "{used}");
    let mut wire = machine.wire(&incident);
    wire.send(&ask);
    assert!(wire.read_answer().starts_with("HTTP/1.1 200"));
}

#[test]
fn a_certificate_counts_in_its_own_time_and_a_renewed_one_is_the_same_machine() {
    let incident = incident();
    let owner = member(&incident, "investigator");
    // It is the second of April.
    let machine = Machine::new().until(2024);
    add(&owner, &machine, &["case.read"], None);
    let case = incident.of_case("");
    let mut wire = machine.wire(&incident);
    wire.send(&get(&case));
    assert!(wire.read_answer().starts_with("HTTP/1.1 200"));
    incident.clock.advance_seconds(86_400);
    let none = incident.client_at_machines().get(&case);
    let none = none.assert_problem(401, "unauthenticated");
    let ended = machine.client(&incident).get(&case);
    assert_eq!(ended.comparable(), none.comparable());
    // On the connection that was open, too.
    wire.send(&get(&case));
    assert!(wire.read_answer().starts_with("HTTP/1.1 401"));
    let renewed = machine.until(2030).client(&incident);
    renewed.get(&case).assert_status(200);
}

#[test]
fn nobody_is_asked_for_a_certificate_but_at_the_address_for_machines() {
    let machine = Machine::new();
    assert!(shared().machines_at.is_none());
    assert!(!machine.is_asked_at(shared(), shared().address));
    let toml = format!("{MACHINES}[tls]\nallow_tls_1_2 = true\n");
    let vault = TestVault::with(&toml);
    assert!(!machine.is_asked_at(&vault, vault.address));
    assert!(machine.is_asked_at(&vault, vault.machines()));

    // TLS 1.2 would send the certificate in the clear.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let old = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS12])
        .unwrap()
        .with_root_certificates(crate::support::roots(&vault))
        .with_no_client_auth();
    let old = Arc::new(old);
    let answered = |address: SocketAddr| {
        let mut wire = Wire::with(address, &[], Arc::clone(&old));
        let ask = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        wire.try_send(ask) && wire.read_all().starts_with("HTTP/1.1 200")
    };
    assert!(answered(vault.address));
    assert!(!answered(vault.machines()));

    // Each connection proves the key anew.
    let resumed = |address: SocketAddr| {
        let config = machine.config(&vault);
        let wires = [0, 1].map(|_| {
            let mut wire = Wire::with(address, &[], Arc::clone(&config));
            wire.send(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
            assert!(wire.read_answer().starts_with("HTTP/1.1 200"));
            wire
        });
        wires[1].is_resumed()
    };
    assert!(resumed(vault.address));
    assert!(!resumed(vault.machines()));
}

#[test]
fn an_authority_signs_the_certificates_of_machines_where_one_is_configured() {
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        (Issuer::new(params, key), pem)
    };
    let ((ours, pem), (theirs, _)) = (authority("ours"), authority("theirs"));
    let room = tempfile::tempdir().unwrap();
    let ca = room.path().join("machines.crt");
    fs::write(&ca, pem).unwrap();
    let toml = format!("{MACHINES}[tls]\nmachine_ca = {:?}\n", ca.to_str().unwrap());
    let vault = TestVault::with(&toml);
    let owner = vault.newcomer_with_code("lead");
    let machine = Machine::new().signed_by(&ours);
    add(&owner, &machine, &["audit.vkey"], None);
    let answer = |machine: &Machine| {
        let mut wire = machine.wire(&vault);
        wire.try_send(&get("/audit/vkey"));
        wire.read_answer()
    };
    assert!(answer(&machine).starts_with("HTTP/1.1 200"));
    // A signed one whose key nobody handed in is nobody's.
    let unknown = Machine::new().signed_by(&ours);
    assert!(answer(&unknown).starts_with("HTTP/1.1 401"));
    // The right key in a certificate that somebody else signed, or that signed itself.
    let machine = machine.signed_by(&theirs);
    assert_eq!(answer(&machine), "");
    assert_eq!(answer(&machine.until(4000)), "");
    // Whoever shows none may still come with a token.
    let token = crate::token::wanted(&["audit.vkey"], None);
    let token = owner
        .post("/tokens", &token)
        .assert_status(201)
        .member("secret");
    let script = vault.client_at_machines().with_token(&token);
    script.get("/audit/vkey").assert_status(200);
}

/// A connection from another address of this machine.
fn from(source: &str, to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let connected = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(source.parse().unwrap()).unwrap();
        socket.connect(to).await.unwrap()
    });
    let socket = connected.into_std().unwrap();
    socket.set_nonblocking(false).unwrap();
    let limit = Some(Duration::from_secs(20));
    socket.set_read_timeout(limit).unwrap();
    socket
}

#[test]
fn unknown_certificates_are_throttled_like_strangers_behind_a_proxy_too() {
    let toml = "[serve]\nmachines = \"127.0.0.1:0\"\nproxies = [\"127.0.0.2\"]\n[limits]\n\
                stranger_burst = 30\nstranger_per_minute = 1\n";
    let vault = TestVault::with(toml);
    let owner = vault.newcomer_with_code("lead");
    let machine = Machine::new();
    add(&owner, &machine, &["audit.vkey"], None);
    let behind = |machine: &Machine, source: &str| {
        let socket = from("127.0.0.2:0", vault.machines());
        let first = super::proxies::header(source);
        Wire::on(socket, &first, machine.config(&vault))
    };
    let mut flood = behind(&Machine::new(), "192.0.2.1:1");
    let mut answered = 0;
    loop {
        flood.send(&get("/audit/vkey"));
        let told = flood.read_answer();
        if told.starts_with("HTTP/1.1 429") {
            break;
        }
        assert!(told.starts_with("HTTP/1.1 401"), "{told}");
        answered += 1;
        assert!(answered < 100, "they are not counted");
    }
    assert!(answered >= 30, "{answered}");
    // A machine that is known is not held up by it, and another address is another one's.
    for (who, source, status) in [
        (&machine, "192.0.2.1:2", "200"),
        (&Machine::new(), "192.0.2.1:3", "429"),
        (&Machine::new(), "192.0.2.7:1", "401"),
    ] {
        let mut wire = behind(who, source);
        wire.send(&get("/audit/vkey"));
        let told = wire.read_answer();
        assert!(
            told.starts_with(&format!("HTTP/1.1 {status}")),
            "{source}: {told}"
        );
    }
}

#[test]
fn a_machine_keeps_its_place_and_both_addresses_share_them() {
    let toml = format!("{MACHINES}[limits]\naddress_connections = 8\nheader_s = 60\n");
    let vault = TestVault::with(&toml);
    let owner = vault.newcomer_with_code("lead");
    let machine = Machine::new();
    add(&owner, &machine, &["audit.vkey"], None);
    let mut own: Vec<Wire> = (0..2).map(|_| machine.wire(&vault)).collect();
    for wire in &mut own {
        wire.send(&get("/audit/vkey"));
        assert!(wire.read_answer().starts_with("HTTP/1.1 200"));
    }
    let stranger = Machine::new();
    let mut strangers = Vec::new();
    for no in 0..24 {
        let at = [vault.address, vault.machines()][no % 2];
        let mut wire = Wire::with(at, &[], stranger.config(&vault));
        if wire.try_send(b"GET /healthz HTTP/1.1\r\n") {
            strangers.push(wire);
        }
    }
    for wire in &mut own {
        wire.send(&get("/audit/vkey"));
        let told = wire.read_answer();
        assert!(
            told.starts_with("HTTP/1.1 200"),
            "a machine was closed: {told}"
        );
    }
    let held = strangers
        .iter_mut()
        .map(|wire| wire.try_send(b"host: localhost\r\n\r\n") && !wire.read_some().is_empty())
        .filter(|alive| *alive)
        .count();
    assert!(
        (1..=6).contains(&held),
        "{held} strangers hold a connection"
    );
}

/// Writes a machine's two files; the key is its owner's alone.
fn files(machine: &Machine, room: &Path) -> [String; 2] {
    let (certificate, key) = (room.join("counts.crt"), room.join("counts.key"));
    fs::write(&certificate, machine.pem()).unwrap();
    fs::write(&key, machine.key_pem()).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    [certificate, key].map(|path| path.to_str().unwrap().to_owned())
}

#[test]
fn curl_asks_with_a_certificate_and_openssl_makes_one_as_the_page_says() {
    let incident = incident();
    let (_, machine, _) = of_somebody(&incident);
    let room = tempfile::tempdir().unwrap();
    let ca = incident.paths.keys().join("ca.crt");
    let url = format!(
        "https://localhost:{}/api/v1{}",
        incident.machines().port(),
        incident.of_case("")
    );
    let curl = |certificate: &str, key: &str, http: &str| {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error", http, "--cacert"])
            .arg(&ca)
            .args(["--cert", certificate, "--key", key])
            .args(["--write-out", "\n%{http_code} %{http_version}", &url]);
        let output = outside::run(&mut command)?;
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{http}: {wrong}");
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let [certificate, key] = files(&machine, room.path());
    for (http, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
        let Some(said) = curl(&certificate, &key, http) else {
            return;
        };
        assert!(said.contains(&incident.case), "{said}");
        assert!(said.ends_with(&format!("200 {version}")), "{said}");
    }

    let made = PEOPLE.split("```sh\n").find_map(|block| {
        let at = block.find("openssl req ")?;
        block[at..].split("```").next()
    });
    let made = made.unwrap().lines().map(str::trim).collect::<Vec<_>>();
    let room = tempfile::tempdir().unwrap();
    let [certificate, key] = ["counts.crt", "counts.key"]
        .map(|name| room.path().join(name).to_str().unwrap().to_owned());
    let mut command = Command::new("sh");
    command
        .args(["-ec", &made.join("\n")])
        .current_dir(room.path());
    let output = outside::run(&mut command).unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{wrong}");
    let pem = fs::read_to_string(&certificate).unwrap();
    let read = MachineCertificate::parse(&pem).unwrap();
    assert!(read.covers(SystemClock.now()));
    let mode = fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    // Nobody handed it in, so it proves its key and is nobody's.
    let said = curl(&certificate, &key, "--http1.1").unwrap();
    assert!(said.ends_with("401 1.1"), "{said}");
}

#[test]
fn the_shell_asks_with_a_certificate_and_refuses_a_key_that_others_can_read() {
    let incident = incident();
    let (_, machine, _) = of_somebody(&incident);
    let room = tempfile::tempdir().unwrap();
    let [certificate, key] = files(&machine, room.path());
    let run = |by_environment: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_breachvault"));
        command
            .env_clear()
            .args(["case", "show", &incident.case, "--json"])
            .args([
                "--server",
                &format!("https://localhost:{}", incident.machines().port()),
            ])
            .arg("--ca-file")
            .arg(incident.paths.keys().join("ca.crt"));
        match by_environment {
            true => command
                .env("BREACHVAULT_CERTIFICATE_FILE", &certificate)
                .env("BREACHVAULT_KEY_FILE", &key),
            false => command.args(["--certificate-file", &certificate, "--key-file", &key]),
        };
        command.output().unwrap()
    };
    for by_environment in [false, true] {
        let output = run(by_environment);
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{wrong}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(&incident.case), "{said}");
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let output = run(false);
    assert_eq!(output.status.code(), Some(2));
    let wrong = String::from_utf8(output.stderr).unwrap();
    assert!(
        wrong.contains("--key-file") && wrong.contains("refused"),
        "{wrong}"
    );
}
