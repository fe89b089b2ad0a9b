"""Values of everything in numpy that pickles, from 1.19 to 2."""

import datetime
import pickle
import tempfile

import numpy as np


def version():
    return np.__version__


DTYPES = ["?", "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "e", "f", "d", "g", "F", "D", "G", "S5", "U5", "V5", "M8[s]", "M8[ns]", "m8[D]", "O", ">i4", "<f8", ">U3", "i4,f8", [("a", "i4"), ("b", "O"), ("c", "f8", (2,))], {"names": ["a", "b"], "formats": ["i4", "f4"], "offsets": [0, 8]}]


def arrays():
    for spec in DTYPES:
        dtype = np.dtype(spec)
        yield "dtype", [dtype, dtype.type]
        a = np.zeros(3, dtype)
        yield "array", [a, a.reshape(3, 1), np.asfortranarray(np.zeros((2, 3), dtype)), a[::2], np.zeros((), dtype), np.zeros(0, dtype), a[0]]
        yield "masked", np.ma.masked_array(a, mask=[1, 0, 0])
        if dtype.names:
            yield "rec", [a.view(np.recarray), a.view(np.recarray)[0], np.ma.masked_array(a), np.ma.masked_array(a)[0]]
    yield "objects", [np.array([1, "a", None, datetime.date(2020, 1, 1)], object), np.array([[1], [2, 3]], object)]
    yield "big", [np.zeros(100000), np.zeros((300, 300), order="F")]
    yield "matrix", np.matrix([[1, 2]])
    yield "masked-constant", [np.ma.masked, np.ma.nomask]
    yield "mrecords", np.ma.mrecords.fromarrays([[1, 2], [3, 4]]) if hasattr(np.ma, "mrecords") else None


def others():
    char = getattr(np, "char", None)
    yield "chararray", char.array(["a", "b"])
    f = tempfile.NamedTemporaryFile()
    yield "memmap", np.memmap(f.name, "i4", "w+", shape=(3,))
    yield "poly1d", np.poly1d([1, 2])
    P = np.polynomial
    yield "polynomials", [c([1, 2]) for c in (P.Polynomial, P.Chebyshev, P.Legendre, P.Laguerre, P.Hermite, P.HermiteE)]


def scalars():
    for n in sorted(dir(np)):
        t = getattr(np, n)
        if isinstance(t, type) and issubclass(t, np.generic):
            yield "type", t
            try:
                yield "scalar", t(1)
            except Exception:
                pass
    yield "scalars", [np.float64(1.5), np.str_("a"), np.bytes_(b"a"), np.datetime64("2020-01-01"), np.timedelta64(1, "D"), np.void(b"abc"), np.complex128(1j)]
    yield "constants", [np.nan, np.inf, np.newaxis, np.pi, np.ndarray, np.generic, np.number, np.floating, np.integer]


def functions():
    yield "ufuncs", [u for n, u in sorted(vars(np).items()) if isinstance(u, np.ufunc)]
    yield "functions", [getattr(np, n) for n in "mean median sum std var min max argmax argmin sort unique dot concatenate vstack hstack array asarray zeros ones abs log1p expm1 log exp sqrt square round clip where nanmean nanmedian nansum percentile quantile prod cumsum diff linspace arange reshape ravel squeeze transpose count_nonzero any all isnan".split()]


def randoms():
    yield "state", [np.random.RandomState(1), np.random.RandomState(np.random.MT19937(3))]
    for n in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
        if hasattr(np.random, n):
            yield n, [getattr(np.random, n)(1), np.random.Generator(getattr(np.random, n)(1)), np.random.RandomState(getattr(np.random, n)(1))]
    yield "default", np.random.default_rng(3)
    yield "legacy", np.random.mtrand._rand
    yield "seeds", [np.random.SeedSequence(3), np.random.SeedSequence(3).spawn(1)[0]]
    yield "global", [np.random.get_state()]
    yield "bound", [np.random.RandomState(3).rand]


def newer():
    yield "strings", [np.array(["a", "bb"], np.dtypes.StringDType()), np.dtypes.StringDType(), np.dtypes.StringDType(na_object=None)]
    yield "dtype-classes", [getattr(np.dtypes, n) for n in sorted(dir(np.dtypes)) if n.endswith("DType")]
    yield "dtype-instances", [getattr(np.dtypes, n)() for n in sorted(dir(np.dtypes)) if n.endswith("DType") and n not in ("VoidDType", "BytesDType", "StrDType", "DateTime64DType", "TimeDelta64DType")]


def errors():
    for module in (np, getattr(np, "exceptions", np), getattr(getattr(np, "_core", getattr(np, "core", np)), "_exceptions", np), np.linalg, np.ma):
        for n in sorted(dir(module)):
            c = getattr(module, n, None)
            if isinstance(c, type) and issubclass(c, BaseException):
                for args in (("x",), (1,), (1, 2), (np.add, (np.dtype("i4"),) * 3)):
                    try:
                        yield "error", c(*args)
                        break
                    except Exception:
                        pass


MAKERS = [arrays, others, scalars, functions, randoms, newer, errors]
