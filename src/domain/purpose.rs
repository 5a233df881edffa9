//! Why an operator asks: a closed list, so that an auditor can count.

use super::words;

words! {
    pub enum Purpose {
        VictimInquiry => "victim-inquiry",
        Scoping => "scoping",
        Notification => "notification",
        Regulator => "regulator",
        LawEnforcement => "law-enforcement",
        QualityCheck => "quality-check",
    }
}
