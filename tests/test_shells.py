"""The functions that `aliases` prints, in the shells of this machine."""

import shutil
import subprocess

import pytest
from conftest import Shell
from frontdoor import ROOT

ALIASES = ROOT / "bin" / "aliases"


@pytest.mark.parametrize("name", ["sh", "bash", "zsh", "fish"])
def test_a_function_books_for_its_agent_with_its_arguments_unchanged(
    shell: Shell, name: str
) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    (shell.config / "agents.toml").write_text('[agents.ada]\nprovider = "codex"\nalias = "q"\n')
    is_fish = name == "fish"
    load = f"'{ALIASES}' --shell fish | source" if is_fish else f"eval \"$('{ALIASES}')\""
    act_as = "set -gx AGENT_ID zoe" if is_fish else "export AGENT_ID=zoe"
    script = f'{load}\nqs W0-CHN --set 5h=11 --notes "it\'s free"\n{act_as}\nqs --set 5h=12\n'
    environment = {**shell.environment, "HOME": str(shell.config.parent)}
    subprocess.run([program, "-c", script], env=environment, check=True, capture_output=True)
    first, second = shell.rows("snapshots")
    assert (first["agent"], first["window"], first["notes"]) == ("ada", "W0-CHN", "it's free")
    assert (second["agent"], second["window"]) == ("zoe", "W0-CHN")
