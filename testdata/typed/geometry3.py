"""The classes of TestTypedFromPython that Python 3.10 and later have."""
import dataclasses


@dataclasses.dataclass
class Data:
    x: float
    y: float


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    x: float
    y: float
