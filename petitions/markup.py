"""The markup and styles of papers as the layout engine takes them, with the one fetcher, which fetches nothing."""

from __future__ import annotations

from functools import cache
from typing import Final
from xml.etree import ElementTree

import cssselect2  # the engine takes its elements in it
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from petitions.typeface import fonts

ELEMENTS: Final = """
html, body, div, p, h1, h2, h3, ul { display: block; }
head, title, link { display: none; }
h1, h2, h3, th { font-weight: bold; }
h1 { bookmark-level: 1; bookmark-label: content(text); }
h2 { bookmark-level: 2; bookmark-label: content(text); }
h3 { bookmark-level: 3; bookmark-label: content(text); }
ul { list-style-type: disc; }
li { display: list-item; }
table { display: table; box-sizing: border-box; text-indent: 0; }
colgroup { display: table-column-group; }
col { display: table-column; }
thead { display: table-header-group; vertical-align: middle; }
tbody { display: table-row-group; vertical-align: middle; }
tr { display: table-row; vertical-align: inherit; }
td, th { display: table-cell; vertical-align: inherit; padding: 1px; }
br::before { content: "\\A"; white-space: pre-line; }
"""  # in place of the engine's own, of which a paper needs little and which costs as much as laying out a page


class FetchNothing(URLFetcher):  # type: ignore[misc]  # the library brings no types
    """Refuse every address and remember it: inside an SVG even the fatal error is swallowed."""

    def __init__(self) -> None:
        super().__init__(allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        self.refused.append(url)
        raise FatalURLFetchingError(url)


class Markup(HTML):  # type: ignore[misc]  # the library brings no types
    """Markup that is well-formed XML. Raises ElementTree.ParseError where it is not."""

    def __init__(self, text: str, fetcher: FetchNothing) -> None:
        self.base_url, self.url_fetcher, self.media_type = "", fetcher, "print"
        self.etree_element = ElementTree.fromstring(text)  # noqa: S314  # our templates, with values escaped
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(self.etree_element)

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [style(ELEMENTS)]


@cache
def style(text: str) -> CSS:
    """A style sheet, read once."""
    return CSS(string=text, font_config=fonts(), url_fetcher=FetchNothing())
