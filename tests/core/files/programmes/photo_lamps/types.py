"""What frontends see of lamps."""

from wangge import (
    ID,
    File,
    Input,
    Node,
    Payload,
    argument,
    authenticated,
    column,
    file,
    input_type,
    payload_type,
    table_type,
)

from .models import Lamp


@table_type(Lamp, access=authenticated, description="A lamp.")
class XyLamp(Node):
    """A lamp."""

    photo: File | None = file("photo_id", "Its photo.")
    plan: File | None = file("plan_id", "Its plan.")


@input_type("A lamp.")
class XySetLampInput(Input):
    """Input of xySetLamp."""

    lamp: ID | None = argument("Which; a new one without it.", default=None)
    person: ID | None = argument("Whose.", default=None)
    photo: ID | None = argument("Its photo.", default=None)
    plan: ID | None = argument("Its plan.", default=None)


@payload_type("A lamp.")
class XySetLampPayload(Payload):
    """Payload of xySetLamp."""

    lamp: XyLamp | None = column("The lamp.", default=None)
