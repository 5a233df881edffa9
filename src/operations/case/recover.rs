//! A case whose leads are gone: the holders of two slots of the keyring name a new one. For a command on the host; it
//! is no route.

use crate::domain::OperatorId;
use crate::operations::Done;
use crate::operations::on_member::{ActOnMember, OnMember};
use crate::policy::actions;
use crate::vault::OperationError;
use crate::vault::identity::Fingerprint;
use crate::vault::scope::Scope;

/// Makes somebody the lead of a case that no lead can act in. It takes the fingerprint that they read out.
pub type RecoverCase = OnMember<NewLead>;

/// The lead of a case that no lead can act in.
pub enum NewLead {}

impl ActOnMember for NewLead {
    type Action = actions::RecoverCase;
    type With = Fingerprint;
    type Answer = Done;

    fn act(
        scope: &mut Scope<'_, Self::Action>,
        operator: &OperatorId,
        typed: &Fingerprint,
    ) -> Result<Done, OperationError> {
        scope.recover_case(operator, typed)?;
        Ok(Done)
    }
}
