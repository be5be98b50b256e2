"""Documents that requests name by a hash: registered ones, and those that a client has sent before."""

from collections import OrderedDict
from dataclasses import replace
from hashlib import sha256
from typing import Final

import structlog
from graphql import GraphQLError

from wangge._host.http.protocol import BadRequest, Operation
from wangge._host.runtime import DistrictRuntime, Server
from wangge.errors import RequestError

log = structlog.get_logger("wangge.documents")

PREFIX: Final = "sha256:"


class PersistedQueryNotFound(RequestError):
    """Raise when no document is known under a hash; Apollo's clients then send it with its text."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    message = "PersistedQueryNotFound"


class PersistedQueryMismatch(RequestError):
    """Raise when a document is sent with a hash that is not its own."""

    code = "PERSISTED_QUERY_MISMATCH"
    message = "The hash is not that of the document: send its SHA-256, in hexadecimal digits."
    status = 400


class DocumentNotRegistered(RequestError):
    """Raise when a server runs registered documents alone, and this is none."""

    code = "DOCUMENT_NOT_REGISTERED"
    message = "This server runs registered documents alone: ask for one of them by its hash."
    status = 403


def hash_of(text: str) -> str:
    """Return the hash that names a document."""
    return sha256(text.encode()).hexdigest()


class Persisted:
    """Finds the text of documents that are named by a hash, and keeps what clients send under one.

    What clients send is kept by each server process for itself, for each district so many documents, the
    oldest leaving first; a client whose document is not there any more sends it again.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._sent: dict[str, OrderedDict[str, str]] = {}

    @property
    def only_registered(self) -> bool:
        """Whether nothing else runs."""
        return self._server.settings.trusted_documents == "only"

    def insist_on_texts(self) -> None:
        """Refuse what is of no use where no other text runs, such as a page to write documents in.

        Raises:
            DocumentNotRegistered: there.
        """
        if self.only_registered:
            raise DocumentNotRegistered()

    async def read(self, district: DistrictRuntime, operation: Operation) -> Operation:
        """Return an operation with its text.

        Raises:
            PersistedQueryNotFound: when it is named by a hash under which nothing is known.
            PersistedQueryMismatch: when the hash is another document's.
            DocumentNotRegistered: when it does not run here.
        """
        if operation.query and operation.document is None:
            if self._server.settings.trusted_documents != "off":
                await self._check(district, hash_of(operation.query))
            return operation
        id = _id_of(operation.document or "")
        if not operation.query:
            return replace(operation, query=await self._find(district, id))
        if hash_of(operation.query) != id:
            raise PersistedQueryMismatch()
        await self._check(district, id)
        return operation

    def keep(self, district: DistrictRuntime, operation: Operation) -> None:
        """Keep a document that was sent with its hash and may run."""
        most = self._server.settings.persisted_cache
        if operation.document is None or self.only_registered or not most:
            return
        kept = self._sent.setdefault(district.record.code, OrderedDict())
        id = _id_of(operation.document)
        kept[id] = operation.query
        kept.move_to_end(id)
        while len(kept) > most:
            kept.popitem(last=False)

    async def _find(self, district: DistrictRuntime, id: str) -> str:
        kept = self._sent.get(district.record.code)
        if kept is not None and id in kept:
            return kept[id]
        found = await self._registered(district, id)
        if found is not None:
            return found
        raise DocumentNotRegistered() if self.only_registered else PersistedQueryNotFound()

    async def _check(self, district: DistrictRuntime, id: str) -> None:
        """Refuse, or note, a text that is not registered, as the server is set up."""
        mode = self._server.settings.trusted_documents
        if mode == "off" or await self._registered(district, id) is not None:
            return
        if mode == "only":
            raise DocumentNotRegistered()
        log.info("a document is not registered", district=district.record.code, document=id)

    async def _registered(self, district: DistrictRuntime, id: str) -> str | None:
        catalog, code = self._server.catalog, district.record.code

        async def load() -> str | None:
            return await catalog.document(code, id)

        return await district.memory.get(("document", id), load)


def as_answered(error: PersistedQueryNotFound) -> list[GraphQLError]:
    """Return the error as that of a document which never ran: clients look for it in the answer's errors."""
    return [GraphQLError(str(error), original_error=error)]


def _id_of(document: str) -> str:
    """Return the key of a document from the form in which a client names it.

    Raises:
        BadRequest: when it is none of the forms.
    """
    id = document.removeprefix(PREFIX)
    if document != id:
        id = id.lower()
        if len(id) != 64 or not all(one in "0123456789abcdef" for one in id):
            raise BadRequest("After `sha256:` a document id has 64 hexadecimal digits.")
    elif not 0 < len(id) <= 128 or ":" in id:
        raise BadRequest("A document id is `sha256:` with 64 digits, or a name of at most 128 characters.")
    return id
