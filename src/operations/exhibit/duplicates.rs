//! `GET /cases/{case}/exhibits/{exhibit}/duplicates`: the lines of a file that were left out, because another row is
//! the same message.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, CaseRole, ExhibitId};
use crate::operations::page::whole;
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{DuplicatesView, Scope};
use crate::vault::{DuplicateOf, Operation, OperationError, Price, Target};

/// Lists the lines that were left out of an exhibit as duplicates.
pub struct ListDuplicates {
    case: CaseId,
    exhibit: ExhibitId,
    of: DuplicateOf,
    part: u32,
}

/// Which part of the list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDuplicatesInput {
    /// The part, from 0; the first if it is left out. A part has 65,536 lines.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{1,6}$")]
    pub part: Option<String>,
    /// Which duplicates: `file`, of earlier rows of the file, or `case`, of exhibits that were admitted earlier. Those
    /// of the file if it is left out.
    #[serde(default)]
    #[schema(pattern = "^(file|case)$")]
    pub of: Option<String>,
}

impl Operation for ListDuplicates {
    type Action = actions::ListDuplicates;
    type Answer = DuplicatesView;

    fn target(&self) -> Target {
        Target::NamedExhibit(self.case.clone(), self.exhibit.clone())
    }

    fn detail(&self) -> Value {
        json!({ "of": self.of, "part": self.part })
    }

    /// What compares a file with the case is for those who may look up.
    fn is_for(&self, role: Option<CaseRole>) -> bool {
        self.of == DuplicateOf::File || role != Some(CaseRole::Custodian)
    }

    /// What compares a file with the case costs as much as any difference.
    fn price(&self) -> Option<Price> {
        match self.of {
            DuplicateOf::File => None,
            DuplicateOf::Case => Some(Price::of_difference()),
        }
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<DuplicatesView, OperationError> {
        scope.list_duplicates(&self.exhibit, self.of, self.part)
    }
}

impl Request for ListDuplicates {
    type Input = ListDuplicatesInput;
    const DOCS: Docs = Docs {
        id: "listDuplicates",
        tag: "Exhibits",
        summary: "List what was left out as a duplicate",
        description: "The lines of the file that were left out because an earlier row is the same message, and the \
            rule by which each was. No number is in it. `of=file`, the default, lists those of which the file itself \
            has the earlier row; a custodian gets them of the exhibits that it admitted. `of=case` lists the others, \
            of which an exhibit that was admitted earlier has the message, to investigators and leads. It compares \
            the file with the case, and costs 100 points of the budget as a difference does.",
        request: "",
        answer: r#"{"exhibit": "x_0123456789abcdefghjk", "of": "file",
            "by_rule": [{"rule": "reference-and-time", "rows": 2}],
            "lines": [{"line": 17, "rule": "reference-and-time"}, {"line": 40, "rule": "reference-and-time"}]}"#,
        problems: &[
            "not-found",
            "case-closed",
            "budget-spent",
            "over-budget",
            "lookups-frozen",
        ],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::NamedExhibit(ids.case()?, ids.exhibit()?))
    }

    fn read(ids: &Ids, input: ListDuplicatesInput) -> Result<Self, OperationError> {
        let part = input.part.as_deref().unwrap_or("0");
        let of = input.of.as_deref().unwrap_or(DuplicateOf::File.as_str());
        Ok(Self {
            case: ids.case()?,
            exhibit: ids.exhibit()?,
            of: of
                .parse()
                .map_err(|_| OperationError::invalid("of", "must be file or case"))?,
            part: whole(part)
                .and_then(|part| u32::try_from(part).ok())
                .ok_or_else(|| OperationError::invalid("part", "must be a whole number from 0"))?,
        })
    }
}
