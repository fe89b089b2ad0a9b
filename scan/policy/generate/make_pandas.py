"""Values of pandas that pickle, from 1.1 to 3: frames, series, every index, array, offset and scalar."""

import datetime
import decimal

import numpy as np
import pandas as pd


def version():
    return pd.__version__


def columns():
    yield "int", [1, 2, 3]
    yield "float", [1.5, None, 3]
    yield "bool", [True, False, True]
    yield "str", ["a", "b", None]
    yield "object", [1, "a", decimal.Decimal(1)]
    yield "date", pd.to_datetime(["2020-01-01", "2020-01-02", None])
    yield "tz", pd.date_range("2020", periods=3, tz="Europe/Berlin")
    yield "utc", pd.date_range("2020", periods=3, tz="UTC")
    yield "tz-fixed", pd.date_range("2020", periods=3, tz=datetime.timezone(datetime.timedelta(hours=1)))
    try:
        import dateutil.tz
        yield "tz-dateutil", pd.date_range("2020", periods=3, tz=dateutil.tz.tzoffset("x", 3600))
    except Exception:
        pass
    yield "delta", pd.timedelta_range("1s", periods=3)
    for unit in "Y M W D h min s B".split():
        try:
            yield "period " + unit, pd.period_range("2020", periods=3, freq=unit)
        except Exception:
            pass
    yield "interval", pd.interval_range(0, 3)
    yield "interval-date", pd.IntervalIndex.from_breaks(pd.date_range("2020", periods=4))
    yield "category", pd.Categorical(["a", "b", "a"])
    yield "ordered", pd.Categorical(["a", "b", "a"], ordered=True)
    yield "category-int", pd.Categorical([1, 2, 1])
    yield "sparse", pd.arrays.SparseArray([0, 0, 1])
    yield "sparse-float", pd.arrays.SparseArray([1.0, np.nan, 2])
    for kind in "Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64 boolean string string[python] string[pyarrow] string[pyarrow_numpy] int8 float32 complex128".split():
        try:
            yield kind, pd.array([1, 0, 1] if "string" not in kind else ["a", "b", None], dtype=kind)
        except Exception:
            pass
    for kind in "int64 float64 bool string timestamp[ns] timestamp[us,tz=UTC] date32[day] duration[ns] decimal128(5,2) binary list<item:int64> struct<a:int64> dictionary<values=string,indices=int32> large_string time64[us]".split():
        try:
            import pyarrow as pa
            t = {"list<item:int64>": lambda: pa.list_(pa.int64()), "struct<a:int64>": lambda: pa.struct([("a", pa.int64())]), "dictionary<values=string,indices=int32>": lambda: pa.dictionary(pa.int32(), pa.string()), "decimal128(5,2)": lambda: pa.decimal128(5, 2), "timestamp[us,tz=UTC]": lambda: pa.timestamp("us", "UTC"), "timestamp[ns]": lambda: pa.timestamp("ns"), "date32[day]": pa.date32, "duration[ns]": lambda: pa.duration("ns"), "time64[us]": lambda: pa.time64("us")}.get(kind)
            t = t() if t else pa.type_for_alias(kind)
            v = {"int64": 1, "float64": 1.5, "bool": True, "string": "a", "large_string": "a", "binary": b"a", "list<item:int64>": [1], "struct<a:int64>": {"a": 1}}.get(kind)
            yield "arrow " + kind, pd.array([v, None, v], dtype=pd.ArrowDtype(t))
        except Exception:
            pass
    yield "bytes", [b"a", b"b", b"c"]
    yield "dates", [datetime.date(2020, 1, 1)] * 3
    yield "range", pd.RangeIndex(3)
    try:
        yield "NumpyExt", pd.arrays.PandasArray(np.arange(3))
    except Exception:
        pass
    try:
        yield "NumpyExt", pd.arrays.NumpyExtensionArray(np.arange(3))
    except Exception:
        pass


