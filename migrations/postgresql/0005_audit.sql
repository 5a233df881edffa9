-- The transparency log. `bytes` is the leaf. The other columns repeat parts of it, for searching.
CREATE TABLE leaf (
    seq      BIGINT PRIMARY KEY,
    time     BIGINT NOT NULL,
    operator TEXT,
    case_id  TEXT,
    object   TEXT,
    action   TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    bytes    BYTEA NOT NULL
);

-- Each answers for one value the leaves in the order of their numbers. Every lookup has an operator, a case and an
-- action; it has no object, and most leaves say `done`, so those two cost a lookup nothing.
CREATE INDEX leaf_of_operator ON leaf (operator) WHERE operator IS NOT NULL;
CREATE INDEX leaf_of_case ON leaf (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX leaf_of_action ON leaf (action);
CREATE INDEX leaf_of_object ON leaf (object) WHERE object IS NOT NULL;
CREATE INDEX leaf_not_done ON leaf (outcome) WHERE outcome <> 'done';

-- The hashes of the Merkle tree, in the order in which they become final.
CREATE TABLE tree_hash (
    position BIGINT PRIMARY KEY,
    hash     BYTEA NOT NULL
);

-- The newest signed checkpoint, in one row. `control` is what the control rows are: the sum of their keyed elements for
-- each table, sealed for the log's size and root. Every commit writes both, and in one row they are one page.
CREATE TABLE checkpoint (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    size    BIGINT NOT NULL,
    note    TEXT NOT NULL,
    control BYTEA NOT NULL
);

-- The sealed detail that a leaf commits to: under a key of the leaf's case if it has one, which ends with the case. No
-- proof needs it.
CREATE TABLE detail (
    seq    BIGINT PRIMARY KEY,
    sealed BYTEA NOT NULL
);
