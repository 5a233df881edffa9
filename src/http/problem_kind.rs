//! Everything an answer can complain about: a closed list, a section of
//! `docs/errors.md` for each.

use http::StatusCode;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $status:ident $title:literal;)*) => {
        /// What went wrong, as the client is told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ProblemKind { $($(#[$doc])* $kind),* }

        impl ProblemKind {
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The word in the type and the heading in `docs/errors.md`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            /// The `type` member; it resolves against the server's address.
            pub fn type_uri(self) -> &'static str {
                match self { $(Self::$kind => concat!("/errors#", $name)),* }
            }

            pub fn title(self) -> &'static str {
                match self { $(Self::$kind => $title),* }
            }

            pub fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),* }
            }

            pub fn from_type_uri(uri: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.type_uri() == uri)
            }
        }
    };
}

kinds! {
    MalformedJson        "malformed-json"         BAD_REQUEST  "The body is not JSON.";
    MalformedQuery       "malformed-query"        BAD_REQUEST  "The query is not understood.";
    Unauthenticated      "unauthenticated"        UNAUTHORIZED "A session is needed.";
    SessionEnded         "session-ended"          UNAUTHORIZED "The session has ended.";
    WrongCredential      "wrong-credential"       UNAUTHORIZED "What was shown does not open anything.";
    NotAllowed           "not-allowed"            FORBIDDEN    "This is not for your role.";
    OwnRequest           "own-request"            FORBIDDEN    "Somebody else must decide your request.";
    NotTheAsker          "not-the-asker"          FORBIDDEN    "Only the one who asked may open it.";
    /// Absent, or not to be known: the same answer.
    NotFound             "not-found"              NOT_FOUND    "There is nothing here.";
    MethodNotAllowed     "method-not-allowed"     METHOD_NOT_ALLOWED "This address does not take this method.";
    Timeout              "timeout"                REQUEST_TIMEOUT "The request did not arrive in time.";
    CaseClosed           "case-closed"            CONFLICT     "The case is closed.";
    WrongState           "wrong-state"            CONFLICT     "The request is not in a state for this.";
    Expired              "expired"                CONFLICT     "The request has expired.";
    NameTaken            "name-taken"             CONFLICT     "An operator of this name exists.";
    CaseState            "case-state"             CONFLICT     "The case is not in a state for this.";
    AdmissionInProgress  "admission-in-progress"  CONFLICT     "Another exhibit is being admitted.";
    AlreadyAdmitted      "already-admitted"       CONFLICT     "This file was admitted before.";
    AdmissionCancelled   "admission-cancelled"    CONFLICT     "The admission was cancelled.";
    ExhibitWithdrawn     "exhibit-withdrawn"      CONFLICT     "An exhibit was withdrawn.";
    ResultChanged        "result-changed"         CONFLICT     "The result is not what was decided.";
    OutsideCases         "outside-cases"          CONFLICT     "Auditors and administrators stay outside cases.";
    OwnMembership        "own-membership"         CONFLICT     "Nobody changes their own membership or account.";
    CutTooClose          "cut-too-close"          CONFLICT     "This table is too close to one given out before.";
    TooLarge             "too-large"              PAYLOAD_TOO_LARGE "The body is too large.";
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body must be JSON.";
    Invalid              "invalid"                UNPROCESSABLE_ENTITY "A member of the request breaks a rule.";
    Unreadable           "unreadable"             UNPROCESSABLE_ENTITY "The file cannot be admitted.";
    BudgetSpent          "budget-spent"           TOO_MANY_REQUESTS "The budget is spent.";
    Throttled            "throttled"              TOO_MANY_REQUESTS "Too many requests without a session.";
    HeadersTooLarge      "headers-too-large"      REQUEST_HEADER_FIELDS_TOO_LARGE "The headers are too large.";
    Internal             "internal"               INTERNAL_SERVER_ERROR "The vault made a mistake.";
    Damaged              "damaged"                INTERNAL_SERVER_ERROR "Something sealed does not open.";
    DiskFull             "disk-full"              SERVICE_UNAVAILABLE "The disk is full.";
    Unaudited            "unaudited"              SERVICE_UNAVAILABLE "The audit log could not be written.";
    Busy                 "busy"                   SERVICE_UNAVAILABLE "Too many requests wait.";
    Stopping             "stopping"               SERVICE_UNAVAILABLE "The vault is stopping.";
    GivenUp              "given-up"               SERVICE_UNAVAILABLE "The work took too long.";
    Unavailable          "unavailable"            SERVICE_UNAVAILABLE "The store does not answer.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_kind_reads_back_from_its_type() {
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::from_type_uri(kind.type_uri()), Some(*kind));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
        let names: BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), ProblemKind::ALL.len());
        assert_eq!(ProblemKind::from_type_uri("/errors#no-such-kind"), None);
    }

    #[test]
    fn every_kind_has_its_section_in_the_documents_and_no_section_is_left_over() {
        let document = include_str!("../../docs/errors.md");
        let sections: BTreeSet<_> = document
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        let kinds: BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(sections, kinds);
        for kind in ProblemKind::ALL {
            let heading = format!("## {}\n", kind.name());
            let section = document.split(heading.as_str()).nth(1).unwrap();
            let section = section.split("\n## ").next().unwrap();
            let status = format!("**{}**", kind.status().as_u16());
            assert!(section.contains(&status), "{} has no status", kind.name());
            assert!(section.contains("What to do:"), "{}", kind.name());
        }
    }
}
