//! The exhibits of a case.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::{ExhibitView, Scope, WantedRows};
use crate::vault::{AdmissionUnderWay, CheckUnderWay, Operation, OperationError, Target};

/// Lists the exhibits of a case, including withdrawn ones.
pub struct ListExhibits {
    case: CaseId,
    wanted: WantedRows,
}

impl ListExhibits {
    /// All of this case.
    pub fn of(case: CaseId) -> Self {
        Self {
            case,
            wanted: WantedRows::ALL,
        }
    }
}

/// A page of the exhibits of a case, in the order of admission.
#[derive(Serialize, ToSchema)]
pub struct ExhibitList {
    /// The exhibits, including withdrawn ones.
    pub exhibits: Vec<ExhibitView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
    /// The file that is being admitted; left out if there is none. How far it is, leads are told and the custodian who
    /// sent it: those who may cancel it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub under_way: Option<AdmissionUnderWay>,
    /// The dry runs of the caller that have not ended; left out if there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub checks: Vec<CheckUnderWay>,
}

impl Sheet for ExhibitList {
    const ROWS: &'static str = "exhibits";
    const COLUMNS: &'static [&'static str] = &[
        "exhibit",
        "state",
        "withdrawn_at",
        "name",
        "source",
        "format",
        "mapping",
        "admitted_at",
        "rows",
        "admitted",
        "duplicates",
        "quarantined",
        "numbers",
        "digest",
        "digest_salt",
        "commitment",
    ];
}

impl Operation for ListExhibits {
    type Action = actions::ListExhibits;
    type Answer = ExhibitList;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ExhibitList, OperationError> {
        let page = scope.list_exhibits(&self.wanted)?;
        let under_way = scope.admission_under_way()?;
        let checks = scope.own_checks()?;
        Ok(ExhibitList {
            exhibits: page.rows,
            next: page.next,
            under_way,
            checks,
        })
    }
}

impl Request for ListExhibits {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "listExhibits",
        tag: "Exhibits",
        summary: "List the exhibits of a case",
        description: "Every exhibit that was admitted, including withdrawn ones. Counts are of each file by itself, \
            whatever the case had before, and rounded for a custodian if somebody else admitted it. A file that is \
            being admitted is `under_way` from its beginning, and a dry run is among the `checks` of whoever began it. The digest of a file is for the operator who admitted \
            it; everybody else gets a \
            commitment to it, which tells nothing without its salt.",
        request: "",
        answer: r#"{"exhibits": [{"exhibit": "x_0123456789abcdefghjk", "state": "admitted", "name":
            "log.csv", "source": null, "format": "supplier-csv", "admitted_at":
            "2024-03-21T22:34:49Z", "rows": 1200, "admitted": 1190, "duplicates": 8,
            "quarantined": 2, "numbers": 800, "dropped_columns": ["body"], "commitment":
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}], "next": null}"#,
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            wanted: input.wanted()?,
        })
    }
}
