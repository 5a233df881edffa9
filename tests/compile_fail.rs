//! Programs that must not compile: each tries to get round the door from outside.
//!
//! Walls inside the crate are held by privacy, clippy and `architecture.rs`.

#[test]
fn programs_that_go_round_the_door_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
