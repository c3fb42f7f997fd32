"""Where a paper's own page, its code and its project are."""

import re
from urllib.parse import quote

from bot.models import Link, Paper

MOST = 5
"""Links to code and projects that a paper may have; a list of references is not worth more."""

_CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co", "zenodo.org")
_URL = re.compile(
    r"(?:https?://|(?<![\w./@-])(?=(?:www\.)?(?:github|gitlab)\.com/))[^\s<>\"“”‘’|\\^`{}]{4,300}", re.I
)
_TRAILING = ".,;:!?'*_~"


def links(paper: Paper) -> tuple[Link, ...]:
    """The paper's own page, or where to look for it; then code, then projects, each once."""
    found: dict[str, Link] = {}
    for match in _URL.finditer(f"{paper.title_as_printed} {paper.abstract_as_printed}"):
        url = _trimmed(match.group())
        if not url.lower().startswith(("http://", "https://")):
            url = f"https://{url}"
        host, _, path = url.partition("://")[2].partition("/")
        if "." in host and url not in found:
            is_code = host.lower().removeprefix("www.").endswith(_CODE_HOSTS) and bool(path)
            found[url] = Link("code" if is_code else "project", url)
    named = sorted(found.values(), key=lambda link: link.kind)
    return (_own(paper), *named[:MOST])


def _own(paper: Paper) -> Link:
    if paper.arxiv_id:
        return Link("paper", f"https://arxiv.org/abs/{quote(paper.arxiv_id, safe='/')}")
    if paper.doi:
        return Link("paper", f"https://doi.org/{quote(paper.doi, safe='/')}")
    if paper.url and paper.url.lower().startswith(("http://", "https://")):
        return Link("paper", paper.url)
    return Link("find", f"https://huggingface.co/papers?q={quote(paper.title, safe='')}")


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it; a closing bracket stays if it was opened within."""
    while url and (
        url[-1] in _TRAILING or (url[-1] in ")]" and url.count(url[-1]) > url.count("(["[url[-1] == "]"]))
    ):
        url = url[:-1]
    return url
