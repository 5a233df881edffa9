-- Requests that need two people, protected tables, and lookup budgets.
--
-- One operator makes a request, and another decides it before `expires_at`. All kinds of request are in this table.
-- `sealed` has what is requested, the reasons, and what was done after the decision. `digest` binds the request to the
-- data that would be shown, exported or withdrawn.
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

-- Protected tables that were given out. `sealed` has the dimension, the exhibits and the cells of the table.
CREATE TABLE release (
    no          INTEGER PRIMARY KEY,
    case_number INTEGER NOT NULL REFERENCES cases (number),
    sealed      BLOB NOT NULL
) STRICT;

-- The lookup points an operator had spent in a case at the time `at`. They flow back over time.
CREATE TABLE budget (
    operator    TEXT NOT NULL REFERENCES operator (id),
    case_number INTEGER NOT NULL REFERENCES cases (number),
    spent       REAL NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (operator, case_number)
) STRICT, WITHOUT ROWID;
