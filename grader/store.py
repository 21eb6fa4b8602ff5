"""What has been computed already: results by content, and the reference's values, in one SQLite file.

The same key is never graded twice unless asked, so a run that was killed goes on where it was. The file also holds
the default run seed: drawn once, kept from every answer, and the same from run to run, so that a second run finds the
first one's results.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator, MutableMapping
from functools import cache
from pathlib import Path

from grader import __version__
from grader.bank import ROOT
from grader.errors import UsageError
from grader.scoring import Graded

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, graded TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reference_values (key TEXT PRIMARY KEY, frame BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_LAYOUT = 2
# What another layout holds can be computed again; the seed stays.
_CLEAR = f"""
DROP TABLE IF EXISTS results;
DROP TABLE IF EXISTS reference_values;
PRAGMA user_version = {_LAYOUT};
"""


def default_path() -> Path:
    """``$GRADER_STORE``, or a file in the user's cache folder (XDG Base Directory Specification)."""
    if given := os.environ.get("GRADER_STORE"):
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "grader" / "store.sqlite3"


class Store:
    """One connection. Several processes may each have their own to the same file (write-ahead log).

    Raises UsageError where the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            if self._db.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
                self._db.executescript(_CLEAR)
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"{path}: the store cannot be opened ({error}); remove it or set GRADER_STORE") from error

    def close(self) -> None:
        self._db.close()

    def seed(self) -> int:
        """The default run seed."""
        drawn = str(secrets.randbits(63))
        self._db.execute("INSERT OR IGNORE INTO settings VALUES ('seed', ?)", (drawn,))
        (value,) = self._db.execute("SELECT value FROM settings WHERE name = 'seed'").fetchone()
        return int(value)

    def result(self, key: str) -> Graded | None:
        row = self._db.execute("SELECT graded FROM results WHERE key = ?", (key,)).fetchone()
        return Graded.model_validate_json(row[0]) if row else None

    def keep_result(self, key: str, graded: Graded) -> None:
        self._db.execute("INSERT OR REPLACE INTO results VALUES (?, ?)", (key, graded.model_dump_json()))

    def reference_values(self) -> StoredValues:
        return StoredValues(self._db)


class StoredValues(MutableMapping[str, bytes]):
    """The reference's values, in memory first and in the store behind it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._memory: dict[str, bytes] = {}

    def __getitem__(self, key: str) -> bytes:
        if key not in self._memory:
            row = self._db.execute("SELECT frame FROM reference_values WHERE key = ?", (key,)).fetchone()
            if row is None:
                raise KeyError(key)
            self._memory[key] = row[0]
        return self._memory[key]

    def __setitem__(self, key: str, frame: bytes) -> None:
        self._memory[key] = frame
        self._db.execute("INSERT OR REPLACE INTO reference_values VALUES (?, ?)", (key, frame))

    def __delitem__(self, key: str) -> None:
        self._memory.pop(key, None)
        self._db.execute("DELETE FROM reference_values WHERE key = ?", (key,))

    def __iter__(self) -> Iterator[str]:
        return (key for (key,) in self._db.execute("SELECT key FROM reference_values"))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM reference_values").fetchone()[0])


@cache
def engine_digest() -> str:
    """SHA-256 of the engine's own version and source: another engine may judge otherwise."""
    total = hashlib.sha256(__version__.encode())
    for package in ("grader", "sandbox"):
        for path in sorted((ROOT / package).rglob("*.py")):
            total.update(path.read_bytes())
    return total.hexdigest()


def result_key(*parts: object) -> str:
    """The key of a result: a digest of everything that it rests on."""
    return hashlib.sha256("\0".join(map(str, (engine_digest(), *parts))).encode()).hexdigest()
