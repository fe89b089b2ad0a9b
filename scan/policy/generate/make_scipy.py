"""Values of scipy that pickle: sparse matrices, distributions, interpolators, trees, rotations."""

import numpy as np
import scipy
from scipy import interpolate, optimize, sparse, spatial, stats


def version():
    return scipy.__version__


def matrices():
    a = np.array([[1.0, 0], [0, 2]])
    for f in ("csr", "csc", "coo", "bsr", "dia", "dok", "lil"):
        for kind in ("_matrix", "_array"):
            make = getattr(sparse, f + kind, None)
            if make:
                yield f + kind, make(a)
                yield f + kind, make(a.astype("i4"))


def frozen():
    shapes = {}
    for d in stats._continuous_distns._distn_names + stats._discrete_distns._distn_names:
        dist = getattr(stats, d, None)
        if dist is None:
            continue
        yield "dist " + d, dist
        for args in ((), (0.5,), (0.5, 0.5), (3, 0.5), (20, 7, 12), (1, 2, 3), (0.5, 0.1, 0.2, 0.3)):
            try:
                yield "frozen " + d, dist(*args)
                break
            except Exception:
                continue
    yield "gaussian_kde", stats.gaussian_kde([1.0, 2, 4])
    yield "multivariate", [stats.multivariate_normal([0, 0], np.eye(2)), stats.rv_histogram(np.histogram([1, 2, 3, 4, 5]))]
    yield "results", [stats.ttest_ind([1, 2, 3], [2, 3, 5]), stats.linregress([1, 2, 3], [1, 2, 4]), stats.describe([1, 2, 3]), stats.pearsonr([1, 2, 3], [1, 2, 4]), stats.spearmanr([1, 2, 3], [1, 2, 4]), stats.kstest([0.1, 0.2], "norm"), stats.mode([1, 1, 2])]


def curves():
    x, y = np.arange(6.0), np.arange(6.0) ** 2
    for case, make in (
        ("interp1d", lambda: interpolate.interp1d(x, y)), ("interp1d-cubic", lambda: interpolate.interp1d(x, y, kind="cubic")),
        ("CubicSpline", lambda: interpolate.CubicSpline(x, y)), ("Pchip", lambda: interpolate.PchipInterpolator(x, y)),
        ("Akima", lambda: interpolate.Akima1DInterpolator(x, y)), ("UnivariateSpline", lambda: interpolate.UnivariateSpline(x, y)),
        ("Interpolated", lambda: interpolate.InterpolatedUnivariateSpline(x, y)), ("LSQ", lambda: interpolate.LSQUnivariateSpline(x, y, [2.5])),
        ("BSpline", lambda: interpolate.make_interp_spline(x, y)), ("PPoly", lambda: interpolate.PPoly(np.ones((2, 3)), np.arange(4.0))),
        ("BPoly", lambda: interpolate.BPoly(np.ones((2, 3)), np.arange(4.0))), ("Rbf", lambda: interpolate.Rbf(x, y)), ("RBFInterpolator", lambda: interpolate.RBFInterpolator(x[:, None], y)),
        ("Regular", lambda: interpolate.RegularGridInterpolator((x,), y)), ("RectBivariate", lambda: interpolate.RectBivariateSpline(x, x, np.outer(x, y))),
        ("NearestND", lambda: interpolate.NearestNDInterpolator(x[:, None] * [1, 2], y)), ("SmoothBivariate", lambda: interpolate.SmoothBivariateSpline(np.random.rand(40), np.random.rand(40), np.random.rand(40))),
        ("LinearND", lambda: interpolate.LinearNDInterpolator(np.random.rand(9, 2), np.random.rand(9))), ("CloughTocher", lambda: interpolate.CloughTocher2DInterpolator(np.random.rand(9, 2), np.random.rand(9))),
        ("Barycentric", lambda: interpolate.BarycentricInterpolator(x, y)), ("Krogh", lambda: interpolate.KroghInterpolator(x, y)), ("interp2d", lambda: interpolate.interp2d(x, x, np.outer(x, y))),
        ("splrep", lambda: interpolate.splrep(x, y)), ("make_smoothing", lambda: interpolate.make_smoothing_spline(x, y)), ("NdBSpline", lambda: interpolate.NdBSpline((x,), y[:2], 1)),
        ("KDTree", lambda: spatial.KDTree(np.random.rand(9, 2))), ("cKDTree", lambda: spatial.cKDTree(np.random.rand(9, 2))), ("Rotation", lambda: spatial.transform.Rotation.from_quat([0, 0, 0, 1])),
        ("Slerp", lambda: spatial.transform.Slerp([0, 1], spatial.transform.Rotation.random(2))), ("Delaunay", lambda: spatial.Delaunay(np.random.rand(9, 2))), ("Hull", lambda: spatial.ConvexHull(np.random.rand(9, 2))),
        ("Rigid", lambda: spatial.transform.RigidTransform.identity()), ("Voronoi", lambda: spatial.Voronoi(np.random.rand(9, 2))), ("SphericalVoronoi", lambda: spatial.SphericalVoronoi(np.eye(3))),
        ("OptimizeResult", lambda: optimize.minimize(lambda v: v ** 2, [1.0])), ("root", lambda: optimize.root_scalar(lambda v: v, bracket=[-1, 2])), ("LinearConstraint", lambda: optimize.LinearConstraint(np.eye(2), 0, 1)), ("Bounds", lambda: optimize.Bounds([0], [1])),
        ("linprog", lambda: optimize.linprog([1, 2], bounds=(0, 1))), ("lbfgs", lambda: optimize.minimize(lambda v: v[0] ** 2, [1.0], method="L-BFGS-B")),
    ):
        try:
            yield case, make()
        except Exception:
            pass


def signals():
    from scipy import signal, integrate
    yield "lti", [signal.lti([1], [1, 2]), signal.lti([1], [2], 3), signal.TransferFunction([1], [1, 2]), signal.StateSpace([[1]], [[1]], [[1]], [[0]]), signal.dlti([1], [1, 2], dt=1)]
    yield "ode", integrate.solve_ivp(lambda t, y: -y, [0, 1], [1.0])
    yield "ode-dense", integrate.solve_ivp(lambda t, y: -y, [0, 1], [1.0], dense_output=True).sol
    import scipy.special
    yield "functions", [scipy.special.expit, scipy.special.logit, scipy.special.gamma, scipy.special.erf, stats.norm.pdf, stats.zscore, stats.skew, spatial.distance.cosine, spatial.distance.euclidean]


def operators():
    import scipy.sparse.linalg as sl
    import scipy.linalg
    yield "op", [sl.aslinearoperator(np.eye(2)), sl.LaplacianNd((2, 2)) if hasattr(sl, "LaplacianNd") else None]
    import scipy.fft
    import scipy.cluster.hierarchy as h
    yield "tree", h.to_tree(h.linkage(np.random.rand(4, 2)))


def newer():
    if hasattr(stats, "make_distribution"):
        yield "new", [stats.Normal(mu=0, sigma=1), stats.Uniform(a=0, b=1)]
    yield "qmc", [stats.qmc.Sobol(2), stats.qmc.Halton(2), stats.qmc.LatinHypercube(2)]


MAKERS = [matrices, frozen, curves, signals, operators, newer]
