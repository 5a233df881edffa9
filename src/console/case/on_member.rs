//! `POST /console/cases/{case}/members/{operator}/{recognition|thaw|suspension|lift|removal}`: what somebody does to
//! another member.

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, next_page};
use crate::operations::Done;
use crate::operations::case::{
    LiftSuspension, MemberRemoved, RecogniseMember, RemoveMember, SuspendMember,
};
use crate::operations::raise::{ThawLookups, ThawedBody};
use crate::vault::OperationError;

/// What a member read out.
pub struct RecognisePage;
/// The end of the freeze of a member's lookups.
pub struct ThawPage;
/// The suspension of a member.
pub struct SuspendPage;
/// The end of a lead's suspension.
pub struct LiftPage;
/// The end of a membership.
pub struct RemovePage;

const FIELDS: &[Field] = &[Field::Text("reason")];

impl Page for RecognisePage {
    type Operation = RecogniseMember;
    const FIELDS: &'static [Field] = &[Field::Text("fingerprint"), Field::Text("reason")];

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&from(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        from(visit)
    }
}

impl Page for ThawPage {
    type Operation = ThawLookups;
    const FIELDS: &'static [Field] = FIELDS;

    fn show(_: ThawedBody, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&from(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        from(visit)
    }
}

impl Page for SuspendPage {
    type Operation = SuspendMember;
    const FIELDS: &'static [Field] = FIELDS;

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&from(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        from(visit)
    }
}

impl Page for LiftPage {
    type Operation = LiftSuspension;
    const FIELDS: &'static [Field] = FIELDS;

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&from(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        from(visit)
    }
}

impl Page for RemovePage {
    type Operation = RemoveMember;
    const FIELDS: &'static [Field] = FIELDS;

    fn show(_: MemberRemoved, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&from(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        from(visit)
    }
}

/// The page with the form: home, or the members of the case.
fn from(visit: &Visit) -> String {
    match visit.form.has("next") {
        true => next_page(visit.form.text("next")).to_owned(),
        false => format!(
            "/console/cases/{}/members",
            visit.case().unwrap_or_default()
        ),
    }
}
