//! `GET /console/machines`, `POST /console/machines` and `POST /console/machines/{machine}/end`: machines, a new one,
//! and the end of one.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::token::for_scripts;
use crate::console::visit::Visit;
use crate::operations::Done;
use crate::operations::machine::{AddMachine, EndMachine, ListMachines, Machines};
use crate::operations::pass::PassList;
use crate::vault::OperationError;
use crate::vault::scope::MachineAddedView;

const MACHINES: &str = "/console/machines";

/// The machines that the reader may end.
pub struct MachinesPage;

/// A new machine.
pub struct AddMachinePage;

/// The end of a machine.
pub struct EndMachinePage;

#[derive(Template)]
#[template(path = "machine/machines.html")]
struct Shows<'a> {
    visit: &'a Visit,
    /// Nothing was refused yet.
    refused: Option<&'a Refused>,
    list: PassList<Machines>,
    /// What the table is called, where its rows are, and what ends one.
    named: &'static str,
    at: &'static str,
    ends: &'static str,
}

#[derive(Template)]
#[template(path = "machine/add.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
}

impl Page for MachinesPage {
    type Operation = ListMachines;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: PassList<Machines>, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            list,
            named: "Machines",
            at: MACHINES,
            ends: "end",
        })
    }
}

impl Page for AddMachinePage {
    type Operation = AddMachine;
    const FIELDS: &'static [Field] = &[
        Field::Text("label"),
        Field::Text("certificate"),
        Field::Number("days"),
        Field::Each("actions"),
        Field::Optional("case"),
    ];

    fn show(_: MachineAddedView, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(MACHINES)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
        }))
    }
}

impl Page for EndMachinePage {
    type Operation = EndMachine;

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(_: &Visit) -> String {
        MACHINES.to_owned()
    }
}
