//! `GET /machines`: the caller's machines; everybody's for administrators.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::{MachineView, Scope, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Lists machines.
pub struct ListMachines(pub WantedRows);

/// A page of the machines that are good.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineList {
    /// The machines, newest first; for an administrator owner by owner.
    pub machines: Vec<MachineView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for MachineList {
    const ROWS: &'static str = "machines";
    const COLUMNS: &'static [&'static str] = &[
        "machine",
        "label",
        "operator",
        "owner",
        "case",
        "added_at",
        "expires_at",
        "used_at",
    ];
}

impl Operation for ListMachines {
    type Action = actions::ListMachines;
    type Answer = MachineList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<MachineList, OperationError> {
        let page = scope.list_machines(&self.0)?;
        Ok(MachineList {
            machines: page.rows,
            next: page.next,
        })
    }
}

impl Request for ListMachines {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "listMachines",
        tag: "Sessions",
        summary: "List machines",
        description: "The caller's own machines that are good, with what each is for and when it was used last. An \
            administrator sees those of everybody. Nobody sees a key.",
        request: "",
        answer: r#"{"machines": [{"machine": "k_0123456789abcdefghjk", "label": "nightly counts", "operator":
            "o_0123456789abcdefghjk", "owner": "lead.one", "actions": ["record.scope"],
            "case": "c_0123456789abcdefghjk", "added_at": "2024-03-21T22:34:49Z",
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
