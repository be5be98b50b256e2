"""Permissions of the programme; `plugin.toml` titles them and says who holds them by default."""

WRITE_LOCKERS = "parcel_lockers.lockers.write"
READ_PARCELS = "parcel_lockers.parcels.read"
DEPOSIT = "parcel_lockers.parcels.deposit"
COLLECT = "parcel_lockers.parcels.collect"
WRITE_OFF = "parcel_lockers.parcels.write_off"
READ_BILLS = "parcel_lockers.bills.read"
WRITE_BILLS = "parcel_lockers.bills.write"
