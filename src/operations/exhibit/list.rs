//! The exhibits of a case.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{ExhibitView, Scope};
use crate::vault::{AdmissionUnderWay, Operation, OperationError, Target};

/// Lists the exhibits of a case, including withdrawn ones.
pub struct ListExhibits {
    case: CaseId,
}

impl ListExhibits {
    /// Of this case.
    pub fn of(case: CaseId) -> Self {
        Self { case }
    }
}

/// The exhibits of a case, in the order of admission.
#[derive(Serialize, ToSchema)]
pub struct ExhibitList {
    /// The exhibits, including withdrawn ones.
    pub exhibits: Vec<ExhibitView>,
    /// The file that is being admitted; left out if there is none. How far it is, leads are told and the custodian who
    /// sent it: those who may cancel it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub under_way: Option<AdmissionUnderWay>,
}

impl Operation for ListExhibits {
    type Action = actions::ListExhibits;
    type Answer = ExhibitList;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ExhibitList, OperationError> {
        let exhibits = scope.list_exhibits()?;
        scope.note_rows(exhibits.len() as u64);
        let under_way = scope.admission_under_way()?;
        Ok(ExhibitList {
            exhibits,
            under_way,
        })
    }
}

impl Request for ListExhibits {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "listExhibits",
        tag: "Exhibits",
        summary: "List the exhibits of a case",
        description: "Every exhibit that was admitted, including withdrawn ones. A custodian gets counts of each file \
            by itself, rounded if somebody else admitted it, without what the case had before \
            (`duplicates_of_case`). A file that is being admitted is `under_way` from its beginning. The digest of a \
            file is for the operator who admitted it; everybody else gets a commitment to it, which tells nothing without its salt.",
        request: "",
        answer: r#"{"exhibits": [{"exhibit": "x_0123456789abcdefghjk", "state": "admitted", "name":
            "log.csv", "source": null, "format": "supplier-csv", "admitted_at":
            "2024-03-21T22:34:49Z", "rows": 1200, "admitted": 1190, "duplicates": 8, "duplicates_of_case": 3,
            "quarantined": 2, "numbers": 800, "commitment":
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}]}"#,
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self { case: ids.case()? })
    }
}
