//! What differs between the kinds of requests. The rest is the same for all of them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use crate::domain::{RequestIdOfKind, RequestWords};
use crate::policy::{Action, Decides, Seat, Writes};
use crate::vault::keyring::RequestDigest;
use crate::vault::records::Release;
use crate::vault::scope::{Asking, Reading, Scope};
use crate::vault::{OperationError, Price, Settings};

/// A closed list: each kind has a file in this folder.
pub(super) mod seal {
    /// Implemented for the kinds of this folder.
    pub trait Listed {}
}

/// One kind of request that two people decide.
pub trait RequestKind: seal::Listed + Sized + Send + Sync + 'static {
    /// The type of its ids.
    type Id: RequestIdOfKind;
    /// Its words.
    const WORDS: RequestWords = <Self::Id as RequestIdOfKind>::WORDS;
    /// Its name in paths, in the table and in the digest.
    const NAME: &'static str = Self::WORDS.one;

    /// The right to ask.
    type Ask: Writes;
    /// The right to list the requests of a case.
    type List: Action;
    /// The right to read one.
    type Read: Action;
    /// The right to decide.
    type Decide: Decides;

    /// What somebody wants, parsed and not yet checked against the case.
    type Wanted: Send + 'static;
    /// What is counted on a snapshot before asking begins its transaction.
    type Counted: Send + 'static;
    /// What is sealed of a request. The digest covers all of it.
    type Body: Serialize + DeserializeOwned;
    /// What is sealed with the request after the decision. The digest does not cover it.
    type After: Default + Serialize + DeserializeOwned;
    /// What a decider sees.
    type View: Serialize + ToSchema + Send + 'static;

    /// Whether [`Self::count`] has something to do.
    const COUNTED_TO_ASK: bool = false;

    /// Whether the decision's leaf leaves in a package, through the hands of somebody who may not know counts. Then it
    /// tells none, and its sealed detail does.
    const LEAVES: bool = false;

    /// What asking costs: for counting records, and for subjects shown masked.
    fn price_to_ask(_: &Self::Wanted) -> Option<Price> {
        None
    }

    /// What reading one request costs.
    const PRICE_TO_READ: Option<Price> = None;
    /// What a list of requests costs.
    const PRICE_TO_LIST: Option<Price> = None;

    /// What is wrong with it, whatever the records are.
    fn check(_: &Self::Wanted, _: &Asking<'_>) -> Result<(), OperationError> {
        Ok(())
    }

    /// How long a request waits for its decision, and how long a yes holds.
    fn seconds(settings: &Settings) -> i64;

    /// How long a yes holds, the delay before it can be used included.
    fn seconds_held(_: &Self::Body, settings: &Settings) -> i64 {
        Self::seconds(settings)
    }

    /// If a delay runs before a yes can be used: in how many seconds at the end of its time it can be.
    const USED_AT_THE_END_S: Option<i64> = None;

    /// Counts what is wanted, on a snapshot before the request.
    fn count(_: &Reading<'_>, _: &Self::Wanted) -> Result<Option<Self::Counted>, OperationError> {
        Ok(None)
    }

    /// What is given out by asking, to whoever is told of the request or gets its package. A refusal of it is the
    /// asker's, who may know of the case's records; so nobody who decides or hands out learns of them by a refusal.
    fn released(_: &Self::Counted) -> Option<Release> {
        None
    }

    /// Checks in the act's transaction what is wanted, and makes the body of it.
    fn body(
        reading: &Reading<'_>,
        wanted: Self::Wanted,
        counted: Option<&Self::Counted>,
    ) -> Result<Self::Body, OperationError>;

    /// The one account it is about, if it is about one.
    fn account(_: &Self::Body) -> Option<&str> {
        None
    }

    /// Adds what would be shown, sent or taken away as things are now. If that changes between two steps, the second
    /// one is refused. A file that is admitted meanwhile must not change it (`bound_exhibits.rs`).
    fn bind(
        reading: &Reading<'_>,
        body: &Self::Body,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError>;

    /// What everybody may know of what is decided, by name. A reader of the decision's leaf can compare it with what
    /// came of the decision. A keyed digest binds the rest.
    fn stated(_: &Self::Body) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What the leaves of the request and of the decision say.
    fn touched(body: &Self::Body) -> Touched<'_>;

    /// Whether a yes is all: what was asked is done in the same act. Then an approved one is over, and nothing stops it
    /// or ends it any more.
    const AT_ONCE: bool = false;

    /// Whether an approved one waits for somebody with this seat, who asked for it or did not.
    fn waits_for_use(_: &Self::Body, _own: bool, _: Seat) -> bool {
        false
    }

    /// What a yes does in the same act.
    fn approve(_: &mut Scope<'_, Self::Decide>, _: &Self::Body) -> Result<(), OperationError> {
        Ok(())
    }

    /// Of a membership: the name of the member and the role, for lists of what waits.
    fn member(_: &Reading<'_>, _: &Self::Body) -> Result<Option<(String, String)>, OperationError> {
        Ok(None)
    }

    /// Makes the view of an opened request.
    fn view(
        reading: &Reading<'_>,
        id: Self::Id,
        asked: AskedView,
        body: Self::Body,
        after: Self::After,
    ) -> Result<Self::View, OperationError>;
}

/// What a request is about, as its leaves say it.
pub struct Touched<'b> {
    /// How many records, or how many numbers if the request is about numbers.
    pub(super) rows: u64,
    /// Term numbers; the leaf gets a keyed digest of them.
    pub(super) subjects: &'b [u32],
    /// For the sealed detail of the decision.
    pub(super) detail: Value,
}
