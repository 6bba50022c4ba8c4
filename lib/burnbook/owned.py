"""Whether only the user (and root) can have written a file that says what to run, as ssh asks."""

import os
import stat

from burnbook.errors import BadConfig, os_sentence


def check(path: str) -> None:
    """Raise BadConfig where somebody else owns the file or its folder, or may write to either.

    A group that is the owner's own (its number is the owner's) may: many systems have one a user.
    """
    for place in (path, os.path.dirname(os.path.abspath(path))):
        try:
            found = os.stat(place)
        except OSError as error:
            raise BadConfig(os_sentence(f"cannot look at {place}", error)) from None
        if found.st_uid not in (0, os.geteuid()):
            fact = f"{place} belongs to user {found.st_uid}"
        elif found.st_mode & stat.S_IWOTH:
            fact = f"{place} can be written by everybody (mode {stat.S_IMODE(found.st_mode):o})"
        elif found.st_mode & stat.S_IWGRP and found.st_gid != found.st_uid:
            fact = f"{place} can be written by group {found.st_gid}"
        else:
            continue
        raise BadConfig(
            f"{fact}, and what {os.path.basename(path)} says to run is not run; "
            "valid: yours or root's, and written by nobody else"
        )
