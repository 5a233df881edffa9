//! Times of messages: how they are written, and the moments they mean.

pub(super) mod form;
pub(super) mod iso;
pub(super) mod reader;
pub(super) mod zone;
