//! What the tests of this folder share.

pub(super) mod device;
pub(super) mod fixture;
