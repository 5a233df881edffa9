//! The matrix: which seat may do which action, in which state of the case.
//!
//! Each action has its row where it is listed, in `action.rs`. `tests/api/authz_matrix.txt` writes the matrix out for
//! people who do not read Rust.

use super::seats::Seat;
use super::{ActionKind, CaseState};
use crate::domain::{CaseRole, HomeRole};

/// True if the action is about one case, so that a membership decides, or for some actions the role
/// in the vault.
pub fn needs_case(action: ActionKind) -> bool {
    action.row().case
}

/// True if the seat may do the action.
pub fn allows_seat(action: ActionKind, seat: Seat) -> bool {
    let row = action.row();
    match seat {
        Seat::Stranger => row.stranger,
        Seat::System => row.system,
        Seat::Home(role) => row.home.contains(&role),
        Seat::Member(role) => row.members.contains(&role),
    }
}

/// Who may do this, by role: in the case if it is about one, in the vault too where that counts.
pub fn who_may(action: ActionKind) -> Vec<&'static str> {
    let home = HomeRole::ALL
        .into_iter()
        .filter(|role| allows_seat(action, Seat::Home(*role)))
        .map(HomeRole::as_str);
    let members = CaseRole::ALL
        .into_iter()
        .filter(|role| needs_case(action) && allows_seat(action, Seat::Member(*role)))
        .map(CaseRole::as_str);
    members.chain(home).collect()
}

/// A closed case can be read and reopened, its members named, and handed-out packages acknowledged. Of a destroyed one
/// there is its certificate.
pub fn allows_state(action: ActionKind, state: CaseState) -> bool {
    match state {
        CaseState::Open | CaseState::Held => true,
        CaseState::Closed => action.row().when_closed,
        CaseState::Destroyed => action.row().when_destroyed,
    }
}
