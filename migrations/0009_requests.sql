-- What needs two people: somebody asks, somebody else decides in time. One table for every kind;
-- what is asked for, why, and what came of it is in `sealed`. `digest` binds the request to what
-- would be shown, sent or taken away. Requests of a build before this one are dropped.
DROP TABLE reveal;
DROP TABLE export;
DROP TABLE withdrawal;

CREATE TABLE request (
    id           TEXT PRIMARY KEY,
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    kind         TEXT NOT NULL,
    asker        TEXT NOT NULL REFERENCES operator (id),
    state        TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied', 'used', 'acknowledged')),
    asked_at     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    decider      TEXT REFERENCES operator (id) CHECK (decider <> asker),
    decided_at   INTEGER,
    decided_leaf INTEGER,
    digest       BLOB NOT NULL,
    sealed       BLOB NOT NULL,
    CHECK ((decider IS NULL) = (state = 'requested')),
    CHECK ((decider IS NULL) = (decided_at IS NULL)),
    CHECK ((decider IS NULL) = (decided_leaf IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX request_of_case ON request (case_number, kind, asked_at);
