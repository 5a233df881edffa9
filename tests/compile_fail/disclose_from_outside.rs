// refused: E0624 method `disclose` is private
use breachvault::policy::actions;
use breachvault::vault::scope::Scope;

fn open(scope: &mut Scope<'_, actions::OpenReveal>) {
    let _ = scope.disclose(1);
}

fn main() {}
