-- Cases, members and exhibits. The large tables refer to a case or an exhibit by its `number`.
-- `numbers` and `users` are the numbers of visible terms. Terms above them belong to an admission that did not finish.
-- Of a destroyed case `sealed` holds what is left of it, sealed under a key of the root.
CREATE TABLE cases (
    number    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    state     TEXT NOT NULL CHECK (state IN ('open', 'held', 'closed', 'destroyed')),
    sealed    BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    numbers   INTEGER NOT NULL DEFAULT 0,
    users     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- `account` names the one account a liaison is bound to, sealed under the case key. A suspended member has no right
-- in the case until another lead gives one. A restore suspends every member, and is nobody in `suspended_by`. Nor has a member any right
-- whom nobody has recognised.
CREATE TABLE membership (
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    operator     TEXT NOT NULL REFERENCES operator (id),
    role         TEXT NOT NULL CHECK (role IN ('investigator', 'lead', 'custodian', 'liaison')),
    account      BLOB,
    suspended_at INTEGER,
    suspended_by TEXT REFERENCES operator (id),
    recognised_at INTEGER,
    recognised_by TEXT REFERENCES operator (id),
    PRIMARY KEY (case_number, operator)
) STRICT, WITHOUT ROWID;

CREATE INDEX membership_of_operator ON membership (operator);
CREATE INDEX membership_of_suspender ON membership (suspended_by) WHERE suspended_by IS NOT NULL;

-- `sealed` describes the exhibit; it is NULL while the exhibit is staged.
-- `file_tag` is a keyed digest of the file. It shows whether an operator admitted the same file before.
-- A withdrawn exhibit stays in the database as evidence, but its records are in no answer.
-- `withdrawn_leaf` is the number of the leaf of the decision to withdraw it.
-- `node` is the node that admits it, where a server has the tables.
CREATE TABLE exhibit (
    number         INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    case_number    INTEGER NOT NULL REFERENCES cases (number),
    state          TEXT NOT NULL CHECK (state IN ('staged', 'admitted')),
    file_tag       BLOB,
    sealed         BLOB,
    begun_at       INTEGER NOT NULL,
    admitted_at    INTEGER,
    withdrawn_at   INTEGER CHECK (withdrawn_at IS NULL OR state = 'admitted'),
    withdrawn_leaf INTEGER CHECK ((withdrawn_leaf IS NULL) = (withdrawn_at IS NULL)),
    node           TEXT
) STRICT;

CREATE INDEX exhibit_of_case ON exhibit (case_number);
