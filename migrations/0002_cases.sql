-- Cases, members, exhibits. `number` is the small integer the large tables refer to.
-- `numbers` and `users` count the terms that are visible; terms above them are staged leftovers.
CREATE TABLE cases (
    number    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    state     TEXT NOT NULL CHECK (state IN ('open', 'held', 'closed')),
    sealed    BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    numbers   INTEGER NOT NULL DEFAULT 0,
    users     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- `account` names the one account a liaison is bound to, sealed under the case key. A suspended member has no right
-- in the case until another lead gives one.
CREATE TABLE membership (
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    operator     TEXT NOT NULL REFERENCES operator (id),
    role         TEXT NOT NULL CHECK (role IN ('investigator', 'lead', 'custodian', 'liaison')),
    account      BLOB,
    suspended_at INTEGER,
    PRIMARY KEY (case_number, operator)
) STRICT, WITHOUT ROWID;

-- `sealed` describes the exhibit; it is NULL while the exhibit is staged.
-- `file_tag` is a keyed digest of the file, to know it again.
-- An exhibit that was wrong is withdrawn: it stays in the file as evidence and counts no more.
-- `withdrawn_leaf` is the leaf of the decision that withdrew it.
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
    withdrawn_leaf INTEGER CHECK ((withdrawn_leaf IS NULL) = (withdrawn_at IS NULL))
) STRICT;

CREATE INDEX exhibit_of_case ON exhibit (case_number);
