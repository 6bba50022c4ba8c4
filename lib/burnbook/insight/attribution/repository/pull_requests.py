"""Pull requests and issue keys that commits name, without asking a server."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from burnbook.insight.attribution.repository.commits import Commit

# Merge commits. The owner of a branch is not part of its name.
_MERGES = (
    re.compile(r"Merge pull request #(?P<pull>\d+) from [^/\s]+/(?P<branch>\S+)"),  # GitHub
    re.compile(r"Merged in (?P<branch>\S+) \(pull request #(?P<pull>\d+)\)"),  # Bitbucket
    re.compile(r"Merge (?:remote-tracking )?branch '(?:origin/)?(?P<branch>[^']+)'"),  # git, GitLab
)
# Squash commits: `Title (#12)` of GitHub and Gitea, `Merged PR 12: Title` of Azure DevOps.
_GITHUB = re.compile(r"\(#(\d+)\)\Z")
_AZURE = re.compile(r"Merged PR (\d+):")
_GITLAB = re.compile(r"^See merge request [^\s!]*!(\d+)\s*\Z", re.MULTILINE)
_SUFFIX = re.compile(r"\((?:#\d+|![0-9]+)\)\Z")
_KEY = re.compile(r"(?<![A-Za-z0-9-])([A-Z][A-Z0-9]{1,9}-[1-9]\d{0,6})(?![A-Za-z0-9-])")
# At the beginning of a part of a branch's name: `shop-12-page`, `45-page` or `issue-45`.
_BRANCH_KEY = re.compile(r"([A-Z][A-Z0-9]{1,9}-[1-9]\d{0,6})(?![A-Z0-9])")
_BRANCH_NUMBER = re.compile(r"(?:(?:issue|gh)-)?([1-9]\d{0,6})(?:-|\Z)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w#/&])#(\d{1,7})\b")
_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implements?|refs?|issues?|see|part of|related to)"
    r":?\s+((?:#\d{1,7}(?:\s*(?:,|and|&)\s*)?)+)",
    re.IGNORECASE,
)
_TRAILERS = ("issue", "issues", "refs", "closes", "fixes", "resolves", "jira", "ticket", "bug")
# Names of standards and products that have the form of an issue key.
_NOT_KEYS = frozenset(
    word
    for line in (
        "AES API ARM ASCII BASE BSD CAP CLAUDE COVID CP CRC CSS CVE CWE DES ECMA ES GB GLM GPL",
        "GPT HTML HTTP IEC IEEE IP ISO IPV LATIN LGPL MD MIT MP NIST OAUTH PEP PKCS PY RFC RSA",
        "SHA SOC SQL SSL TLS UTC UTF UUID WCAG WIN",
    )
    for word in line.split()
)
# Words before a number in the names of branches, in which case does not tell them from keys.
_NOT_KEYS_OF_BRANCHES = frozenset(
    word
    for line in (
        "BUG BUGFIX CHORE DEV DOCS FEAT FEATURE FIX GH HOTFIX ISSUE PART PATCH PHASE PR REL",
        "RELEASE REFACTOR SESSION SPRINT STEP TASK TEST VERSION WEEK WIP",
    )
    for word in line.split()
)
MERGED_BY_SERVER = ("noreply@github.com",)
"""Addresses that servers use as the committer of what they merge."""


class Merge(NamedTuple):
    """What a merge commit names: its pull request and the branch that it merged, if known."""

    pull: str | None
    branch: str | None


def merge_of(commit: Commit) -> Merge:
    """What the message of a merge commit names."""
    for pattern in _MERGES:
        if match := pattern.match(commit.subject):
            named = match.groupdict()
            return Merge(named.get("pull") or _gitlab(commit), named.get("branch"))
    return Merge(_gitlab(commit), None)


def squashed_pull(commit: Commit) -> str | None:
    """The number of the pull request that a commit with one parent is the squash of."""
    if commit.is_merge or is_revert(commit):
        return None
    match = _GITHUB.search(commit.subject) or _AZURE.match(commit.subject)
    return match[1] if match else _gitlab(commit)


def is_revert(commit: Commit) -> bool:
    """Whether a commit says that it reverts another one."""
    return commit.subject.startswith('Revert "') or "\nThis reverts commit " in commit.message


def without_pull(subject: str) -> str:
    """A subject without the number of its pull request at the end."""
    return _SUFFIX.sub("", subject).rstrip()


def _gitlab(commit: Commit) -> str | None:
    match = _GITLAB.search(commit.message)
    return match[1] if match else None


def issues_of(commit: Commit, branches: Iterable[str] = ()) -> list[str]:
    """The issue keys of a commit, such as `ABC-123` or `#45`: of its message and branches.

    A number counts where a word such as `fixes` is before it, in a trailer such as `Issue:`, or in
    the subject other than as the number of a pull request.
    """
    keys = {key for key in _KEY.findall(commit.message) if _is_key(key)}
    numbers: set[str] = set()
    for branch in branches:
        for part in branch.split("/"):
            match = _BRANCH_KEY.match(part.upper())
            if match and _is_key(match[1], _NOT_KEYS_OF_BRANCHES):
                keys.add(match[1])
            elif match := _BRANCH_NUMBER.match(part):
                numbers.add(match[1])
    subject = "" if commit.is_merge or is_revert(commit) else without_pull(commit.subject)
    numbers |= {*_NUMBER.findall(subject)}
    for named in _CLOSES.findall(commit.message):
        numbers |= {*re.findall(r"\d+", named)}
    for name, value in commit.trailers():
        if name in _TRAILERS:
            numbers |= {*_NUMBER.findall(value)}
    return sorted(keys) + [f"#{number}" for number in sorted(numbers, key=int)]


def _is_key(key: str, also: frozenset[str] = frozenset()) -> bool:
    return key.rpartition("-")[0] not in _NOT_KEYS | also
