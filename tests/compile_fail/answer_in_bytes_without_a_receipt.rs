use breachvault::vault::Answer;

fn early<A: Answer>(answer: A) {
    let _ = answer.body();
}

fn main() {}
