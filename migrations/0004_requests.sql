-- Requests that need two people, protected tables, and lookup budgets.
--
-- One operator makes a request, and another decides it in time. All kinds of request are in this table.
-- `sealed` has what is requested, the reasons, until when, and what was done after the decision. `digest` binds the
-- request to the data that would be shown, exported or withdrawn.
CREATE TABLE request (
    id           TEXT PRIMARY KEY,
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    kind         TEXT NOT NULL,
    asker        TEXT NOT NULL REFERENCES operator (id),
    state        TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied', 'used', 'acknowledged')),
    asked_at     INTEGER NOT NULL,
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
CREATE INDEX request_of_asker ON request (case_number, kind, asker);

-- Protected tables that were given out. `sealed` has the dimension, the exhibits and the cells of the table.
CREATE TABLE release (
    no          INTEGER PRIMARY KEY,
    case_number INTEGER NOT NULL REFERENCES cases (number),
    sealed      BLOB NOT NULL
) STRICT;

-- What an operator has spent in a case: a leaking bucket, and the points of the last 30 days by day.
-- `kind` is the budget that is meant. `refused` are the times of calls that were refused for want of points.
-- `raised` are points beside the usual ones, which another lead gave.
CREATE TABLE budget (
    operator     TEXT NOT NULL REFERENCES operator (id),
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    kind         TEXT NOT NULL CHECK (kind IN ('lookups', 'views')),
    spent        REAL NOT NULL,
    at           INTEGER NOT NULL,
    days         BLOB NOT NULL,
    refused      BLOB NOT NULL,
    retry_at     INTEGER,
    frozen_until INTEGER,
    raised       INTEGER,
    raised_until INTEGER CHECK ((raised_until IS NULL) = (raised IS NULL)),
    PRIMARY KEY (operator, case_number, kind)
) STRICT, WITHOUT ROWID;

-- The points of a case by day: of its team, where `party` is empty, and of the liaisons of each account.
CREATE TABLE case_budget (
    case_number INTEGER NOT NULL REFERENCES cases (number),
    party       BLOB NOT NULL,
    days        BLOB NOT NULL,
    PRIMARY KEY (case_number, party)
) STRICT, WITHOUT ROWID;
