//! Cases and their members.

mod lift_suspension;
mod list;
mod list_members;
mod move_on;
mod name_member;
mod open;
mod overview;
mod read;
mod recognise_member;
mod recover;
mod remove_member;
mod retention;
mod suspend_member;

pub use super::case_move::{CaseMoved, MoveInput};
pub use lift_suspension::{LetIn, Lift, LiftSuspension, Recovery};
pub use list::{CaseList, ListCases};
pub use list_members::{ListMembers, MemberList};
pub use move_on::{CloseCase, HoldCase, ReopenCase};
pub use name_member::NameMember;
pub use open::{OpenCase, OpenCaseInput, OpenedCase};
pub use overview::ReadOverview;
pub use read::ReadCase;
pub use recognise_member::{RecogniseMember, RecognitionInput};
pub use recover::RecoverCase;
pub use remove_member::{MemberRemoved, Removal, RemoveMember};
pub use retention::{SetRetention, SetRetentionInput};
pub use suspend_member::{SuspendMember, Suspension};
