//! `GET /tokens`: the caller's tokens for scripts; everybody's for administrators.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::{Scope, TokenView, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Lists tokens of scripts.
pub struct ListTokens(pub WantedRows);

/// A page of the tokens that are good.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenList {
    /// The tokens, newest first; for an administrator owner by owner.
    pub tokens: Vec<TokenView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for TokenList {
    const ROWS: &'static str = "tokens";
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
}

impl Operation for ListTokens {
    type Action = actions::ListTokens;
    type Answer = TokenList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<TokenList, OperationError> {
        let page = scope.list_tokens(&self.0)?;
        Ok(TokenList {
            tokens: page.rows,
            next: page.next,
        })
    }
}

impl Request for ListTokens {
    type Input = PageInput;
    const DOCS: Docs = Docs {
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

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self(input.wanted()?))
    }
}
