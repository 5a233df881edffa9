//! What differs between the kinds of request, as their pages show it.

use crate::console::visit::Visit;
use crate::operations::two_person::TwoPerson;
use crate::policy::{Action, ActionKind};
use crate::vault::scope::requests::AskedView;

/// What the requests of a kind are called on pages. The API's words for them stay in addresses.
pub struct Called {
    /// One of them, as a heading or a link.
    pub one: &'static str,
    /// All of them, as a heading or a link.
    pub several: &'static str,
    /// What somebody asks for, after these words.
    pub asked_for: &'static str,
}

/// A kind of request with its words.
pub trait Kind: TwoPerson {
    /// What they are called.
    const CALLED: Called;
    /// What one is asked for, as a sentence about asking.
    const ASKS: &'static str;
    /// Whether it is asked for by a form of its own.
    const HAS_FORM: bool = false;
    /// Where one is asked for otherwise.
    const WHERE: Option<&'static str> = None;
    /// What happens after a yes, as the rest of a sentence.
    const DOES: &'static str;

    /// Its identifier.
    fn id(view: &Self::View) -> String;
    /// Who asked and why, who decided, and until when it holds.
    fn asked(view: &Self::View) -> &AskedView;
    /// Exactly what a yes would disclose or change: what it is called, and how much.
    fn facts(view: &Self::View, visit: &Visit) -> Vec<(&'static str, String)>;

    /// What was done, as whole sentences, in the place of what a yes would do.
    fn done(_: &Self::View, _: &Visit) -> Option<String> {
        None
    }

    /// People whose numbers would be shown, masked: token, mask, messages.
    fn sample(_: &Self::View) -> Vec<(String, String, u64)> {
        Vec::new()
    }

    /// What the asker does with a yes: the address of the form, its button, and what is done.
    fn after(_: &Self::View) -> Option<(String, &'static str, ActionKind)> {
        None
    }

    /// What any of those who may read it do with a yes, each with a reason.
    fn steps(_: &Self::View, _: &Visit) -> Option<Steps> {
        None
    }

    /// Where a package is handed out that was approved: to others than the asker.
    fn package(_: &Self::View) -> Option<String> {
        None
    }
}

/// Something that is done for every kind, one after another, such as mounting its routes.
pub trait EachKind: Sized {
    /// Does it for one kind.
    fn kind<K: Kind>(self) -> Self;
}

/// A kind that somebody can see: the word in addresses, what it is asked for, whether they may ask, and whether by a
/// form of its own.
pub(super) struct SeenKind {
    pub(super) plural: &'static str,
    /// What they are called on pages.
    pub(super) several: &'static str,
    pub(super) about: &'static str,
    pub(super) may_ask: bool,
    pub(super) has_form: bool,
    /// Where it is asked for otherwise.
    pub(super) place: Option<&'static str>,
}

pub(super) fn listed<K: Kind>(visit: &Visit) -> Option<SeenKind> {
    let list = <K::List as Action>::KIND;
    let ask = <K::Ask as Action>::KIND;
    visit.may(list).then(|| SeenKind {
        plural: K::WORDS.many,
        several: K::CALLED.several,
        about: K::ASKS,
        may_ask: visit.may(ask),
        has_form: K::HAS_FORM,
        place: K::WHERE,
    })
}

/// What can be done on a yes: the address of each form, and its button.
pub struct Steps {
    /// How things stand.
    pub said: &'static str,
    /// What was asked for, if it can be done now.
    pub first: Option<(String, &'static str)>,
    /// What ends it.
    pub other: Option<(String, &'static str)>,
}

/// The address of one request.
pub(super) fn address<K: Kind>(id: &str) -> String {
    format!("/console/{}/{id}", K::WORDS.many)
}
