//! How the API's description shows the words of the policy.

use super::ActionKind;
use crate::domain::schema::{described, one_of};

described! {
    ActionKind as "Action" => one_of(
        "What a leaf records.",
        ActionKind::ALL.iter().map(|action| action.name()),
    );
}
