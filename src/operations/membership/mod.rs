//! Roles in a case that two leads give: one lead asks by naming a member (`case::NameMember`), and another one
//! decides.

pub(crate) mod docs;
mod request;

pub use request::{NameMemberInput, NamedMember, NamedState};

use crate::operations::two_person::{Decide, List, Read};
use crate::vault::scope::requests::Membership;

/// Lists the memberships that were asked for in a case.
pub type ListMemberships = List<Membership>;
/// Shows one membership that was asked for, as its decider sees it.
pub type ReadMembership = Read<Membership>;
/// Approves or denies a membership. If approved, the operator has the role at once.
pub type DecideMembership = Decide<Membership>;
