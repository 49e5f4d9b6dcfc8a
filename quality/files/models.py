"""Stored files and their chunks."""

from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from quality.directory.models import Organisation, Platform

Fk = ForeignKeyFieldInstance


class File(Model):
    """A file of at most 20 MB, with its digest."""

    id = fields.UUIDField(primary_key=True)
    platform: Fk[Platform] = fields.ForeignKeyField("quality.Platform", on_delete=fields.CASCADE)
    organisation: Fk[Organisation] | None = fields.ForeignKeyField(
        "quality.Organisation", null=True, on_delete=fields.CASCADE
    )
    name = fields.CharField(200)
    media_type = fields.CharField(100)
    size = fields.IntField()
    sha256 = fields.BinaryField()
    complaint_id = fields.UUIDField(null=True)
    audience = fields.CharField(10, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "file"


class FileChunk(Model):
    """A part of a file's content."""

    id = fields.UUIDField(primary_key=True)
    platform_id = fields.UUIDField()
    file: Fk[File] = fields.ForeignKeyField("quality.File", on_delete=fields.CASCADE)
    rank = fields.IntField()
    content = fields.BinaryField()

    class Meta:
        table = "file_chunk"
        unique_together = (("file", "rank"),)
