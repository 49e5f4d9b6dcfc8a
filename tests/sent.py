"""What a browser sends for the forms of a page when nothing is typed in them."""

from html.parser import HTMLParser


class _Controls(HTMLParser):
    """Collects the successful controls of every form that posts."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._area: str | None = None
        self._written = ""
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        name, value = known.get("name") or "", known.get("value") or ""
        if tag == "input" and (known.get("type") not in {"checkbox", "radio"} or "checked" in known):
            self.sent.append((name, value if known.get("type") == "hidden" else "".join(value.splitlines())))
        elif tag == "textarea":
            self._area, self._written = name, ""
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((value, "selected" in known))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            written = self._written.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            self.sent.append((self._area, written))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self.sent.append((self._select, (chosen or [self._options[0][0]])[0]))
            self._select = None


def sent_by(html: str) -> dict[str, list[str]]:
    """Give the fields of a page with one form, buttons apart."""
    controls = _Controls()
    controls.feed(html)
    found: dict[str, list[str]] = {}
    for name, value in controls.sent:
        found.setdefault(name, []).append(value)
    return found
