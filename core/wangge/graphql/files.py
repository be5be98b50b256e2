"""The GraphQL side of files: what frontends see of one, and the field that shows it."""

from typing import Any

from strawberry import Parent

from wangge.auth.access import Access, public
from wangge.context import Info
from wangge.files import StoredFile, address_of
from wangge.graphql.fields import column, field, related
from wangge.graphql.types import table_type


@table_type(
    StoredFile,
    access=public,
    description="A file (文件) that somebody uploaded, such as a photo or a form.",
)
class File:
    """A file as frontends see it; whoever may see the field that shows it may fetch it."""

    name: str = column("Its name, as it was uploaded.")
    media_type: str = column("What it is by its content, such as image/jpeg.")
    size: int = column("Its size in bytes.")

    @field(
        description="Where it is fetched with GET, at this server and without a token; good for five minutes."
    )
    @staticmethod
    def url(root: Parent[StoredFile], info: Info) -> str:
        """Return a signed address for the caller."""
        return address_of(info.context, root.id)


def file(source: str, description: str, *, access: Access | None = None) -> Any:  # a File or None
    """Declare the file that a row names: `photo: File | None = file("photo_id", "…")`.

    Whoever may see the row and the field gets an address that is good for five minutes. Without `url` it is
    read by SQL alone.

    Args:
        source: attribute that names the file, as `ctx.files.attach` sets it.
        description: English, with the Chinese term.
        access: what the caller needs beyond the type's own access.
    """
    return related(source, description, access=access)
