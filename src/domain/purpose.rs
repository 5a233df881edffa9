//! The purposes an operator can state: a closed list, so that an auditor can count them.

use super::words;

words! {
    /// The purpose of a request.
    pub enum Purpose {
        /// Somebody asks whether they are affected.
        VictimInquiry => "victim-inquiry",
        /// Finding out how large the incident is.
        Scoping => "scoping",
        /// Telling the people or customers affected.
        Notification => "notification",
        /// Answering a regulator.
        Regulator => "regulator",
        /// Answering law enforcement.
        LawEnforcement => "law-enforcement",
        /// Checking the data itself.
        QualityCheck => "quality-check",
        /// Doing what a person asks who wants their own number erased.
        ErasureRequest => "erasure-request",
    }
}
