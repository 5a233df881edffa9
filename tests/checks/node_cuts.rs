//! The network between a node and the server, or between two nodes, is cut: silently, or with each connection closed.
//! Nobody gets anything through that node that the log does not have, the others go on, and when the network is back
//! the node goes on without a person.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use breachvault::domain::CaseId;
use breachvault::operations::case::ReadCase;
use breachvault::vault::{NodeAddress, OperationError, Refusal, Settings, Vault};
use serde_json::json;

use crate::directory::directory;
use crate::house::{self, ask, log};
use crate::nodes::{ROWS, is_sound, joined, look_up, open, proxy_before, verified};
use crate::peers::{again, approved, free_port, opened, reads, show, until};
use crate::proxy::{Does, Proxy};
use crate::server::TestServer;

/// How long an act may take that nothing comes back to: 10 seconds for a snapshot, 20 for the lock, and some more.
const ACT: Duration = Duration::from_secs(45);
/// How long a node may take to go on after the network is back.
const GOING_ON: Duration = Duration::from_secs(10);

/// How long something takes, which succeeds in the end.
fn takes(what: &str, succeeds: impl FnMut() -> bool) -> Duration {
    let since = Instant::now();
    until(what, succeeds);
    since.elapsed()
}

#[test]
fn a_node_cut_off_from_the_server_refuses_and_goes_on_without_a_person() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let (other, between) = (joined(&house, "second"), directory());
    let proxy = proxy_before(&server, &other, &between);
    let second = open(&other, house::settings());
    let asks = |vault: &Vault| look_up(vault, &people.investigator, case).map(|reply| reply.leaf);
    let mut last = asks(&second).unwrap();
    for cut in [Does::Cut, Does::Hold, Does::HoldFromCommit] {
        proxy.set(cut);
        let since = Instant::now();
        let refused = thread::scope(|scope| {
            let asking = scope.spawn(|| asks(&second));
            // The other node goes on meanwhile, also where the one that is cut off has the lock of the head.
            while !asking.is_finished() {
                let since = Instant::now();
                asks(&house.vault).unwrap();
                assert!(since.elapsed() < Duration::from_secs(10), "{cut:?}");
                thread::sleep(Duration::from_millis(100));
            }
            asking.join().unwrap()
        });
        let took = since.elapsed();
        assert!(
            matches!(refused, Err(Refusal::Unaudited(_))),
            "{cut:?}: {refused:?}"
        );
        assert!(took < ACT, "{cut:?}: {took:?}");
        until("readiness fails", || !second.health().is_green());
        // What only reads is not answered either: it would have no leaf.
        if cut == Does::Cut {
            let ids = [("case", case)];
            let read = ask::<ReadCase>(&second, &people.lead, &ids, json!({}));
            assert!(
                matches!(read, Err(Refusal::Unaudited(_) | Refusal::Failed(..))),
                "{read:?}"
            );
        }
        proxy.set(Does::Pass);
        let back = takes("the node is answered again", || asks(&second).is_ok());
        println!("{cut:?}: refused after {took:.1?}, goes on {back:.1?} after the network is back");
        assert!(back < GOING_ON, "{cut:?}: {back:?}");
        let next = asks(&second).unwrap();
        assert!(next > last, "{cut:?}");
        last = next;
        is_sound(&second);
        is_sound(&house.vault);
    }
    verified(&[house.directory.path(), other.path()]);
}

/// Settings of a node that others ask through a proxy.
fn behind(listens: u16, proxy: u16) -> Settings {
    let listen = SocketAddr::from(([127, 0, 0, 1], listens));
    let address = format!("127.0.0.1:{proxy}");
    Settings {
        nodes: Some(NodeAddress { listen, address }),
        ..house::settings()
    }
}

#[test]
fn nodes_cut_off_from_each_other_give_no_reveal_out_and_go_on_without_a_person() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    house.vault.stop().unwrap();
    // Each is asked by way of a proxy of its own, so that both ways are cut.
    let ports = [free_port(), free_port()];
    let [(to_first, first), (to_second, second)] = ports.map(Proxy::at_port);
    let house = again(house, behind(ports[0], first));
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    let second = open(&other, behind(ports[1], second));
    let (nodes, proxies) = ([&house.vault, &second], [&to_first, &to_second]);
    let all_hear = || nodes.iter().all(|vault| vault.health().silent_nodes() == 0);
    for (no, cut) in [Does::Cut, Does::Hold].into_iter().enumerate() {
        until("each hears of the other", all_hear);
        let reveal = approved(&house, no);
        proxies.iter().for_each(|proxy| proxy.set(cut));
        until("both find the other silent", || {
            nodes.iter().all(|vault| vault.health().silent_nodes() == 1)
        });
        for vault in nodes {
            let refused = show(vault, &people.investigator, &reveal);
            let is_it = matches!(refused, Err(Refusal::Failed(OperationError::NodeSilent, _)));
            assert!(is_it, "{cut:?}: {refused:?}");
            // What needs no other node goes on, and readiness does.
            look_up(vault, &people.investigator, case).unwrap();
            assert!(vault.health().is_green(), "{cut:?}");
        }
        // A key that the other one has not got is one that it asks for until it has it.
        let made: CaseId = opened(&house.vault, &people.lead).unwrap();
        assert!(!reads(&second, &people.lead, &made));
        let refused = look_up(&second, &people.investigator, case);
        assert!(matches!(refused, Err(Refusal::Unaudited(_))), "{cut:?}");
        until("it says what it waits for", || {
            second.health().waits_for_keyring() && !second.health().is_green()
        });

        proxies.iter().for_each(|proxy| proxy.set(Does::Pass));
        let keys = takes("the new key is there", || {
            reads(&second, &people.lead, &made)
        });
        let hears = takes("each hears of the other again", all_hear);
        let shown = takes("the reveal is opened", || {
            show(&second, &people.investigator, &reveal).is_ok()
        });
        println!(
            "{cut:?}: keys after {keys:.1?}, heard after {hears:.1?}, shown after {shown:.1?}"
        );
        assert!(keys + hears + shown < 4 * GOING_ON, "{cut:?}");
        nodes.iter().for_each(|vault| is_sound(vault));
    }
    verified(&[house.directory.path(), other.path()]);
}
