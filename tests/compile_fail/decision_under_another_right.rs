// refused: E0271 type mismatch resolving
// refused: E0599 the method `decide` exists for
use breachvault::domain::{ExportId, RevealId};
use breachvault::policy::actions;
use breachvault::vault::Why;
use breachvault::vault::scope::Scope;
use breachvault::vault::scope::requests::{Export, Reveal};

fn other_kind(scope: &mut Scope<'_, actions::DecideReveal>, export: &ExportId, why: &Why) {
    let _ = scope.decide::<Export>(export, true, why);
}

fn asker(scope: &mut Scope<'_, actions::RequestReveal>, reveal: &RevealId, why: &Why) {
    let _ = scope.decide::<Reveal>(reveal, true, why);
}

fn main() {}
