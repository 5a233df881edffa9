//! What nodes say to each other past the database: one real PostgreSQL, real TLS between two nodes.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use breachvault::domain::CaseId;
use breachvault::operations::case::{OpenCase, ReadCase};
use breachvault::operations::key::{CarryOutSlotChange, DecideSlotChange, RequestSlotChange};
use breachvault::operations::record::LookUp;
use breachvault::operations::reveal::{DecideReveal, OpenReveal, RequestReveal};
use breachvault::vault::keyring::{LockedKeyring, Passphrase};
use breachvault::vault::{
    BookError, Caller, ControlFault, MarkFault, NodeAddress, OperationError, Paths, Refusal,
    Settings, ShredError, StartError, Vault,
};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, ResolvesClientCert};
use rustls::crypto::{CryptoProvider, verify_tls13_signature, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer,
    UnixTime,
};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    version,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::destruction::{carry_out, certificate, due};
use crate::directory::directory;
use crate::house::{self, House, PASSPHRASE, REASON, ask, log, numbers};
use crate::nodes::{
    ROWS, clock, is_sound, joined, leaf, look_up, nodes, open, proxy_before, second_administrator,
    sign_in, strike_off,
};
use crate::proxy::Does;
use crate::server::TestServer;

/// Settings of a node that others ask at this port; 0 is any.
fn speaking(port: u16) -> Settings {
    let listen = SocketAddr::from(([127, 0, 0, 1], port));
    let address = String::new();
    Settings {
        nodes: Some(NodeAddress { listen, address }),
        ..house::settings()
    }
}

/// A house with an exhibit, whose vault other nodes ask at this port.
pub(crate) fn speaking_house(server: &TestServer, port: u16) -> (House, TempDir) {
    let (house, room) = crate::postgresql::house(server, false);
    house.admit(log(ROWS, 1)).unwrap();
    house.vault.stop().unwrap();
    (again(house, speaking(port)), room)
}

/// The same house with its vault opened anew.
pub(crate) fn again(house: House, settings: Settings) -> House {
    let paths = house.paths();
    let House {
        vault,
        people,
        clock,
        directory,
    } = house;
    drop(vault);
    let vault = house::open_with(&paths, clock.clone(), settings).unwrap();
    House {
        vault,
        people,
        clock,
        directory,
    }
}

pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "in a minute not: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn node(vault: &Vault, name: &str) -> Value {
    let found = nodes(vault).into_iter().find(|node| node["name"] == name);
    found.unwrap()
}

pub(crate) fn opened(vault: &Vault, lead: &Caller) -> Result<CaseId, Refusal> {
    let body =
        json!({ "title": "Another supplier", "reference": "INC-2024-0401", "reason": REASON });
    let answer = ask::<OpenCase>(vault, lead, &[], body)?;
    Ok(answer["case"].as_str().unwrap().parse().unwrap())
}

pub(crate) fn reads(vault: &Vault, lead: &Caller, case: &CaseId) -> bool {
    ask::<ReadCase>(vault, lead, &[("case", case.as_str())], json!({})).is_ok()
}

fn cases_in(keyring: &Path) -> BTreeSet<CaseId> {
    let keyring = LockedKeyring::read(keyring).unwrap();
    let keyring = keyring.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
    keyring.unwrap().cases().cloned().collect()
}

