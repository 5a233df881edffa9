//! The thread that seals and stages blocks while rows are still being coded. It takes full groups and gives them back
//! empty.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::begun::Begun;
use super::exhibit_stager::ExhibitStager;
use super::fault;
use super::group::Group;
use super::part_digests::PartDigests;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Nonces;

/// How many full groups may wait; each has about 5 MiB.
const WAITING: usize = 2;

pub(super) struct Sealing {
    full: Option<SyncSender<(u32, Group)>>,
    /// Groups to be filled again.
    empty: Arc<Mutex<Vec<Group>>>,
    thread: Option<JoinHandle<Result<PartDigests, OperationError>>>,
}

impl Sealing {
    pub(super) fn start(
        core: Arc<Core>,
        keys: Arc<CaseKeys>,
        begun: Begun,
        stager: ExhibitStager,
    ) -> Result<Self, OperationError> {
        let (full, groups) = sync_channel::<(u32, Group)>(WAITING);
        let empty = Arc::new(Mutex::new(Vec::<Group>::new()));
        let back = Arc::clone(&empty);
        let work = move || {
            let mut parts = PartDigests::default();
            let mut nonces = Nonces::new(&*core.entropy);
            let exhibit_parts = ExhibitParts::of(&keys, &begun.exhibit);
            for (no, mut group) in groups {
                let sealed = group.seal(&exhibit_parts, &mut nonces, no)?;
                sealed.note(&mut parts);
                group.clear();
                back.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(group);
                let exhibit = begun.number;
                stager
                    .stage(move |connection| sealed.insert(connection, exhibit))
                    .map_err(fault::stage)?;
            }
            Ok(parts)
        };
        let thread = std::thread::Builder::new()
            .name("seal".to_owned())
            .spawn(work)
            .map_err(|_| OperationError::Internal("no thread to seal on"))?;
        Ok(Self {
            full: Some(full),
            empty,
            thread: Some(thread),
        })
    }

    /// Hands a full group over and answers an empty one. Blocks while [`WAITING`] groups wait already.
    pub(super) fn take(&mut self, no: u32, group: Group) -> Result<Group, OperationError> {
        let handed = match &self.full {
            Some(full) => full.send((no, group)).is_ok(),
            None => false,
        };
        match handed {
            true => {
                let mut empty = self.empty.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(empty.pop().unwrap_or_default())
            }
            // The thread ended early; its result says why.
            false => match self.end() {
                Err(error) => Err(error),
                Ok(_) => Err(OperationError::Internal("sealing has ended")),
            },
        }
    }

    /// Waits until everything that was handed over is staged. Nothing is staged afterwards.
    pub(super) fn end(&mut self) -> Result<PartDigests, OperationError> {
        self.full = None;
        let Some(thread) = self.thread.take() else {
            return Err(OperationError::Internal("sealing has ended"));
        };
        thread
            .join()
            .unwrap_or(Err(OperationError::Internal("a panic was caught")))
    }
}

impl Drop for Sealing {
    fn drop(&mut self) {
        self.full = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
