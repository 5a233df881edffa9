//! The API's description of asking, listing, reading and deciding: what is the same for every kind is said here.

/// The [`StepDocs`](super::StepDocs) of a kind: its own words, and one example that the list repeats.
macro_rules! step_docs {
    (
        tag: $tag:literal,
        name: $name:literal,
        many: $many:literal,
        ask: {
            id: $ask_id:literal,
            summary: $ask_summary:literal,
            description: $ask_description:literal,
            request: $ask_request:literal,
            answer: $ask_answer:literal,
            problems: [$($ask_problem:literal),* $(,)?],
        },
        list: {
            summary: $list_summary:literal,
            description: $list_description:literal,
            $(problems: [$($list_problem:literal),* $(,)?],)?
        },
        read: {
            summary: $read_summary:literal,
            description: $read_description:literal,
            example: $example:literal,
            $(problems: [$($read_problem:literal),* $(,)?],)?
        },
        decide: {
            summary: $decide_summary:literal,
            description: $decide_description:literal,
            reason: $reason:literal,
            $(problems: [$($decide_problem:literal),* $(,)?],)?
        } $(,)?
    ) => {
        $crate::operations::two_person::StepDocs {
            ask: $crate::operations::Docs {
                id: $ask_id,
                tag: $tag,
                summary: $ask_summary,
                description: $ask_description,
                request: $ask_request,
                answer: $ask_answer,
                problems: &["not-found", "case-closed", "too-many-open", $($ask_problem),*],
            },
            list: $crate::operations::Docs {
                id: concat!("list", $name, "s"),
                tag: $tag,
                summary: $list_summary,
                description: concat!(
                    $list_description,
                    " Newest first, a page at a time: `next` is the `after` of the next page. `state=requested` \
                     lists those that wait for a decision."
                ),
                request: "",
                answer: concat!("{\"", $many, "\": [", $example, "], \"next\": null}"),
                problems: &["not-found", "case-closed", $($($list_problem),*)?],
            },
            read: $crate::operations::Docs {
                id: concat!("read", $name),
                tag: $tag,
                summary: $read_summary,
                description: $read_description,
                request: "",
                answer: $example,
                problems: &["not-found", "case-closed", $($($read_problem),*)?],
            },
            decide: $crate::operations::Docs {
                id: concat!("decide", $name),
                tag: $tag,
                summary: $decide_summary,
                description: concat!(
                    "Somebody other than the asker approves or denies it, before it expires.",
                    $decide_description
                ),
                request: concat!(r#"{"decision": "approve", "reason": ""#, $reason, r#""}"#),
                answer: r#"{"state": "approved"}"#,
                problems: &[
                    "not-found",
                    "case-closed",
                    "own-request",
                    "recognised-by-asker",
                    "wrong-state",
                    "expired",
                    "asker-gone",
                    "result-changed",
                    $($($decide_problem),*)?
                ],
            },
        }
    };
}

pub(in crate::operations) use step_docs;
