-- Facts about the vault, its operators and their sessions.
-- `meta` has the vault's id, and the name of its log if a restore began a new one.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The latest time the vault has seen, for how long it has run, and which times two people have
-- accepted, sealed under the operator-secret key.
CREATE TABLE clock (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    sealed BYTEA NOT NULL
);

-- The change of the keyring's slots that an administrator asked for, sealed under the operator-secret key. One at a time.
CREATE TABLE slot_change (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    sealed BYTEA NOT NULL
);

-- `sealed` holds name, password hash, TOTP secret and passkeys under the operator-secret key. `identity` is a keyed tag
-- of whom an OpenID provider vouches for, of those who come in by it.
CREATE TABLE operator (
    id         TEXT PRIMARY KEY,
    name_tag   BYTEA NOT NULL UNIQUE,
    home       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('invited', 'active', 'revoked')),
    sealed     BYTEA NOT NULL,
    enrolment  BYTEA UNIQUE,
    enrol_by   BIGINT,
    totp_step  BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    identity   BYTEA UNIQUE
);

-- `token` is a keyed tag of a random token; the token itself is shown once and kept nowhere.
CREATE TABLE session (
    id         TEXT PRIMARY KEY,
    token      BYTEA NOT NULL UNIQUE,
    operator   TEXT NOT NULL REFERENCES operator (id),
    opened_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When it ends if it is not used before.
    idle_at    BIGINT NOT NULL,
    -- Whether it was opened with a second factor.
    second_factor BIGINT NOT NULL CHECK (second_factor IN (0, 1)),
    -- By what: a password and perhaps a code, a passkey, the vault's own command line, a recovery code, an OpenID
    -- provider; or it is the token of a script, or a machine, whose `token` is a tag of its key.
    means TEXT NOT NULL
        CHECK (means IN ('password', 'passkey', 'host', 'recovery', 'provider', 'script', 'machine')),
    revoked_at BIGINT,
    -- What the token of a script, or a machine, is called and good for, sealed under the operator-secret key; and when
    -- it was used.
    scope   BYTEA CHECK ((scope IS NULL) = (means NOT IN ('script', 'machine'))),
    used_at BIGINT
);

CREATE INDEX session_of_operator ON session (operator);

-- The processes that may write the log where a server has the tables; none where a file has them. `run` is drawn at each
-- start, `seen_at` is when the node last said that it runs, and `generation` that of its keyring then. `key` is SHA-256 of
-- the public key by which other nodes know it, and `address` where they ask it; empty if they do not.
-- `struck_at` is when the node was struck off, and 0 of one that is a node.
CREATE TABLE node (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    run        BYTEA NOT NULL,
    since      BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    key        BYTEA NOT NULL,
    address    TEXT NOT NULL,
    struck_at  BIGINT NOT NULL
);
