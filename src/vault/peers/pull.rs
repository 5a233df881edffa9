//! Takes the keyring of another node, where the head of the log names another one than this node has.
//!
//! The head says generation and digest, authenticated, so any node may send it. It is taken only if the root that is in
//! memory opens it and no key of a case gets lost that the log does not call destroyed.

use std::time::Duration;

use super::ask::ask;
use super::tls::Tls;
use super::wire::Question;
use crate::vault::core::Core;
use crate::vault::node_key::NodeKey;

/// How long a node has to send it.
const WITHIN: Duration = Duration::from_secs(5);

/// Asks one node after the other, those that run first. Says whether this node has it then.
pub(super) fn pull(core: &Core, tls: &Tls) -> bool {
    let Some(wanted) = core.others.wanted() else {
        return false;
    };
    let generation = wanted.named.generation;
    let mut others = core.others.list();
    others.retain(|one| one.can_be_asked());
    others.sort_by_key(|one| !one.runs);
    for other in others {
        let answer = ask(tls, &other, Question::Keyring(generation), WITHIN);
        let Ok(Some(bytes)) = answer else {
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
        Ok(Ok(tls)) => pull(core, &tls),
        _ => false,
    }
}
