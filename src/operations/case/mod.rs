//! Cases and their members.

mod list;
mod list_members;
mod move_on;
mod name_member;
mod open;
mod read;

pub use list::{CaseList, ListCases};
pub use list_members::{ListMembers, MemberList};
pub use move_on::{CloseCase, HoldCase, MoveInput, ReopenCase};
pub use name_member::{NameMember, NameMemberInput};
pub use open::{OpenCase, OpenCaseInput, OpenedCase};
pub use read::ReadCase;
