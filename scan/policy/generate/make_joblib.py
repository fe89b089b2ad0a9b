"""What joblib.dump writes around arrays. The arrays' raw bytes are left out, so that what is written is one pickle."""

import io

import joblib
import joblib.numpy_pickle as np_pickle
import numpy as np

import make_sklearn


def version():
    return joblib.__version__


def streams(value):
    np_pickle.NumpyArrayWrapper.write_array = lambda self, array, pickler: None
    for protocol in (2, 3, 4, None):
        f = io.BytesIO()
        try:
            np_pickle.NumpyPickler(f, protocol=protocol).dump(value)
        except Exception:
            continue
        yield f.getvalue()


def arrays():
    import make_numpy
    for maker in (make_numpy.arrays, make_numpy.others):
        try:
            for case, value in maker():
                yield case, value
        except Exception:
            pass
    yield "dict", {"a": np.zeros(3), "b": [np.zeros((2, 2), order="F")]}


MAKERS = [arrays, make_sklearn.fitted]
