//! Machines: how one is added.
//!
//! A machine is a token of a script (`tokens.rs`) without a secret: what stands for it is a tag of the key of its
//! certificate, which a TLS handshake proves (`http/machine_door.rs`). Everything that ends a token ends it. One key is
//! one machine's as long as that is good; nobody is told whose.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Scope;
use super::tokens::TokenWanted;
use crate::domain::schema::MachineId;
use crate::domain::{Moment, SessionId};
use crate::policy::Writes;
use crate::vault::error::OperationError;
use crate::vault::identity::{MachineCertificate, SessionToken};
use crate::vault::store::session_rows::{self, SessionMeans};

/// A machine that somebody wants.
pub struct MachineWanted {
    /// What it is for, and for how long.
    pub for_what: TokenWanted,
    /// Its certificate, of which the key counts.
    pub certificate: MachineCertificate,
}

/// A machine that was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MachineAdded)]
pub struct MachineAddedView {
    /// Its id, as leaves have it in the place of a session's.
    #[schema(value_type = MachineId)]
    pub machine: SessionId,
    /// When it ends by itself.
    pub expires_at: Moment,
}

impl<A: Writes> Scope<'_, A> {
    /// Adds a machine of the caller, for actions that they may do.
    pub fn add_machine(
        &mut self,
        wanted: &MachineWanted,
    ) -> Result<MachineAddedView, OperationError> {
        let scope = self.wanted_scope(&wanted.for_what, SessionMeans::Machine)?;
        if !wanted.certificate.covers(self.now) {
            let rule = "must be good today: it has ended, or begins later";
            return Err(OperationError::invalid("certificate", rule));
        }
        let token = wanted.certificate.token();
        let tag = token.tag(self.core.keys().root_keys().token_tags());
        self.free(tag.as_bytes())?;
        let id = SessionId::of_machine(self.core.draw()?);
        let expires_at = self.keep_scope(&id, tag.as_bytes(), &scope, wanted.for_what.days)?;
        Ok(MachineAddedView {
            machine: id,
            expires_at,
        })
    }

    /// Makes sure that no machine has this key. One that has ended lets it go.
    fn free(&mut self, tag: &[u8]) -> Result<(), OperationError> {
        let Some(found) = session_rows::find_by_token(self.connection, tag)? else {
            return Ok(());
        };
        if !found.revoked && !self.core.clock.is_over(found.expires_at) {
            let rule = "must have a key that no machine here has";
            return Err(OperationError::invalid("certificate", rule));
        }
        let nobodys = SessionToken::draw(&*self.core.entropy)?.of_script();
        let nobodys = nobodys.tag(self.core.keys().root_keys().token_tags());
        session_rows::let_go(self.transaction()?, &found.id, nobodys.as_bytes())?;
        self.note_detail(json!({ "key_was_of": found.id }));
        Ok(())
    }
}
