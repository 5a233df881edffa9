//! Takes the keyring of another node, where the head of the log names another one than this node has.
//!
//! The head says generation and digest, authenticated, so any node may send it. It is taken only if the root that is in
//! memory opens it and no key of a case gets lost that the log does not call destroyed.

use std::time::{Duration, Instant};

use super::ask::Asker;
use super::tls::Tls;
use super::wire::Question;
use crate::vault::core::Core;
use crate::vault::node_key::NodeKey;

/// How long a node has to send it.
const WITHIN: Duration = Duration::from_secs(5);
/// How long it is waited for all of them. The name of a host may take longer.
const WITHIN_ALL: Duration = Duration::from_millis(5500);

/// Asks all nodes at once, and takes the first file that is the one. Says whether this node has it then.
pub(super) fn pull(core: &Core, asker: &Asker) -> bool {
    let Some(wanted) = core.others.wanted() else {
        return false;
    };
    let generation = wanted.named.generation;
    let mut others = core.others.list();
    others.retain(|one| one.can_be_asked());
    others.sort_by_key(|one| !one.runs);
    let answers = asker.all(others, Question::Keyring(generation), WITHIN);
    let until = Instant::now() + WITHIN_ALL;
    while let Ok((other, answer)) =
        answers.recv_timeout(until.saturating_duration_since(Instant::now()))
    {
        let Some(bytes) = answer else {
            continue;
        };
        let (node, name) = (&other.id, &other.name);
        match core.take_keyring(&bytes, &wanted) {
            Ok(()) => {
                tracing::info!(%node, name, generation, "the keyring of another node was taken");
                return true;
            }
            Err(error) => {
                tracing::error!(%node, name, fault = %error, "the keyring of another node was not taken");
            }
        }
    }
    false
}

/// The same for a vault that is being opened.
pub(in crate::vault) fn take_keyring_at_start(core: &Core) -> bool {
    let speaks = core.node.is_some() && core.settings.nodes.is_some();
    if !speaks || core.others.wanted().is_none() {
        return false;
    }
    let tls = NodeKey::of(&core.paths, &*core.entropy).map(|key| Tls::of(&key));
    match tls {
        Ok(Ok(tls)) => pull(core, &Asker::new(tls)),
        _ => false,
    }
}
