//! `GET /console/{kind}/{id}`: one request, with exactly what a yes would do, and the form to decide it.

use std::marker::PhantomData;

use askama::Template;

use super::kind::{Kind, Steps};
use super::list::reads;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, word};
use crate::operations::two_person::Read;
use crate::policy::who_may;
use crate::policy::{Action, ActionKind};
use crate::vault::OperationError;
use crate::vault::scope::requests::{AskedView, RequestKind, ShownState};

/// One request.
pub struct ReadPage<K>(PhantomData<fn(K)>);

#[derive(Template)]
#[template(path = "request/read.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    id: String,
    called: &'static str,
    does: &'static str,
    /// Whether a yes does it at once.
    at_once: bool,
    done: Option<String>,
    asked: &'a AskedView,
    facts: Vec<(&'static str, String)>,
    sample: Vec<(String, String, u64)>,
    /// Whether it waits for a decision, and whether the reader may make it.
    waits: bool,
    decides: bool,
    /// What its last moment is called; none where nothing ends any more.
    ends: Option<&'static str>,
    /// Whether the reader asked for it.
    own: bool,
    who_can: String,
    after: Option<(String, &'static str)>,
    steps: Option<Steps>,
    package: Option<String>,
    takes: bool,
    /// Whether the reader can stop a package that is being built.
    stops: bool,
    records_arrival: bool,
    who_hands_out: String,
}

impl<K: Kind> Page for ReadPage<K> {
    type Operation = Read<K>;

    fn show(view: K::View, visit: &Visit) -> Result<Shown, OperationError> {
        let asked = K::asked(&view);
        let reader = visit.person.as_ref().map(|person| person.name.as_str());
        let own = reader == Some(asked.asked_by.as_str());
        let decide = <<K as RequestKind>::Decide as Action>::KIND;
        let mut facts = K::facts(&view, visit);
        if let Some(stopped) = &asked.stopped {
            let at = visit.time(&stopped.at);
            let words = format!("{}, {at}: {}", stopped.by, stopped.reason);
            facts.push(("Stopped by", words));
        }
        Shown::page(&Shows {
            visit,
            refused: None,
            id: K::id(&view),
            called: K::CALLED.asked_for,
            does: K::DOES,
            at_once: K::AT_ONCE,
            done: K::done(&view, visit),
            asked,
            facts,
            sample: K::sample(&view),
            waits: matches!(asked.state, ShownState::Requested),
            own,
            who_can: who_may(decide).join(", "),
            decides: visit.may(decide),
            ends: match asked.state {
                ShownState::Requested => Some("To be decided by"),
                ShownState::Approved => (!K::AT_ONCE).then_some("To be used by"),
                ShownState::Expired => Some("Ran out"),
                ShownState::Denied
                | ShownState::Used
                | ShownState::Acknowledged
                | ShownState::Stopped => None,
            },
            after: K::after(&view)
                .filter(|(_, _, act)| own && visit.may(*act))
                .map(|(to, button, _)| (to, button)),
            steps: K::steps(&view, visit),
            package: K::package(&view),
            takes: visit.may(ActionKind::TakePackage),
            stops: visit.may(ActionKind::CancelBuild)
                && (own || visit.may(ActionKind::BuildPackage)),
            records_arrival: visit.may(ActionKind::AcknowledgeExport),
            who_hands_out: who_may(ActionKind::TakePackage).join(", "),
        })
    }
}
