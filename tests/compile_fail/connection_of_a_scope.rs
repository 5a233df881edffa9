// refused: E0616 field `connection`
use breachvault::policy::actions;
use breachvault::vault::scope::Scope;

fn rows(scope: &Scope<'_, actions::SearchRecords>) {
    let _ = scope.connection;
}

fn main() {}
