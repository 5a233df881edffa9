//! Tests through the library's public door, or of the built program. They are one
//! binary, because each binary links the whole program.
//!
//! `house` makes a vault with one operator for each role; `outside` runs programs
//! that are not ours.

mod house;
mod outside;

mod approval_attacks;
mod cmd;
mod compile_fail;
mod evidence_tools;
mod faults;
mod independent;
mod leakage;
mod line_length;
mod mapping;
mod protected_attack;
mod readme;
mod simulation;
mod tamper;
mod test_modules;
mod tls;
mod vectors_tlog;
