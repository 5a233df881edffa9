//! The closed list of problems; `docs/errors.md` has a section for each.

use http::StatusCode;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $status:ident $title:literal;)*) => {
        /// The kind of a problem (RFC 9457).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ProblemKind {
            $(
                $(#[$doc])*
                #[doc = $title]
                $kind
            ),*
        }

        impl ProblemKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The word in the type and the heading in `docs/errors.md`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            /// The `type` member; it resolves against the server's address.
            pub fn type_uri(self) -> &'static str {
                match self { $(Self::$kind => concat!("/errors#", $name)),* }
            }

            /// The `title` member.
            pub fn title(self) -> &'static str {
                match self { $(Self::$kind => $title),* }
            }

            /// The status of the response.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),* }
            }

            /// The kind of a `type` member.
            pub fn from_type_uri(uri: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.type_uri() == uri)
            }
        }
    };
}

kinds! {
    MalformedJson        "malformed-json"         BAD_REQUEST  "The body is not JSON.";
    MalformedQuery       "malformed-query"        BAD_REQUEST  "The query of the address is malformed.";
    MalformedRequest     "malformed-request"      BAD_REQUEST  "The request is not HTTP as it must be.";
    Unauthenticated      "unauthenticated"        UNAUTHORIZED "A session is needed.";
    SessionEnded         "session-ended"          UNAUTHORIZED "The session has ended.";
    WrongCredential      "wrong-credential"       UNAUTHORIZED "The name, password, code or invitation is wrong or was used.";
    IdentityRefused      "identity-refused"       FORBIDDEN    "Your organisation\u{2019}s sign-in did not let you in here.";
    SecondFactorNeeded   "second-factor-needed"   FORBIDDEN    "This needs a second factor: if you have none, set one up with POST /api/v1/second-factors; then sign in with its code.";
    PasskeyNeeded        "passkey-needed"         FORBIDDEN    "Your role needs a passkey: enrol one in the console under \u{201c}Your passkeys\u{201d}; nothing else can be done until then.";
    AssertionNeeded      "assertion-needed"       FORBIDDEN    "This act needs your passkey: ask for its challenge, and send what the passkey signs.";
    AssertionRefused     "assertion-refused"      FORBIDDEN    "What came from a passkey is not about this, not by a passkey of yours, too old, or was used.";
    CrossSite            "cross-site"             FORBIDDEN    "The form is not from a page of this vault.";
    NotAllowed           "not-allowed"            FORBIDDEN    "Your role does not allow this.";
    NotRecognised        "not-recognised"         FORBIDDEN    "You were named as a member, and no lead has recognised you yet: read your fingerprint out to a lead of the case.";
    WrongFingerprint     "wrong-fingerprint"      FORBIDDEN    "This is not the fingerprint of the account.";
    BeyondToken          "beyond-token"           FORBIDDEN    "The token of this script, or this machine, is not good for this.";
    OwnRequest           "own-request"            FORBIDDEN    "You asked for this; somebody else must decide it.";
    NotTheAsker          "not-the-asker"          FORBIDDEN    "Only the operator who asked may open it.";
    /// There is no such thing, or the caller may not know of it; both get the same answer.
    NotFound             "not-found"              NOT_FOUND    "There is nothing here, or nothing you may know of.";
    MethodNotAllowed     "method-not-allowed"     METHOD_NOT_ALLOWED "This address does not take this method.";
    NotAcceptable        "not-acceptable"         NOT_ACCEPTABLE "This address has nothing that you accept.";
    Timeout              "timeout"                REQUEST_TIMEOUT "The request did not arrive in time.";
    CaseClosed           "case-closed"            CONFLICT     "The case is closed; reopen it first.";
    CaseDestroyed        "case-destroyed"         CONFLICT     "The case was destroyed; its certificate is all that is left.";
    DelayRuns            "delay-runs"             CONFLICT     "The delay before the destruction is not over.";
    NothingAdmitted      "nothing-admitted"       CONFLICT     "Nothing has been admitted to this case; admit an exhibit first.";
    WrongState           "wrong-state"            CONFLICT     "The request is in another state than this needs.";
    AskerGone            "asker-gone"             CONFLICT     "Who asked for this could not ask for it any more.";
    DeciderGone          "decider-gone"           CONFLICT     "Who approved this could not approve it any more.";
    RecognisedByAsker    "recognised-by-asker"    FORBIDDEN    "You and the other person here could be one. Somebody else has to decide, or another lead recognise the account that came by the OpenID provider.";
    Expired              "expired"                CONFLICT     "The request has expired; ask for a new one.";
    NameTaken            "name-taken"             CONFLICT     "An operator of this name exists already.";
    CaseState            "case-state"             CONFLICT     "The case is in another state than this needs.";
    AdmissionInProgress  "admission-in-progress"  CONFLICT     "An exhibit of this case is being admitted; wait until it has ended.";
    AlreadyAdmitted      "already-admitted"       CONFLICT     "This file was admitted to this case already.";
    AdmissionCancelled   "admission-cancelled"    CONFLICT     "The admission was cancelled; nothing of the file was kept.";
    PackageCancelled     "package-cancelled"      CONFLICT     "The building of the package was stopped; nothing of it was kept.";
    ExhibitWithdrawn     "exhibit-withdrawn"      CONFLICT     "The exhibit was withdrawn already, or one that this rests on was withdrawn since it was asked for.";
    ResultChanged        "result-changed"         CONFLICT     "The records have changed since this was asked for; ask again.";
    TooManyOpen          "too-many-open"          CONFLICT     "Too many requests of this kind that you made wait for a decision.";
    TooManyCases         "too-many-cases"         CONFLICT     "You opened as many cases in a day as one lead may.";
    OutsideCases         "outside-cases"          CONFLICT     "Auditors and administrators cannot be members of a case.";
    PasskeyKnown         "passkey-known"          CONFLICT     "This passkey is enrolled already.";
    TooManyPasskeys      "too-many-passkeys"      CONFLICT     "You have as many passkeys as somebody may have.";
    AdministratorOnHost  "administrator-on-host"  CONFLICT     "Administrators come and go on the host, with the vault's passphrase, while there is another one.";
    TooManyTokens        "too-many-tokens"        CONFLICT     "You have as many tokens, or machines, as somebody may have.";
    LastPasskey          "last-passkey"           CONFLICT     "It is your only passkey; enrol another one first.";
    RotationUnderWay     "rotation-under-way"     CONFLICT     "The key of this case is being rotated already.";
    ClockRight           "clock-right"            CONFLICT     "The clock is not in doubt; there is no time to accept.";
    KeyringSlots         "keyring-slots"          CONFLICT     "The keyring's slots do not allow this, or the program of one failed.";
    OwnMembership        "own-membership"         CONFLICT     "You cannot change your own membership or revoke your own account.";
    CutTooClose          "cut-too-close"          CONFLICT     "This table and one given out before could together disclose people.";
    PackageDeleted       "package-deleted"        GONE         "The vault deleted the package: 30 days after it was first handed out, or after an erasure or a restore.";
    PackageElsewhere     "package-elsewhere"      CONFLICT     "The package is not at this node of the vault, but at the one that built it.";
    TooLarge             "too-large"              PAYLOAD_TOO_LARGE "The body is too large.";
    AddressTooLong       "address-too-long"       URI_TOO_LONG "The address is too long.";
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body must be declared as JSON, in UTF-8, and not be coded.";
    RangeNotSatisfiable  "range-not-satisfiable"  RANGE_NOT_SATISFIABLE "The package has no such bytes.";
    Invalid              "invalid"                UNPROCESSABLE_ENTITY "A part of the request breaks a rule.";
    OverBudget           "over-budget"            UNPROCESSABLE_ENTITY "This costs more points than the whole budget holds.";
    Unreadable           "unreadable"             UNPROCESSABLE_ENTITY "The file cannot be admitted.";
    NotAdmitted          "not-admitted"           UNPROCESSABLE_ENTITY "Too little of the file can be read; nothing of it was admitted.";
    BudgetSpent          "budget-spent"           TOO_MANY_REQUESTS "Your budget in this case is spent.";
    LookupsFrozen        "lookups-frozen"         TOO_MANY_REQUESTS "Your lookups in this case are frozen; another lead can thaw them.";
    Throttled            "throttled"              TOO_MANY_REQUESTS "Too many requests without a session, or too many failed sign-ins.";
    HeadersTooLarge      "headers-too-large"      REQUEST_HEADER_FIELDS_TOO_LARGE "The headers are too large or too many.";
    Internal             "internal"               INTERNAL_SERVER_ERROR "The vault made a mistake; nothing was changed.";
    Damaged              "damaged"                SERVICE_UNAVAILABLE "A part is not what the vault wrote, or is missing.";
    DiskFull             "disk-full"              SERVICE_UNAVAILABLE "The disk is full.";
    /// It was started sealed, and has too few shares.
    Sealed               "sealed"                 SERVICE_UNAVAILABLE "The vault is sealed: it waits for shares of its keyring.";
    Unaudited            "unaudited"              SERVICE_UNAVAILABLE "The audit log could not be written; nothing was shown.";
    Busy                 "busy"                   SERVICE_UNAVAILABLE "Too many requests are waiting; try again later.";
    Stopping             "stopping"               SERVICE_UNAVAILABLE "The vault is stopping.";
    GivenUp              "given-up"               SERVICE_UNAVAILABLE "The work took longer than a request may take.";
    ProviderUnreachable  "provider-unreachable"   SERVICE_UNAVAILABLE "Your organisation\u{2019}s sign-in does not answer the vault.";
    NodeSilent           "node-silent"            SERVICE_UNAVAILABLE "Another node of the vault does not answer, so nothing is given out.";
    NodeUnfit            "node-unfit"             SERVICE_UNAVAILABLE "This node of the vault cannot work now; its /readyz says why.";
    Unavailable          "unavailable"            SERVICE_UNAVAILABLE "The database does not answer.";
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
