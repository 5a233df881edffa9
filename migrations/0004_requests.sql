-- What needs a second person, and what it may cost.
CREATE TABLE reveal (
    id          TEXT PRIMARY KEY,
    case_number INTEGER NOT NULL REFERENCES cases (number),
    asker       TEXT NOT NULL REFERENCES operator (id),
    state       TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied', 'used')),
    asked_at    INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    decider     TEXT REFERENCES operator (id),
    decided_at  INTEGER,
    digest      BLOB NOT NULL,
    sealed      BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE export (
    id           TEXT PRIMARY KEY,
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    asker        TEXT NOT NULL REFERENCES operator (id),
    state        TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied', 'used', 'acknowledged')),
    profile      TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    decider      TEXT REFERENCES operator (id),
    decided_at   INTEGER,
    decided_leaf INTEGER,
    package      BLOB,
    digest       BLOB NOT NULL,
    sealed       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

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

-- Protected tables that have been given out; `sealed` is the cut and its cells.
CREATE TABLE release (
    no          INTEGER PRIMARY KEY,
    case_number INTEGER NOT NULL REFERENCES cases (number),
    sealed      BLOB NOT NULL
) STRICT;

CREATE TABLE budget (
    operator    TEXT NOT NULL REFERENCES operator (id),
    case_number INTEGER NOT NULL REFERENCES cases (number),
    spent       REAL NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (operator, case_number)
) STRICT, WITHOUT ROWID;
