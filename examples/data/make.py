"""Writes orders.pkl, the pickle that the README shows.

    cd examples/data && python3 make.py

It is a small shop's state, with what people meet in pickles: instances of classes, objects
that are used several times, dates, decimals, a set, bytes. Python 3.8 to 3.13 write the
same bytes. The class is in this file but belongs to a module named
shop, as it would in a program: nobody needs that module to look into the pickle.
"""

import collections
import dataclasses
import datetime
import decimal
import pickle
import sys
import types
import uuid


@dataclasses.dataclass
class Customer:
    name: str
    email: str
    since: datetime.date


@dataclasses.dataclass
class Order:
    id: int
    customer: Customer
    lines: list
    placed: datetime.datetime
    total: decimal.Decimal
    paid: bool = False


shop = types.ModuleType("shop")
for cls in Customer, Order:
    cls.__module__ = "shop"
    setattr(shop, cls.__name__, cls)
sys.modules["shop"] = shop

PRICES = {
    "tea": decimal.Decimal("4.20"),
    "pot": decimal.Decimal("19.90"),
    "cup": decimal.Decimal("6.50"),
}


def order(number, customer, placed, **items):
    lines = [(sku, count, PRICES[sku]) for sku, count in items.items()]
    total = sum((count * price for _, count, price in lines), decimal.Decimal(0))
    return Order(number, customer, lines, placed, total, paid=number % 2 == 1)


ann = Customer("Ann Lee", "ann@example.org", datetime.date(2020, 1, 7))
bo = Customer("Bo Søndergaard", "bo@example.org", datetime.date(2023, 11, 30))
orders = [
    order(1041, ann, datetime.datetime(2024, 2, 29, 9, 30), tea=3, pot=1),
    order(1042, bo, datetime.datetime(2024, 2, 29, 17, 5, 12), cup=6),
    order(1043, ann, datetime.datetime(2024, 3, 1, 8, 0), tea=1),
]
state = {
    "shop": "Tea & Pots",
    "opened": datetime.date(2019, 5, 4),
    "vat": 0.19,
    "prices": PRICES,
    "customers": {"ann": ann, "bo": bo},
    "orders": orders,
    "open": {o.id for o in orders if not o.paid},
    "sold": collections.Counter(sku for o in orders for sku, count, _ in o.lines for _ in range(count)),
    "session": uuid.UUID("0f0e0d0c-0000-4000-8000-000000000001"),
    "logo": bytes.fromhex("89504e470d0a1a0a0000000d49484452"),
    "visits": [120, 98, 143, 161, 155, 240, 231, 118, 102, 139, 158, 162, 251, 228, 121, 99, 140, 149, 170, 244],
    "next": None,
}

with open("orders.pkl", "wb") as f:
    pickle.dump(state, f, protocol=5)
