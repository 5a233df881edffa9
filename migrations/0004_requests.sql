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
    state        TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied', 'used', 'acknowledged', 'stopped')),
    asked_at     INTEGER NOT NULL,
    decider      TEXT REFERENCES operator (id) CHECK (decider <> asker),
    decided_at   INTEGER,
    decided_leaf INTEGER,
    digest       BLOB NOT NULL,
    sealed       BLOB NOT NULL,
    CHECK (state = 'stopped' OR (decider IS NULL) = (state = 'requested')),
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

CREATE INDEX release_of_case ON release (case_number);

-- The numbers that were erased from a case. `sealed` has a keyed tag of the number, by which it is known when it comes
-- again, and how far its erasure is.
CREATE TABLE erasure (
    no          INTEGER PRIMARY KEY,
    case_number INTEGER NOT NULL REFERENCES cases (number),
    sealed      BLOB NOT NULL
) STRICT;

CREATE INDEX erasure_of_case ON erasure (case_number);

-- What was spent in a case. An operator has a row for each kind of budget: a leaking bucket, and the points of the last
-- 30 days by day. `refused` are the times of calls that were refused for want of points. `raised` are points beside the
-- usual ones, which another lead gave.
-- Of the kind `together` are the points for lookups of the whole team by day, where `payer` is empty, and of the liaisons
-- of each account, where it is a keyed tag. A lookup writes two rows; those of a case are beside each other.
CREATE TABLE budget (
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    kind         TEXT NOT NULL CHECK (kind IN ('lookups', 'together', 'views')),
    payer        TEXT NOT NULL,
    days         BLOB NOT NULL,
    spent        REAL,
    at           INTEGER CHECK ((at IS NULL) = (spent IS NULL)),
    refused      BLOB CHECK ((refused IS NULL) = (spent IS NULL)),
    retry_at     INTEGER,
    frozen_until INTEGER,
    raised       INTEGER,
    raised_until INTEGER CHECK ((raised_until IS NULL) = (raised IS NULL)),
    CHECK ((spent IS NULL) = (kind = 'together')),
    PRIMARY KEY (case_number, kind, payer)
) STRICT, WITHOUT ROWID;
