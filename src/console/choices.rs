//! Words to choose from, with what a person reads.

use crate::domain::Purpose;

/// The purposes of the policy, each as its word and as it reads.
pub(super) fn purposes() -> [(&'static str, &'static str); Purpose::ALL.len()] {
    Purpose::ALL.map(|purpose| {
        let read = match purpose {
            Purpose::VictimInquiry => "Somebody asks whether they are affected",
            Purpose::Scoping => "Finding out how large the incident is",
            Purpose::Notification => "Telling the people or customers affected",
            Purpose::Regulator => "Answering a regulator",
            Purpose::LawEnforcement => "Answering law enforcement",
            Purpose::QualityCheck => "Checking the data itself",
        };
        (purpose.as_str(), read)
    })
}
