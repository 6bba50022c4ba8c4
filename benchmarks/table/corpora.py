"""Generates the inputs, and keeps those whose options have not changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from table.declared import Corpus

BENCHMARKS = Path(__file__).resolve().parent.parent
HOME_FOLDERS = (".claude", ".codex")


class Corpora:
    """The corpora below one folder, by name. NAME.options.json has the arguments of each."""

    def __init__(self, work: Path, declared: dict[str, Corpus], *, quick: bool) -> None:
        self.work, self.declared, self.quick = work, declared, quick
        work.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """A corpus, generated if it is missing or was generated with other options."""
        corpus = self.declared[name]
        arguments = list(corpus.quick if self.quick else corpus.full)
        path, options = self.work / name, self.work / f"{name}.options.json"
        wanted = [corpus.generator, *arguments]
        if options.exists() and json.loads(options.read_text()) == wanted:
            return path
        if path.exists():
            sys.exit(f"table: {path} was generated with other options; remove it or choose --work")
        print(f"generating {name}", file=sys.stderr, flush=True)
        generate(corpus.generator, path, *arguments)
        options.write_text(json.dumps(wanted) + "\n")
        return path

    def home(self, name: str) -> Path:
        """A home folder whose agents' folders link to a corpus, so that peers write beside it."""
        corpus = self.path(name)
        home = self.work / "homes" / name
        home.mkdir(parents=True, exist_ok=True)
        for folder in HOME_FOLDERS:
            if (corpus / folder).exists() and not (home / folder).is_symlink():
                (home / folder).symlink_to((corpus / folder).resolve())
        return home


def generate(generator: str, path: Path, *arguments: str) -> None:
    """Run a generator in a process of its own: large Python heaps slow down later forks."""
    words = [sys.executable, str(BENCHMARKS / generator), *arguments, str(path)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "TZ": "UTC"})
