"""What can be wrong with a file, or with the address of one."""

from wangge.errors import RequestError


class FileTypeRefused(RequestError):
    """Raise when a file is of no kind that the server takes, whatever its name says."""

    code = "FILE_TYPE_REFUSED"
    message = "This is none of the kinds of file that are taken here: {types}."
    status = 415


class FileNameInvalid(RequestError):
    """Raise when an upload has no usable file name."""

    code = "FILE_NAME_INVALID"
    message = "Send the file's name in X-File-Name, percent-encoded UTF-8, 1 to 255 characters, no folder."
    status = 400


class FilesWaiting(RequestError):
    """Raise when an account has uploaded many files that are attached to nothing."""

    code = "FILES_WAITING"
    message = "{limit} of your files wait to be attached to something: attach them, or try again tomorrow."
    status = 429


class FileAddressInvalid(RequestError):
    """Raise when an address of a file is wrong or too old, or its file is gone."""

    code = "FILE_ADDRESS_INVALID"
    message = "This address of a file is not good any more: ask for its `url` again."
    status = 404
