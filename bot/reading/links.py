"""Where a paper's own page, its code and its project are."""

import re
from urllib.parse import quote, urlsplit

from bot.models import Link, Paper

MOST = 5
"""Links to code and projects that a paper may have; a list of references is not worth more."""

_LONGEST = 500
"""A longer URL is left out: cut short it would lead elsewhere."""

_CODE_HOSTS = (
    "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co", "hf.co", "zenodo.org", "kaggle.com",
    "4open.science", "gitee.com", "modelscope.cn", "osf.io", "figshare.com", "sourceforge.net",
)  # fmt: skip
_PRINTED_BARE = ("github.com/", "gitlab.com/", "bitbucket.org/", "codeberg.org/", "huggingface.co/")
_REPOSITORIES = f"(?:{'|'.join(map(re.escape, _PRINTED_BARE))})"
# LaTeX escapes some characters; all else that no URL holds unescaped ends it, and so does non-ASCII.
_URL = re.compile(
    rf"(?:https?://|(?<![\w./@-])(?=(?:www\.)?{_REPOSITORIES}))"
    r"(?:[!#-;=?-Z_a-z~]|\\[_%&#~])+",
    re.IGNORECASE,
)
# Broken where a URL can't end: after the scheme, or after a code host's name before owner/name.
_BROKEN = re.compile(
    rf"(?<=//)\s+(?=(?:[\w-]+\.)+[a-z]{{2,}}/)|((?:^|(?<=[\s/{{(])){_REPOSITORIES})\s+(?=[\w.-]+/[\w.-]+)",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'*_~-$"


def links(paper: Paper) -> tuple[Link, ...]:
    """The paper's own page, or where to look for it; then code, then projects, each once.

    URLs are those printed, http and https only; a bare ``github.com/owner/name`` becomes https.
    """
    own = _own(paper)
    found: dict[str, Link] = {}
    text = _from_first(f"{paper.title_as_printed} {paper.abstract_as_printed}")
    text = _BROKEN.sub(lambda m: m[1] or "", text)
    for match in _URL.finditer(text):
        url = _trimmed(match.group().replace("\\", ""))
        if not url.lower().startswith(("http://", "https://")):
            url = f"https://{url}"
        host = _host(url)
        if host and len(url) <= _LONGEST and _key(url) != _key(own.url):
            found.setdefault(_key(url), Link("code" if _holds_code(host) else "project", url))
    named = sorted(found.values(), key=lambda link: link.kind)
    return (own, *named[:MOST])


def _from_first(text: str) -> str:
    """The text from its first word that may be a URL: patterns are slow where there is nothing to find."""
    lower = text.lower()
    starts = [at for hint in ("http", *_PRINTED_BARE) if (at := lower.find(hint)) >= 0]
    if not starts:
        return ""
    # Some letters grow when lowered, and shift what follows.
    return text[text.rfind(" ", 0, min(starts)) + 1 :] if len(lower) == len(text) else text


def _own(paper: Paper) -> Link:
    if paper.arxiv_id:
        return Link("paper", f"https://arxiv.org/abs/{_quoted(paper.arxiv_id, '/')}")
    if paper.doi:
        return Link("paper", f"https://doi.org/{_quoted(paper.doi, '/')}")
    if paper.url and paper.url.lower().startswith(("http://", "https://")):
        return Link("paper", paper.url)
    # Full text over titles and abstracts of the site that our digests come from, without a captcha.
    return Link("find", f"https://huggingface.co/papers?q={_quoted(paper.title, '')}")


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")


def _host(url: str) -> str:
    """The host's name, or nothing when the URL is none or carries a user name (which disguises the host)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = parts.netloc.lower().partition(":")[0]
    return host if re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host) else ""


def _holds_code(host: str) -> bool:
    return host.startswith(("git.", "gitlab.")) or any(
        host == code or host.endswith(f".{code}") for code in _CODE_HOSTS
    )


def _key(url: str) -> str:
    """What two spellings of one address have in common."""
    return url.lower().partition("://")[2].removeprefix("www.").rstrip("/").removesuffix(".git")


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays if it was opened within."""
    end, surplus = len(url), url.count(")") - url.count("(")
    while end and (url[end - 1] in _TRAILING or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]
