//! A case whose leads are gone gets another one, by the holders of two slots of the keyring.

use serde_json::json;

use super::Scope;
use crate::domain::{CaseRole, OperatorId};
use crate::policy::{CaseState, Denial, Writes};
use crate::vault::budget::alarm::Alarm;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::identity::Fingerprint;
use crate::vault::store::membership_rows;

impl<A: Writes> Scope<'_, A> {
    /// Makes somebody a lead of a case in which no lead can act any more, and recognises them. Only while the vault is
    /// open by the holders of two slots of its keyring, where it has two or more: whoever can open it alone could read
    /// the case anyway.
    pub fn recover_case(
        &mut self,
        operator: &OperatorId,
        typed: &Fingerprint,
    ) -> Result<(), OperationError> {
        self.not_oneself(operator)?;
        let slots = {
            let keys = self.core.keys();
            keys.has_its_holders().then(|| keys.opened_slots())
        };
        let Some(slots) = slots else {
            return Err(self.deny(Denial::NotAllowed));
        };
        let case = self.case_row()?;
        if self.core.is_destroyed(case) {
            return Err(OperationError::Conflict(Conflict::CaseState(
                CaseState::Destroyed,
            )));
        }
        if !self.acting_leads(case)?.is_empty() {
            return Err(self.deny(Denial::NotAllowed));
        }
        self.check_operator(operator)?;
        if self.lacks_for(CaseRole::Lead, operator)? {
            let rule = "must have the second factor or passkey that a lead needs: whoever has their password could \
                        otherwise set it up";
            return Err(OperationError::invalid("operator", rule));
        }
        self.check_fingerprint(operator, typed)?;
        let before = membership_rows::find(self.connection, case.number, operator)?;
        let lead = CaseRole::Lead;
        self.stop_beyond(case, operator, lead)?;
        let transaction = self.transaction()?;
        membership_rows::upsert(transaction, case.number, operator, lead, None)?;
        let by = self.operator()?;
        membership_rows::recognise(transaction, case.number, operator, by, self.now)?;
        let before = before.map(|member| member.role.as_str());
        self.add_detail(json!({ "slots": slots, "role_before": before }));
        self.notes.alarm = Some(Alarm::CaseRecovered);
        Ok(())
    }
}
