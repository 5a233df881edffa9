-- An exhibit that was wrong is withdrawn: it stays in the file as evidence and counts no more.
-- `withdrawn_leaf` is the leaf of the decision that withdrew it.
ALTER TABLE exhibit ADD COLUMN withdrawn_at INTEGER
    CHECK (withdrawn_at IS NULL OR state = 'admitted');
ALTER TABLE exhibit ADD COLUMN withdrawn_leaf INTEGER
    CHECK ((withdrawn_leaf IS NULL) = (withdrawn_at IS NULL));

-- `sealed` says of which exhibit, why, and what would go.
CREATE TABLE withdrawal (
    id          TEXT PRIMARY KEY,
    case_number INTEGER NOT NULL REFERENCES cases (number),
    exhibit     INTEGER NOT NULL REFERENCES exhibit (number),
    asker       TEXT NOT NULL REFERENCES operator (id),
    state       TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied')),
    asked_at    INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    decider     TEXT REFERENCES operator (id),
    decided_at  INTEGER,
    digest      BLOB NOT NULL,
    sealed      BLOB NOT NULL
) STRICT, WITHOUT ROWID;
