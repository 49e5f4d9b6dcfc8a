"""Sounds recognised by their first bytes, whatever their name says (pure)."""

OGG, MP4, MP3 = "audio/ogg", "audio/mp4", "audio/mpeg"
LARGEST_SOUND = 2 * 1024 * 1024
ENDINGS = {OGG: "ogg", MP4: "m4a", MP3: "mp3"}
_MP4_BRANDS = frozenset({b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash"})
_LAYER_III = 0b01


def sound_type(start: bytes) -> str | None:
    r"""Give the media type of an MP3, an Ogg or an M4A, None for anything else.

    An MP3 begins with a tag, or with a frame: eleven bits set, then the layer (ISO/IEC 11172-3).

    >>> sound_type(b"ID3\x04"), sound_type(b"OggS"), sound_type(b"\x00\x00\x00\x20ftypM4A ")
    ('audio/mpeg', 'audio/ogg', 'audio/mp4')
    >>> sound_type(b"\xff\xfb\x90\x00"), sound_type(b"\xff\xd8\xff\xe0"), sound_type(b"RIFF"), sound_type(b"")
    ('audio/mpeg', None, None, None)
    """
    if start.startswith(b"OggS"):
        return OGG
    if start[4:8] == b"ftyp" and start[8:12] in _MP4_BRANDS:
        return MP4
    if start.startswith(b"ID3") or _is_frame(start[:2]):
        return MP3
    return None


def _is_frame(start: bytes) -> bool:
    return len(start) > 1 and start[0] == 0xFF and start[1] >> 5 == 0b111 and start[1] >> 1 & 3 == _LAYER_III