def frames():
    data = list(columns())
    for case, values in data:
        yield case, [values, pd.Series(values, name="n"), pd.DataFrame({"a": values, "b": [1, 2, 3]}), getattr(values, "dtype", None)]
        for index in (pd.Index(values), pd.Series(values).values):
            yield case + " index", index
        try:
            yield case + " indexed", [pd.Series([1, 2, 3], index=pd.Index(values)), pd.DataFrame({"a": [1, 2, 3]}, index=pd.Index(values)), pd.DataFrame([[1, 2, 3]], columns=pd.Index(values))]
        except Exception:
            pass
    yield "wide", pd.DataFrame({c: pd.Series(v) for c, v in data})
    yield "view", pd.DataFrame({"a": range(6), "b": list("abcdef"), "c": 1.5})[::2]
    yield "empty", [pd.DataFrame(), pd.Series([], dtype=float), pd.Index([])]
    multi = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", "y"])
    yield "multi", [multi, pd.Series(range(4), index=multi), pd.DataFrame({"a": range(4)}, index=multi), pd.MultiIndex.from_arrays([pd.date_range("2020", periods=2), ["a", "b"]])]
    yield "attrs", pd.DataFrame({"a": [1]})
    f = pd.DataFrame({"a": [1, 1, 2], "b": [1.5, 2, 3]})
    yield "flags", f.set_flags(allows_duplicate_labels=False) if hasattr(f, "set_flags") else f
    yield "groupby", f.groupby("a")
    yield "rolling", f.rolling(2)
    for c in ("Int64Index", "UInt64Index", "Float64Index"):
        if hasattr(pd, c):
            yield c, getattr(pd, c)([1, 2])
    yield "uint", [pd.Index([1, 2], dtype="uint64"), pd.Index([1, 2], dtype="int8")]
    yield "freq", [pd.date_range("2020", periods=3, freq=f) for f in ("D", "h", "W", "B", "QS")]
    yield "groupers", [pd.Grouper(key="a"), pd.NamedAgg("a", "sum"), pd.IndexSlice]


def scalars():
    yield "stamps", [pd.Timestamp("2020-01-01"), pd.Timestamp("2020", tz="UTC"), pd.Timestamp("2020", tz="Europe/Berlin"), pd.Timestamp(1), pd.NaT, pd.Timedelta(1, "s"), pd.Period("2020-01", "M"), pd.Interval(0, 1), pd.NA]
    yield "options", [pd.Timestamp, pd.Timedelta, pd.DataFrame, pd.Series]
    try:
        yield "arrow-dtype", [pd.ArrowDtype(__import__("pyarrow").int64())]
    except Exception:
        pass


def offsets():
    import pandas.tseries.offsets as o
    for n in sorted(o.__all__):
        for args in ((), (2,)):
            try:
                yield n, getattr(o, n)(*args)
            except Exception:
                pass
    yield "custom", [o.CustomBusinessDay(holidays=["2020-01-01"]), o.WeekOfMonth(week=1, weekday=2), o.LastWeekOfMonth(weekday=2), o.DateOffset(months=1), o.FY5253(weekday=1, startingMonth=1), o.FY5253Quarter(weekday=1, startingMonth=1, qtr_with_extra_week=1)]
    import pandas.tseries.holiday as h
    yield "holiday", [h.USFederalHolidayCalendar(), h.USMemorialDay, h.Holiday("x", month=1, day=1)]
    yield "custom-calendar", o.CustomBusinessDay(calendar=h.USFederalHolidayCalendar())


def dtypes():
    yield "dtypes", [pd.CategoricalDtype(["a"]), pd.IntervalDtype("int64"), pd.PeriodDtype("D"), pd.DatetimeTZDtype("ns", "UTC"), pd.SparseDtype(float), pd.StringDtype(), pd.BooleanDtype(), pd.Int64Dtype()]


def errors():
    import pandas.errors as e
    for n in sorted(dir(e)):
        c = getattr(e, n)
        if isinstance(c, type) and issubclass(c, BaseException):
            try:
                yield n, c("x")
            except Exception:
                pass


MAKERS = [frames, scalars, offsets, dtypes, errors]
