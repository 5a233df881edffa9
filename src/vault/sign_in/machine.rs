//! The certificate of a machine becomes a caller.
//!
//! Its holder has proved its key in a TLS handshake; nothing here can check that again. It is looked up for each
//! request, so a machine that was ended is nobody at the next one, on whatever connection.

use super::unauthenticated::Unauthenticated;
use crate::vault::call::caller::Caller;
use crate::vault::door::Vault;
use crate::vault::identity::MachineCertificate;

impl Vault {
    /// Which machine this is, if that is known without looking: as [`Vault::recognise`].
    pub fn recognise_machine(&self, proved: &MachineCertificate) -> Option<Caller> {
        match proved.covers(self.core.clock.now()) {
            true => self.recognise(&proved.token()),
            false => None,
        }
    }

    /// Which machine this is, if it is one that is good. Outside its own time a certificate is nobody's.
    pub fn authenticate_machine(
        &self,
        proved: &MachineCertificate,
    ) -> Result<Caller, Unauthenticated> {
        match proved.covers(self.core.clock.now()) {
            true => self.authenticate(&proved.token()),
            false => Err(Unauthenticated::NoSession),
        }
    }
}
