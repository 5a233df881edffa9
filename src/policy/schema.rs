//! How the API's description shows the words of the policy.

use super::{ActionKind, CaseState, RequestState};
use crate::domain::schema::{described, words};

described! {
    CaseState as "CaseState" => words(
        "What state a case is in.",
        CaseState::ALL.map(CaseState::as_str),
    );
    RequestState as "RequestState" => words(
        "What state a request is in; `expired` is one past its time.",
        RequestState::ALL.map(RequestState::as_str).into_iter().chain(["expired"]),
    );
    ActionKind as "Action" => words(
        "What a leaf records.",
        ActionKind::ALL.iter().map(|action| action.name()),
    );
}
