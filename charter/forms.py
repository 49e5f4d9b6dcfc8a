"""What a form of the charter's pages holds, read as it is asked."""

from starlette.datastructures import FormData


def text_of(form: FormData, name: str) -> str:
    """Read a field, "" where it is absent or holds a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
