"""Names of files: without what a path or a header could read."""

import re
from urllib.parse import quote

LONGEST_NAME = 120


def clean_name(name: str) -> str:
    r"""Keep the last part of a file's name, without what a path or a header could read.

    >>> clean_name("C:\\photos\\évier \"cassé\".jpg"), clean_name("../../passwd"), clean_name("a\r\nb.txt")
    ('évier cassé.jpg', 'passwd', 'a b.txt')
    """
    last = re.split(r"[/\\]", name)[-1]
    words = " ".join(re.sub(r'[\x00-\x1f\x7f"<>:|?*;]', " ", last).split())
    return words.replace(" .", ".")[-LONGEST_NAME:].strip(". ")


def disposition(name: str) -> str:
    """Write the header that makes a browser save a file under its name, whatever its letters.

    >>> print(disposition("évier.jpg"))
    attachment; filename="fichier.jpg"; filename*=UTF-8''%C3%A9vier.jpg
    """
    ending = re.search(r"\.[A-Za-z0-9]{1,5}$", name)
    plain = f"fichier{ending[0] if ending else ''}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
