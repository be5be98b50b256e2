"""Parcel lockers (智能快件箱): parcels wait for residents, and fee credits reach the estate's bills."""
