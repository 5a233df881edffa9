//! Machines: programs that prove a key in the TLS handshake, in the place of somebody's session. Added here; listed and
//! ended as tokens of scripts are.

mod add;

pub use add::{AddMachine, AddMachineInput};

use std::borrow::Cow;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::pass::{EndPass, ListPasses, PassWords, Passes};
use super::{Docs, Ids};
use crate::domain::SessionId;
use crate::domain::schema::MachineId;
use crate::policy::actions;
use crate::vault::OperationError;
use crate::vault::scope::PassKind;

/// Machines.
pub enum Machines {}

/// Lists machines: `GET /machines`.
pub type ListMachines = ListPasses<Machines>;
/// Ends a machine: `DELETE /machines/{machine}`.
pub type EndMachine = EndPass<Machines>;

impl Passes for Machines {
    const KIND: PassKind = PassKind::Machine;
    const WORDS: PassWords = PassWords {
        one: "machine",
        many: "machines",
        since: "added_at",
        since_words: "When it was added.",
        row: ["Machine", "A machine that is good."],
        list: "MachineList",
    };
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
    const LIST: Docs = Docs {
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
    const END: Docs = Docs {
        id: "endMachine",
        tag: "Sessions",
        summary: "End a machine",
        description: "It is good for nothing from its next request on, also on connections that are open. Its owner does \
            this, or an administrator; to anybody else it is like one that is not there.",
        request: "",
        answer: "{}",
        problems: &["not-found"],
    };

    type List = actions::ListMachines;
    type End = actions::EndMachine;

    fn id_schema() -> (Cow<'static, str>, RefOr<Schema>) {
        (MachineId::name(), MachineId::schema())
    }

    fn named(ids: &Ids) -> Result<SessionId, OperationError> {
        ids.machine()
    }
}
