//! The texts and examples of an operation in the API's description.

/// The texts and examples of one operation. A test checks that none is missing.
#[derive(Debug, Clone, Copy)]
pub struct Docs {
    /// The `operationId`, which names the function of a generated client, such as `lookUpNumbers`.
    pub id: &'static str,
    /// The tag: the heading of its group.
    pub tag: &'static str,
    /// A few words, without a full stop.
    pub summary: &'static str,
    /// What the operation does, for whom, and what it costs.
    pub description: &'static str,
    /// An example of a valid body, as JSON; empty if there is no body.
    pub request: &'static str,
    /// An example of an answer: JSON, or the text itself.
    pub answer: &'static str,
    /// The problems of this operation beside those that every operation can answer with.
    pub problems: &'static [&'static str],
}
