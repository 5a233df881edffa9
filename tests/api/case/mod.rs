//! Cases: their states and their members.

mod lift_suspension;
mod list;
mod list_members;
mod move_on;
mod name_member;
mod open;
mod overview;
mod read;
mod recognise_member;
mod remove_member;
mod retention;
mod suspend_member;
