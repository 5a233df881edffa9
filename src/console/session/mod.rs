//! Coming in and leaving, and what a person sees of themselves: what waits, sessions, budgets.

mod budgets;
mod go_on;
mod home;
mod passkeys;
mod password;
mod provider_back;
mod sessions;
mod sign_in;
mod sign_out;
mod sitting;

pub use self::budgets::BudgetsPage;
pub use self::go_on::GoOn;
pub use self::home::Home;
pub use self::passkeys::{BeginPasskeyPage, EnrolPasskeyPage, PasskeysPage, RemovePasskeyPage};
pub use self::password::{PasswordForm, PasswordPage};
pub use self::provider_back::ProviderBack;
pub use self::sessions::{EndSessionPage, SessionsPage};
pub use self::sign_in::{MadeUp, SignInPage};
pub use self::sign_out::SignOut;
pub use self::sitting::{SittingForm, SittingPage};
