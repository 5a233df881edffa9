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

-- Which leaves have a value, by what a search asks for: 1 object, 2 an outcome other than `done`, 3 operator, 4 case,
-- 5 action. It repeats `leaf`, for as many leaves of the log as are a multiple of 256, and the commit that reaches one
-- writes it for all 256 of them: a commit that wrote it for each leaf would write three more pages.
CREATE TABLE leaf_index (
    criterion BIGINT NOT NULL,
    value     TEXT NOT NULL,
    seq       BIGINT NOT NULL,
    PRIMARY KEY (criterion, value, seq)
);

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
