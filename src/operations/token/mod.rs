//! Tokens of scripts: what a program sends in the place of somebody's session. Made here; listed and revoked as
//! machines are.

mod make;

pub use make::{MakeToken, MakeTokenInput};
pub(in crate::operations) use make::{told, wanted};

use std::borrow::Cow;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::pass::{EndPass, ListPasses, PassWords, Passes};
use super::{Docs, Ids};
use crate::domain::SessionId;
use crate::domain::schema::TokenId;
use crate::policy::actions;
use crate::vault::OperationError;
use crate::vault::scope::PassKind;

/// Tokens of scripts.
pub enum Tokens {}

/// Lists tokens of scripts: `GET /tokens`.
pub type ListTokens = ListPasses<Tokens>;
/// Ends the token of a script: `DELETE /tokens/{token}`.
pub type RevokeToken = EndPass<Tokens>;

impl Passes for Tokens {
    const KIND: PassKind = PassKind::Token;
    const WORDS: PassWords = PassWords {
        one: "token",
        many: "tokens",
        since: "made_at",
        since_words: "When it was made.",
        row: ["ScriptToken", "A token of a script that is good."],
        list: "TokenList",
    };
    const COLUMNS: &'static [&'static str] = &[
        "token",
        "label",
        "operator",
        "owner",
        "case",
        "made_at",
        "expires_at",
        "used_at",
    ];
    const LIST: Docs = Docs {
        id: "listTokens",
        tag: "Sessions",
        summary: "List tokens of scripts",
        description: "The caller's own tokens that are good, with what each is for and when it was used last. An \
            administrator sees those of everybody. Nobody sees a secret again.",
        request: "",
        answer: r#"{"tokens": [{"token": "t_0123456789abcdefghjk", "label": "nightly counts", "operator":
            "o_0123456789abcdefghjk", "owner": "lead.one", "actions": ["record.scope"],
            "case": "c_0123456789abcdefghjk", "made_at": "2024-03-21T22:34:49Z",
            "expires_at": "2024-04-20T22:34:49Z", "used_at": null}], "next": null}"#,
        problems: &[],
    };
    const END: Docs = Docs {
        id: "revokeToken",
        tag: "Sessions",
        summary: "Revoke the token of a script",
        description: "It is good for nothing from now on. Its owner does this, or an administrator; to anybody else it is \
            like one that is not there.",
        request: "",
        answer: "{}",
        problems: &["not-found"],
    };

    type List = actions::ListTokens;
    type End = actions::RevokeToken;

    fn id_schema() -> (Cow<'static, str>, RefOr<Schema>) {
        (TokenId::name(), TokenId::schema())
    }

    fn named(ids: &Ids) -> Result<SessionId, OperationError> {
        ids.token()
    }
}
