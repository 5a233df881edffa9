//! `GET /console/tokens`, `POST /console/tokens` and `POST /console/tokens/{token}/revocation`: tokens of scripts, a
//! new one, which is shown once, and the end of one.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::Done;
use crate::operations::pass::PassList;
use crate::operations::token::{ListTokens, MakeToken, RevokeToken, Tokens};
use crate::policy::ActionKind;
use crate::vault::OperationError;
use crate::vault::scope::TokenMadeView;

const TOKENS: &str = "/console/tokens";

/// The tokens that the reader may end.
pub struct TokensPage;

/// A new token.
pub struct MakeTokenPage;

/// The end of a token.
pub struct RevokeTokenPage;

#[derive(Template)]
#[template(path = "token/tokens.html")]
struct Shows<'a> {
    visit: &'a Visit,
    list: PassList<Tokens>,
    /// What the table is called, where its rows are, and what ends one.
    named: &'static str,
    at: &'static str,
    ends: &'static str,
}

#[derive(Template)]
#[template(path = "token/made.html")]
struct Made<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    made: Option<TokenMadeView>,
}

impl Page for TokensPage {
    type Operation = ListTokens;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: PassList<Tokens>, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            list,
            named: "Tokens for scripts",
            at: TOKENS,
            ends: "revocation",
        })
    }
}

impl Page for MakeTokenPage {
    type Operation = MakeToken;
    const FIELDS: &'static [Field] = &[
        Field::Text("label"),
        Field::Number("days"),
        Field::Each("actions"),
        Field::Optional("case"),
    ];

    fn show(made: TokenMadeView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Made {
            visit,
            refused: None,
            made: Some(made),
        })
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Made {
            visit,
            refused: Some(refused),
            made: None,
        }))
    }
}

impl Page for RevokeTokenPage {
    type Operation = RevokeToken;

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(_: &Visit) -> String {
        TOKENS.to_owned()
    }
}

/// What a token or a machine can be for: each action and what it does.
pub(in crate::console) fn for_scripts() -> Vec<(&'static str, &'static str)> {
    let all = ActionKind::ALL.iter();
    let all = all.filter(|action| action.is_for_scripts());
    all.map(|action| (action.name(), in_words(*action)))
        .collect()
}

fn in_words(action: ActionKind) -> &'static str {
    match action {
        ActionKind::ListCases => "your cases",
        ActionKind::ReadCase => "a case: its state and counts",
        ActionKind::ListExhibits => "the exhibits of a case",
        ActionKind::CompareExhibits => "the difference of two exhibits, for 100 points",
        ActionKind::ListDuplicates => "the duplicates of an exhibit",
        ActionKind::ReadAdmission => "how far an admission is",
        ActionKind::LookUp => "whether numbers are in a case",
        ActionKind::SearchRecords => "records and timelines, numbers masked",
        ActionKind::Scope => "counts of numbers and messages",
        ActionKind::SearchLeaves => "a search of the audit log",
        ActionKind::CountLeaves => "the leaves of each hour",
        ActionKind::ReadLeaf => "a leaf of the log with its detail",
        ActionKind::ProveLeaf => "the proof that a leaf is in the log",
        ActionKind::ReadCheckpoint => "the newest checkpoint",
        ActionKind::ReadVkey => "the public key of the log",
        ActionKind::ReadSigner => "the public key of packages",
        ActionKind::ReadClock => "the clock of the vault",
        ActionKind::ReadHealth => "the health of the vault",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_a_script_is_said_in_words() {
        for (name, words) in for_scripts() {
            assert!(!words.is_empty(), "{name}");
        }
        assert!(for_scripts().len() > 10);
    }
}