#[test]
fn keyrings_go_from_node_to_node_and_two_that_change_at_once_lose_no_key() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = speaking_house(&server, 0);
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    let second = open(&other, speaking(0));
    look_up(&second, &people.investigator, case).unwrap();

    let made = opened(&house.vault, &people.lead).unwrap();
    until("the second node has the new case", || {
        reads(&second, &people.lead, &made)
    });
    let theirs = Paths::of(other.path()).keyring();
    assert_eq!(
        fs::read(house.paths().keyring()).unwrap(),
        fs::read(&theirs).unwrap()
    );
    assert!(!second.health().waits_for_keyring());
    is_sound(&second);
    let made = opened(&second, &people.lead).unwrap();
    until("the first node has the new case", || {
        reads(&house.vault, &people.lead, &made)
    });

    // Both at once, again and again: one of them has to wait each time.
    let both: Vec<CaseId> = thread::scope(|scope| {
        let opening = [&house.vault, &second].map(|vault| {
            scope.spawn(|| {
                let mut cases = Vec::new();
                until("this node opens its cases", || {
                    cases.extend(opened(vault, &people.lead));
                    cases.len() == 5
                });
                cases
            })
        });
        let opened = opening.map(|one| one.join().unwrap());
        opened.concat()
    });
    for vault in [&house.vault, &second] {
        for case in &both {
            until("each node has each case", || {
                reads(vault, &people.lead, case)
            });
        }
        until("a lookup is answered", || {
            look_up(vault, &people.investigator, case).is_ok()
        });
        is_sound(vault);
    }
    let all = cases_in(&house.paths().keyring());
    assert_eq!(all, cases_in(&theirs));
    assert!(both.iter().all(|case| all.contains(case)));

    // A node that was away takes it when it starts.
    second.stop().unwrap();
    drop(second);
    let made = opened(&house.vault, &people.lead).unwrap();
    let second = open(&other, speaking(0));
    assert!(reads(&second, &people.lead, &made));
    is_sound(&second);
    // One that nobody can send it does not start without it, as before.
    second.stop().unwrap();
    drop(second);
    opened(&house.vault, &people.lead).unwrap();
    house.vault.stop().unwrap();
    let started = house::open_with(&Paths::of(other.path()), clock(), speaking(0));
    assert!(started.is_err());
    assert_eq!(nodes(&again(house, speaking(0)).vault).len(), 2);
}

#[test]
fn after_a_new_root_a_node_says_what_to_bring_and_starts_with_that_and_no_less() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = speaking_house(&server, 0);
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    let second = open(&other, speaking(0));
    look_up(&second, &people.investigator, case).unwrap();
    let (one, two) = (
        sign_in(&house.vault, "archibald"),
        second_administrator(&house),
    );
    let wanted = json!({ "change": "rotate-root", "reason": REASON });
    ask::<RequestSlotChange>(&house.vault, &one, &[], wanted).unwrap();
    let yes = json!({ "decision": "approve", "reason": REASON });
    ask::<DecideSlotChange>(&house.vault, &two, &[], yes).unwrap();
    let reason = json!({ "reason": REASON });
    ask::<CarryOutSlotChange>(&house.vault, &one, &[], reason).unwrap();
    until("the root rotates to its end", || {
        matches!(house.vault.rotate_some(1), Ok(true))
    });
    // It cannot take that keyring from the other one, and knows it.
    until("the second node knows of the root", || {
        look_up(&second, &people.investigator, case).is_err() && second.health().waits_for_root()
    });
    assert!(!second.health().is_green() && !second.health().is_no_node());
    assert_eq!(second.health().damage(), None);
    drop(second);
    look_up(&house.vault, &people.investigator, case).unwrap();

    let paths = Paths::of(other.path());
    let start = || house::open_with(&paths, clock(), speaking(0));
    let bring = |name: &str| {
        // As `cp` does it: written beside, and renamed.
        let to = paths.keys().join(name);
        let beside = to.with_extension("copied");
        fs::copy(house.paths().keys().join(name), &beside).unwrap();
        fs::rename(&beside, to).unwrap();
    };
    let refused = start().err();
    let is_of_root = matches!(refused, Some(StartError::Control(ControlFault::OtherRoot)));
    assert!(is_of_root, "{refused:?}");
    bring("keyring");
    let refused = start().err();
    assert!(
        matches!(refused, Some(StartError::Mark(MarkFault::Foreign))),
        "{refused:?}"
    );
    bring("high-water-mark");
    let second = start().unwrap();
    look_up(&second, &people.investigator, case).unwrap();
    look_up(&house.vault, &people.investigator, case).unwrap();
    is_sound(&second);
    is_sound(&house.vault);
}

/// A key as it stands in `keys/node.key`.
fn key_of(directory: &Path) -> Vec<u8> {
    let text = fs::read_to_string(directory.join("keys/node.key")).unwrap();
    let body: String = text.lines().filter(|line| !line.contains('-')).collect();
    STANDARD.decode(body).unwrap()
}

