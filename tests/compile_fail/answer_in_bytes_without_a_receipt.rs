// refused: E0061 this method takes 1 argument but 0
use breachvault::vault::Answer;

fn early<A: Answer>(answer: A) {
    let _ = answer.view();
}

fn main() {}
