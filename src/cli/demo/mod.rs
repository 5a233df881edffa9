//! `demo`: a whole synthetic incident in a fresh vault.
pub(super) use self::run::Demo;
mod run;
