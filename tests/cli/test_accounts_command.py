"""`youbei user` and `youbei token`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from server.process import youbei


def test_an_account_gets_a_password_that_is_shown_once(own_sqlite: Path) -> None:
    done = youbei(own_sqlite, "user", "create", "wang", "--role", "duty_officer", "--json")
    assert done.returncode == 0, done.stderr
    password = json.loads(done.stdout)["password"]
    assert len(password) >= 12
    with closing(sqlite3.connect(own_sqlite / "youbei.sqlite3")) as database:
        (kept,) = database.execute("SELECT password FROM records_user WHERE username = 'wang'").fetchone()
    assert kept.startswith("scrypt$")
    assert password not in kept


def test_a_password_can_be_handed_in(own_sqlite: Path) -> None:
    words = ("user", "create", "li", "--password", "-")
    assert youbei(own_sqlite, *words, stdin=b"short\n").returncode == 2
    done = youbei(own_sqlite, *words, stdin="一个足够长的口令句子\n".encode())
    assert done.returncode == 0, done.stderr
    assert "口令句子" not in done.stdout + done.stderr


def test_what_cannot_be_is_refused_with_a_sentence(own_sqlite: Path) -> None:
    refused = (
        (("user", "create", "admin"), "is taken"),
        (("user", "create", "a b"), "cannot be used"),
        (("user", "create", "x" * 200), "cannot be used"),
        (("user", "create", "zhao", "--role", "observer", "--organisation", "none"), "no organisation"),
        (("token", "create", "nobody"), "no account"),
        (("token", "create", "admin", "--days", "0"), "3660"),
        (("token", "create", "admin", "--days", "99999999"), "3660"),
    )
    for words, sentence in refused:
        done = youbei(own_sqlite, *words)
        assert done.returncode == 2, words
        assert sentence in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


def test_a_refusal_is_json_where_that_was_asked_for(own_sqlite: Path) -> None:
    done = youbei(own_sqlite, "token", "create", "nobody", "--json", "--lang", "zh")
    assert json.loads(done.stdout)["refused"] == "not-found"
    assert "没有名为" in done.stderr


def test_a_misspelt_command_says_so_in_the_language() -> None:
    for lang, words in (("zh", "命令写法有误"), ("en", "not written correctly")):
        done = youbei(Path("unused"), "log", "verfy", "--lang", lang)
        assert done.returncode == 2
        assert words in done.stderr


def test_an_account_is_invited_unlocked_reset_and_taken_out_of_use_and_back(own_sqlite: Path) -> None:
    assert youbei(own_sqlite, "user", "create", "sun", "--role", "observer").returncode == 0
    invited = youbei(own_sqlite, "user", "invite", "sun", "--json")
    assert json.loads(invited.stdout)["path"].startswith("/set-password/"), invited.stderr
    assert json.loads(youbei(own_sqlite, "user", "unlock", "sun", "--json").stdout) == {"lifted": 0}
    assert youbei(own_sqlite, "user", "reset", "sun").returncode == 0
    assert youbei(own_sqlite, "user", "deactivate", "sun", "--reason", "left").returncode == 0
    gone = youbei(own_sqlite, "user", "invite", "sun")
    assert gone.returncode == 2
    assert "no account" in gone.stderr
    assert youbei(own_sqlite, "user", "reactivate", "sun").returncode == 0
    assert youbei(own_sqlite, "user", "invite", "sun").returncode == 0


def test_a_link_to_a_provider_that_is_not_set_up_is_refused(own_sqlite: Path) -> None:
    youbei(own_sqlite, "user", "create", "zhou")
    done = youbei(own_sqlite, "user", "link", "zhou", "--provider", "province", "--value", "1")
    assert done.returncode == 2
    assert "No identity provider" in done.stderr


def test_a_key_is_limited_from_the_command_line(own_sqlite: Path) -> None:
    words = ("token", "create", "admin", "--permission", "see", "--permission", "verify_log", "--json")
    assert json.loads(youbei(own_sqlite, *words).stdout)["key"].startswith("yb_")
    refused = youbei(own_sqlite, "token", "create", "admin", "--organisation", "nowhere")
    assert refused.returncode == 2