/// Whoever connects, and takes any server.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>, bool);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        match self.1 {
            true => {
                let key = SubjectPublicKeyInfoDer::from(shown.as_ref());
                verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
            }
            false => verify_tls13_signature(message, shown, signed, algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = self.0.signature_verification_algorithms;
        algorithms.supported_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.1
    }
}

/// How somebody shows who they are.
enum Shows<'k> {
    Nothing,
    Key(&'k [u8]),
    Certificate(&'k [u8]),
}

/// What a node answers to this line of somebody.
fn answer(address: &str, shows: &Shows<'_>, line: &str) -> io::Result<Vec<u8>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let by_key = !matches!(shows, Shows::Certificate(_));
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(Arc::clone(&provider), by_key)));
    let private = |key: &[u8]| PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.to_vec()));
    let config = match shows {
        Shows::Nothing => builder.with_no_client_auth(),
        Shows::Key(key) => {
            let key = provider
                .key_provider
                .load_private_key(private(key))
                .unwrap();
            let public = key.public_key().unwrap().as_ref().to_vec();
            let own = CertifiedKey::new(vec![CertificateDer::from(public)], key);
            let own = AlwaysResolvesClientRawPublicKeys::new(Arc::new(own));
            let own: Arc<dyn ResolvesClientCert> = Arc::new(own);
            builder.with_client_cert_resolver(own)
        }
        Shows::Certificate(key) => {
            let pair = rcgen::KeyPair::try_from(*key).unwrap();
            let named = rcgen::CertificateParams::new(vec!["counts".to_owned()]).unwrap();
            let made = named.self_signed(&pair).unwrap().der().clone();
            builder
                .with_client_auth_cert(vec![made], private(key))
                .unwrap()
        }
    };
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let name = ServerName::try_from("node.invalid").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(line.as_bytes())?;
    stream.flush()?;
    let mut said = Vec::new();
    stream.read_to_end(&mut said)?;
    Ok(said)
}

const CHECKPOINT: &str = "breachvault nodes 1 checkpoint\n";

#[test]
fn a_node_answers_the_keys_of_other_nodes_and_nobody_else() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = speaking_house(&server, 0);
    let other = joined(&house, "second");
    let second = open(&other, speaking(0));
    let file = other.path().join("keys/node.key");
    let mode = file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let told = [node(&house.vault, "first"), node(&house.vault, "second")];
    assert_ne!(told[0]["key"], told[1]["key"]);
    let address = told[0]["address"].as_str().unwrap().to_owned();
    second.stop().unwrap();
    drop(second);

    let theirs = key_of(other.path());
    let asks = |shows: &Shows<'_>, line: &str| answer(&address, shows, line);
    until("the first node knows the second one", || {
        asks(&Shows::Key(&theirs), CHECKPOINT).is_ok_and(|said| !said.is_empty())
    });
    let said = asks(&Shows::Key(&theirs), CHECKPOINT).unwrap();
    assert!(said.len() > 100 && said[0] == 1);
    assert!(said[5..].starts_with(b"breachvault/"), "no checkpoint");
    // The keyring is the file, sealed as it is, and only the one that is there.
    let generation = node(&house.vault, "first")["keyring_generation"]
        .as_u64()
        .unwrap();
    let keyring = |generation: u64| format!("breachvault nodes 1 keyring {generation}\n");
    let said = asks(&Shows::Key(&theirs), &keyring(generation)).unwrap();
    assert_eq!(said[5..], fs::read(house.paths().keyring()).unwrap());
    let none = asks(&Shows::Key(&theirs), &keyring(generation + 1)).unwrap();
    assert_eq!(none, [0]);
    for line in ["GET / HTTP/1.1\r\n\r\n", "breachvault nodes 1 passphrase\n"] {
        let said = asks(&Shows::Key(&theirs), line);
        assert!(said.is_err() || said.unwrap().is_empty(), "{line}");
    }

    // Whoever proves no key is not kept for as long as a node may take.
    let mut idle = TcpStream::connect(&address).unwrap();
    let longest = Duration::from_secs(8);
    idle.set_read_timeout(Some(longest)).unwrap();
    let since = Instant::now();
    let ended = idle.read(&mut [0; 64]);
    assert!(ended.is_ok() && since.elapsed() < longest, "{ended:?}");

    // A stranger's key, nobody's, a machine's certificate, and the right key in a certificate.
    let mut stranger = theirs.clone();
    stranger.splice(16.., [7; 32]);
    let refused = |shows: &Shows<'_>| {
        let said = asks(shows, CHECKPOINT);
        assert!(said.is_err() || said.unwrap().is_empty());
    };
    refused(&Shows::Nothing);
    refused(&Shows::Key(&stranger));
    refused(&Shows::Certificate(&stranger));
    refused(&Shows::Certificate(&theirs));

    strike_off(&house, &told[1]["node"]);
    refused(&Shows::Key(&theirs));
    is_sound(&house.vault);
}

