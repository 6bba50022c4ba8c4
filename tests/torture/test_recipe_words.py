"""Whatever words a recipe is given, its script gets them as they are, and no shell reads them."""

import random
from pathlib import Path

import pytest
from frontdoor import House
from test_recipes import WAYS

from torture.figures import long, record

# Invalid UTF-8 is refused by just itself, with its own message.
PIECES = [
    *("$(touch bad)", "`touch bad`", "${IFS}", "$HOME", "$0", "$@", "{{ bin }}", "{{", "}}"),
    *("'", '"', "\\", "\\'", "\n", "\r", "\t", " ", ";", "&&", "|", ">bad", "<(ls)", "#"),
    *("*", "?", "[a]", "=", "-", "--", "é", "\u202e", "\x1b[2J", "a", "%s", "~", "!!", "\x01"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("words") / "it's $(touch bad) a clone", ready=True)


def test_no_shell_reads_what_a_recipe_is_given(house: House, tmp_path: Path) -> None:
    lot = random.Random(6)
    names = list(WAYS) if long(0, 1) else ["end", "preview"]
    sent, wrong = 0, []
    for name in names:
        for _ in range(long(1, 5)):
            words = ["".join(lot.choices(PIECES, k=lot.randrange(1, 6))) for _ in range(100)]
            # Before the first word that is none of a recipe's own, just itself looks at a word.
            given = ["codex", *words]
            sent += len(given)
            *_, call = house.calls("just", name, *given, cwd=tmp_path, stdin="x")
            if call["argv"] != WAYS[name][1:] + given:
                wrong.append(f"{name}: {call['argv']}, given {given}")
    created = [*tmp_path.iterdir(), *house.root.rglob("bad")]
    print(*wrong, *created, sep="\n")
    record(
        "What is handed to a recipe arrives as it is: no shell reads it",
        "test_no_shell_reads_what_a_recipe_is_given",
        f"{len(wrong)} changed, {len(created)} ran, of {sent:,} words made of "
        f"{len(PIECES)} pieces, through {len(names)} recipes",
        "0 changed, 0 ran",
        not wrong and not created,
    )
