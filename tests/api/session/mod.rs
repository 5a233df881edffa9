//! Who is signed in.

mod close;
mod read;
