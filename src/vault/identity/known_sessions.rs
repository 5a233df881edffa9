//! Sessions that were looked up since the last write, so that a request need not
//! read them again.
//!
//! Sees tags of tokens, in memory only. What the caller may do is decided at the
//! door all the same, over the rows.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::Moment;
use crate::vault::call::caller::Caller;
use crate::vault::call::edition::Edition;

/// Sessions that were looked up since anything was last written: no session can
/// have ended since but by its time. Holds tags of tokens.
#[derive(Default)]
pub(in crate::vault) struct KnownSessions(Mutex<Sessions>);

#[derive(Default)]
struct Sessions {
    edition: Option<Edition>,
    callers: HashMap<[u8; 32], (Caller, Moment)>,
}

impl KnownSessions {
    pub(in crate::vault) fn find(
        &self,
        token: &[u8; 32],
        edition: Edition,
        lives: impl FnOnce(Moment) -> bool,
    ) -> Option<Caller> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (caller, expires_at) = sessions.callers.get(token)?;
        (sessions.edition == Some(edition) && lives(*expires_at)).then(|| caller.clone())
    }

    pub(in crate::vault) fn keep(
        &self,
        token: [u8; 32],
        edition: Edition,
        caller: &Caller,
        expires_at: Moment,
    ) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.edition != Some(edition) || sessions.callers.len() >= MOST_SESSIONS {
            sessions.callers.clear();
            sessions.edition = Some(edition);
        }
        sessions.callers.insert(token, (caller.clone(), expires_at));
    }
}

const MOST_SESSIONS: usize = 4096;
