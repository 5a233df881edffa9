//! Times of messages: how they are written, and the moments they mean.

pub(super) mod form;
pub(super) mod iso;
pub(super) mod reader;
pub(super) mod serial;
pub(super) mod zone;
pub(super) mod zone_names;
