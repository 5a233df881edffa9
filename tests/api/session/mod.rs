//! Who is signed in.

mod change_password;
mod close;
mod end;
mod list;
mod read;
