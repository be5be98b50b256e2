"""Events of the programme. None carries a personal value; who needs more asks for the subject."""

from wangge import EventType

EVENTS = [
    EventType("parcel_lockers.parcel.deposited", "A parcel went into a locker. Data: locker, its key."),
    EventType("parcel_lockers.parcel.collected", "A parcel was taken out. Data: fee_fen, what it cost."),
    EventType("parcel_lockers.parcel.returned", "A parcel goes back to its carrier. Data: because."),
    EventType("parcel_lockers.parcel.written_off", "A parcel was written off. No data."),
    EventType("parcel_lockers.bill.issued", "A property-fee bill was issued. Data: period."),
    EventType("parcel_lockers.bill.credited", "Something was set against a bill. Data: amount_fen."),
    EventType("parcel_lockers.bill.settled", "A bill was settled. No data."),
]
