//! A session's token becomes a caller.
//!
//! Sees tokens and their tags.

use super::unauthenticated::Unauthenticated;
use crate::vault::call::caller::Caller;
use crate::vault::door::Vault;
use crate::vault::identity::SessionToken;
use crate::vault::store::session_rows;

impl Vault {
    /// Whose token this is, if that is known without looking: nothing is read, and
    /// an asynchronous thread may ask. What the caller may do is decided at the door
    /// all the same, over the rows.
    pub fn recognise(&self, token: &SessionToken) -> Option<Caller> {
        let edition = self.core.editions.now()?;
        let tag = token.tag(self.core.keys().root_keys().token_tags());
        self.core.sessions.find(tag.as_bytes(), edition, |ends| {
            !self.core.clock.is_over(ends)
        })
    }

    /// Whose token this is, if its session lives.
    pub fn authenticate(&self, token: &SessionToken) -> Result<Caller, Unauthenticated> {
        self.core.control.intact()?;
        let edition = self.core.editions.now();
        let tag = token.tag(self.core.keys().root_keys().token_tags());
        let reader = self
            .core
            .readers
            .snapshot()
            .map_err(Unauthenticated::from)?;
        let connection = reader.connection().map_err(Unauthenticated::from)?;
        let row = session_rows::find_by_token(connection, tag.as_bytes())
            .map_err(|error| self.core.control.note_failure(error))?
            .ok_or(Unauthenticated::NoSession)?;
        if row.revoked {
            return Err(Unauthenticated::Revoked);
        }
        if self.core.clock.is_over(row.expires_at) {
            return Err(Unauthenticated::Expired);
        }
        if self.core.clock.is_over(row.idle_at) {
            return Err(Unauthenticated::Idle);
        }
        let ends_at = row.ends_at();
        let caller = Caller::operator(row.operator, row.id);
        if let Some(edition) = edition {
            self.core
                .sessions
                .keep(*tag.as_bytes(), edition, &caller, ends_at);
        }
        Ok(caller)
    }
}
