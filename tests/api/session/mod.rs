//! Who is signed in.

mod close;
mod end;
mod list;
mod read;