#[test]
fn a_destruction_waits_for_each_node_and_the_certificate_names_those_that_were_struck_off() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = speaking_house(&server, 0);
    let people = house.people.clone();
    let (other, _third) = (joined(&house, "second"), joined(&house, "third"));
    let second = open(&other, speaking(0));
    look_up(&second, &people.investigator, people.case.as_str()).unwrap();
    let destruction = due(&house);
    // It is away when the case ends.
    drop(second);
    carry_out(&house, &destruction);
    assert!(
        house
            .vault
            .shred()
            .is_err_and(|error| error == ShredError::Unconfirmed)
    );
    let waits = || {
        let told = certificate(&house.vault, &people.lead, people.case.as_str());
        assert_eq!(told["state"], "shredding");
        assert_eq!(told["note"], Value::Null);
        let names = told["waits_for"].as_array().unwrap().clone();
        let names = names.iter().map(|name| name.as_str().unwrap().to_owned());
        names.collect::<BTreeSet<String>>()
    };
    let names = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    assert_eq!(waits(), names(&["second", "third"]));
    let left = node(&house.vault, "first")["keyring_generation"].clone();
    assert!(!cases_in(&house.paths().keyring()).contains(&people.case));
    assert!(cases_in(&Paths::of(other.path()).keyring()).contains(&people.case));
    strike_off(&house, &node(&house.vault, "third")["node"]);
    assert_eq!(waits(), names(&["second"]));
    assert_eq!(house.vault.shred(), Err(ShredError::Unconfirmed));
    // What changes the keyring meanwhile is no part of it.
    opened(&house.vault, &people.lead).unwrap();

    let paths = Paths::of(other.path());
    let second = house::open_with(&paths, house.clock.clone(), speaking(0)).unwrap();
    assert!(!cases_in(&Paths::of(other.path()).keyring()).contains(&people.case));
    until("the destruction ends", || house.vault.shred() == Ok(1));
    let told = certificate(&house.vault, &people.lead, people.case.as_str());
    assert_eq!(told["state"], "signed");
    assert_eq!(told["waits_for"], Value::Null);
    assert_eq!(told["generation"], left);
    let note = told["note"].as_str().unwrap();
    let line = |name: &str| {
        let begins = format!("node {name} (");
        let found = note.lines().find(|line| line.starts_with(&begins));
        found.unwrap_or_else(|| panic!("{note}"))
    };
    for name in ["first", "second"] {
        assert!(line(name).ends_with("or later and has none left"), "{note}");
    }
    assert!(line("third").contains("struck off"), "{note}");
    is_sound(&house.vault);
    assert_eq!(second.health().damage(), None);
}

