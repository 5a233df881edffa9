//! Words to choose from, with what a person reads.

use crate::domain::Purpose;

/// The purposes of the policy, each as its word and as it reads.
pub(super) fn purposes() -> [(&'static str, &'static str); Purpose::ALL.len()] {
    Purpose::ALL.map(|purpose| (purpose.as_str(), read(purpose)))
}

/// How a purpose reads; the word itself if it is none.
pub(super) fn purpose(word: &str) -> &str {
    match word.parse() {
        Ok(purpose) => read(purpose),
        Err(_) => word,
    }
}

fn read(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::VictimInquiry => "Somebody asks whether they are affected",
        Purpose::Scoping => "Finding out how large the incident is",
        Purpose::Notification => "Telling the people or customers affected",
        Purpose::Regulator => "Answering a regulator",
        Purpose::LawEnforcement => "Answering law enforcement",
        Purpose::QualityCheck => "Checking the data itself",
        Purpose::ErasureRequest => "Doing what a person asks who wants their own number erased",
    }
}
