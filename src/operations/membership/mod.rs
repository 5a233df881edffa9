//! Giving rights in a case, where two leads decide: asked by naming a member (`case::NameMember`),
//! decided by another lead.

pub(crate) mod docs;
mod request;

pub use request::{MembershipList, NameMemberInput, NamedMember, NamedState};

use crate::operations::two_person::{Decide, List, Read};
use crate::vault::scope::requests::Membership;

pub type ListMemberships = List<Membership>;
pub type ReadMembership = Read<Membership>;
pub type DecideMembership = Decide<Membership>;