/// One that nobody uses at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_node_that_is_shown_a_copy_of_the_database_and_the_others_write_and_give_out_nothing_more() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    // The copy says of the first node where it was then.
    let first = free_port();
    let (house, _room) = speaking_house(&server, first);
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    let between = directory();
    let proxy = proxy_before(&server, &other, &between);
    let second = open(&other, speaking(0));
    let reveals: Vec<String> = (0..2).map(|no| approved(&house, no)).collect();
    show(&second, &people.investigator, &reveals[0]).unwrap();
    look_up(&house.vault, &people.investigator, case).unwrap();

    // Whoever runs the server copies the database as it is, and shows one of the nodes the copy from then on.
    let run = |sql: &str| server.sql("postgres", sql);
    run("ALTER DATABASE breach ALLOW_CONNECTIONS false");
    until("the database is copied", || {
        run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'breach'");
        let copy = "CREATE DATABASE copied TEMPLATE breach OWNER vault";
        server.psql("postgres", copy).status.success()
    });
    proxy.set(Does::Copy);
    run("ALTER DATABASE breach ALLOW_CONNECTIONS true");
    let vaults = [&house.vault, &second];
    until("both write on, and find it", || {
        vaults
            .map(|vault| {
                let _ = look_up(vault, &people.investigator, case);
                vault.health().is_forked()
            })
            .iter()
            .all(|found| *found)
    });
    for vault in vaults {
        assert_eq!(vault.health().damage(), Some("checkpoint"));
        assert!(!vault.health().is_green());
        let refused = look_up(vault, &people.investigator, case).map(drop);
        assert!(matches!(refused, Err(Refusal::Unaudited(_))), "{refused:?}");
        let refused = show(vault, &people.investigator, &reveals[1]);
        assert!(matches!(refused, Err(Refusal::Unaudited(_))), "{refused:?}");
        assert!(vault.stop().is_err());
    }
    drop(second);
    // The one that saw the right database goes on with it, and the other one does not start beside it with the copy.
    let house = again(house, speaking(first));
    look_up(&house.vault, &people.investigator, case).unwrap();
    is_sound(&house.vault);
    let started = house::open_with(&Paths::of(other.path()), clock(), speaking(0));
    let refused = started.err();
    assert!(
        matches!(refused, Some(StartError::Log(BookError::Forked))),
        "{refused:?}"
    );
    look_up(&house.vault, &people.investigator, case).unwrap();
    is_sound(&house.vault);
}

/// A reveal that somebody approved.
pub(crate) fn approved(house: &House, no: usize) -> String {
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let held = numbers(ROWS, 1, 4);
    let body = json!({
        "numbers": [held[no]], "purpose": "victim-inquiry", "reason": REASON,
    });
    let found = house.ask::<LookUp>(&people.investigator, &case, body);
    let subject = found.unwrap()["results"][0]["subject"].clone();
    let body = json!({ "subjects": [subject], "purpose": "victim-inquiry", "reason": REASON });
    let asked = house.ask::<RequestReveal>(&people.investigator, &case, body);
    let reveal = asked.unwrap()["reveal"].as_str().unwrap().to_owned();
    let yes = json!({ "decision": "approve", "reason": REASON });
    let ids = [("reveal", reveal.as_str())];
    house.ask::<DecideReveal>(&people.lead, &ids, yes).unwrap();
    reveal
}

pub(crate) fn show(vault: &Vault, who: &Caller, reveal: &str) -> Result<Value, Refusal> {
    ask::<OpenReveal>(vault, who, &[("reveal", reveal)], json!({}))
}

#[test]
fn no_reveal_is_opened_while_a_node_that_runs_does_not_answer() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = speaking_house(&server, 0);
    let people = house.people.clone();
    let other = joined(&house, "second");
    let second = open(&other, speaking(0));
    let reveals: Vec<String> = (0..2).map(|no| approved(&house, no)).collect();
    show(&house.vault, &people.investigator, &reveals[0]).unwrap();
    // It ends without a word, so its row says that it runs.
    drop(second);
    until("the first node finds it silent", || {
        house.vault.health().silent_nodes() == 1
    });
    let refused = show(&house.vault, &people.investigator, &reveals[1]);
    let Err(Refusal::Failed(OperationError::NodeSilent, receipt)) = refused else {
        panic!("{refused:?}");
    };
    let told = leaf(&house.vault, &people.auditor, receipt.leaf()).unwrap();
    assert_eq!(told["leaf"]["action"], "reveal.open");
    assert_eq!(told["leaf"]["outcome"], "failed");
    assert_eq!(told["leaf"]["kind"], "node-silent");
    // Whoever may not open it is refused as ever, and nobody is asked for it.
    let refused = show(&house.vault, &people.custodian, &reveals[1]);
    assert!(matches!(refused, Err(Refusal::Denied(..))), "{refused:?}");
    // Other work goes on.
    look_up(&house.vault, &people.investigator, people.case.as_str()).unwrap();
    // Once it has lapsed, it is not waited for.
    house.clock.advance_seconds(200);
    until("the reveal is opened", || {
        show(&house.vault, &people.investigator, &reveals[1]).is_ok()
    });
    is_sound(&house.vault);
}
