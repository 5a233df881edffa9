//! The purposes an operator can state: a closed list, so that an auditor can count them.

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
