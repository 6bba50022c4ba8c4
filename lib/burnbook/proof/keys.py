"""The key that signs proofs: a file of the user's, outside of what is shared."""

import os
import stat
from hashlib import sha256
from typing import Any

from burnbook.base import files
from burnbook.base.errors import BadConfig, BadData, IOFault, os_sentence
from burnbook.proof import drafts

_SIZE = 64  # hex digits


def default_path() -> str:
    """Returns the path of the user's key."""
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return os.path.join(config, "burnbook", "proof.key")


def private_key(path: str) -> Any:
    """Returns the key of a file, which is created if it does not exist.

    Raises BadConfig if the file is no key or if others may read it, and IOFault.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        text = _read(path)
        drafts.clear(path)  # a killed call may have left a second name of the key
    except FileNotFoundError:
        _create(path, os.urandom(_SIZE // 2).hex())
        text = _read(path)
    except OSError as error:
        raise IOFault(os_sentence("cannot read the key", error)) from None
    try:
        return Ed25519PrivateKey.from_private_bytes(_bytes(text))
    except ValueError:
        raise BadConfig(
            f"{path} is not a key of `proof`; move it away, or name another file with --key"
        ) from None


def _read(path: str) -> str:
    handle = files.open_regular(path)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
            raise BadConfig(f"others may read the key {path}; run: chmod 600 {path}")
        return file.read(_SIZE + 2).decode("ascii", "replace").strip()


def _create(path: str, key: str) -> None:
    """Writes a new key. Of two calls at once, one writes it and both use it."""
    try:
        files.make_dir(os.path.dirname(os.path.abspath(path)))
        drafts.put(path, f"{key}\n".encode(), replaces=False)
    except OSError as error:
        raise IOFault(os_sentence("cannot write the key", error)) from None


def _bytes(text: str) -> bytes:
    if len(text) != _SIZE or text.strip("0123456789abcdef"):
        raise ValueError(text)
    return bytes.fromhex(text)


def fingerprint(public_key: str) -> str:
    """Returns a short name of a public key, which people can compare."""
    return f"SHA256:{sha256(bytes.fromhex(public_key)).hexdigest()[:32]}"


def is_key(wanted: str, public_key: str) -> bool:
    """Returns whether a public key is the wanted one: hex digits, a fingerprint, or a file of them.

    Raises Missing if it is neither, and there is no such file.
    """
    if wanted.lower() in (public_key, fingerprint(public_key).lower()):
        return True
    if wanted.upper().startswith("SHA256:") or (
        len(wanted) == _SIZE and not wanted.lower().strip("0123456789abcdef")
    ):
        return False
    data = files.read_input(wanted, "cannot compare the key", 4096)
    text = data.decode("utf-8", "replace").strip()
    if len(text) > 200 or "\n" in text or not text:
        raise BadData(f"{wanted} has no public key; `proof` prints it, and its fingerprint")
    return text.lower() in (public_key, fingerprint(public_key).lower())
