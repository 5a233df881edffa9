//! What the API's description says about an operation, beside its types.

/// Every operation has one; a test holds each member to be there.
#[derive(Debug, Clone, Copy)]
pub struct Docs {
    /// The `operationId`: what a generated client calls it, such as `lookUpNumbers`.
    pub id: &'static str,
    /// The heading it stands under.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What it does, for whom, and what is worth knowing before.
    pub description: &'static str,
    /// A request body that is taken, as JSON; empty where there is none.
    pub request: &'static str,
    /// An answer: JSON, or text as it is.
    pub answer: &'static str,
    /// The names of the problems it can answer beside those that every operation can.
    pub problems: &'static [&'static str],
}
