//! Blocks are sealed and staged beside the coding of rows: full groups go to a thread
//! of their own, emptied ones come back.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::begin::Begun;
use super::fault;
use super::group::{Group, Place};
use super::parts::Parts;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::ledger::Stager;

/// Groups that may wait; each is some 5 MiB.
const WAITING: usize = 2;

pub(super) struct Sealing {
    full: Option<SyncSender<(u32, Group)>>,
    /// Groups to be filled again.
    empty: Arc<Mutex<Vec<Group>>>,
    thread: Option<JoinHandle<Result<Parts, OperationError>>>,
}

impl Sealing {
    pub(super) fn start(
        core: Arc<Core>,
        keys: Arc<CaseKeys>,
        begun: Begun,
        stager: Stager,
    ) -> Result<Self, OperationError> {
        let (full, groups) = sync_channel::<(u32, Group)>(WAITING);
        let empty = Arc::new(Mutex::new(Vec::<Group>::new()));
        let back = Arc::clone(&empty);
        let work = move || {
            let mut parts = Parts::default();
            for (no, mut group) in groups {
                let place = Place {
                    core: &core,
                    keys: &keys,
                    case: &begun.case,
                    exhibit: &begun.exhibit,
                };
                let sealed = group.seal(&place, no)?;
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

    /// Hands a full group over and answers an empty one. Waits while enough groups do.
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
            // The thread has ended before its time: it says why.
            false => match self.end() {
                Err(error) => Err(error),
                Ok(_) => Err(OperationError::Internal("sealing has ended")),
            },
        }
    }

    /// Waits until everything handed over is staged; nothing is staged afterwards.
    pub(super) fn end(&mut self) -> Result<Parts, OperationError> {
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
