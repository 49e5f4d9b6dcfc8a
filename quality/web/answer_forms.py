"""The forms of pages opened without login, which anybody may send: read within narrow limits."""

from urllib.parse import parse_qsl

from starlette.datastructures import FormData
from starlette.requests import Request

from quality.errors import TooLarge

LONGEST_BODY = 64 * 1024
MOST_FIELDS = 26  # a question of twenty boxes, all checked, and what goes along
FILE_FIELDS = 5


async def form_of(request: Request) -> FormData:
    """Read a form: urlencoded by browsers, multipart by some mail programs."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=LONGEST_BODY)
    body = await request.body()
    if len(body) > LONGEST_BODY or body.count(b"&") >= MOST_FIELDS:
        raise TooLarge("Votre message est trop long.")
    return FormData([*parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)])


async def file_form_of(request: Request) -> FormData:
    """Read a form with one file; anything but a multipart form has none."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await request.form(max_files=1, max_fields=FILE_FIELDS, max_part_size=LONGEST_BODY)
    return await form_of(request)
