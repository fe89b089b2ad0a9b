"""Every estimator of scikit-learn, as made and fitted on small data; and kernels, trees, metrics, splitters."""

import importlib
import inspect
import pkgutil
import signal

import numpy as np
import sklearn

rng = np.random.RandomState(0)
X = rng.rand(40, 4)
Y = (X[:, 0] + 0.1 * rng.rand(40) > 0.5).astype(int)
T = X[:, 0] * 3 + 1
TEXTS = ["one two three", "two three four", "five six one", "six one two"] * 10
DICTS = [{"a": 1, "b": "x"}, {"a": 2, "c": 3.0}] * 20
DATA = [(X, Y), (X, T), (X, np.c_[Y, 1 - Y]), (X, np.c_[T, T]), (X, None), (TEXTS, Y), (DICTS, Y), (T, T), (Y, None), ([["a", "b"], ["b", "c"]] * 20, None), (X @ X.T, Y), ((X > 0.5).astype(int), Y), (np.c_[Y, Y], None)]


def version():
    return sklearn.__version__


def estimators():
    """All classes that look like estimators; all_estimators lacks some and needs pytest in old versions."""
    seen = {}
    for module in pkgutil.walk_packages(sklearn.__path__, "sklearn."):
        if any(part in module.name for part in (".tests", ".externals", "conftest", "_build_utils", ".setup", "_testing", "estimator_checks", "__main__", "_test_common")):
            continue
        try:
            m = importlib.import_module(module.name)
        except BaseException:
            continue
        for name, c in vars(m).items():
            if inspect.isclass(c) and c.__module__.startswith("sklearn") and hasattr(c, "get_params") and not inspect.isabstract(c):
                seen[c.__module__ + "." + name] = c
    return [seen[k] for k in sorted(seen)]


def arguments():
    from sklearn.decomposition import PCA
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
    from sklearn.preprocessing import StandardScaler
    steps = [("s", StandardScaler()), ("p", PCA(2))]
    return {
        "Pipeline": dict(steps=steps), "FeatureUnion": dict(transformer_list=steps), "ColumnTransformer": dict(transformers=[("s", StandardScaler(), [0]), ("p", "passthrough", [1])]),
        "GridSearchCV": dict(estimator=LogisticRegression(), param_grid={"C": [1, 2]}), "RandomizedSearchCV": dict(estimator=LogisticRegression(), param_distributions={"C": [1, 2]}, n_iter=1),
        "HalvingGridSearchCV": dict(estimator=LogisticRegression(), param_grid={"C": [1, 2]}), "HalvingRandomSearchCV": dict(estimator=LogisticRegression(), param_distributions={"C": [1, 2]}),
        "VotingClassifier": dict(estimators=[("a", LogisticRegression())]), "VotingRegressor": dict(estimators=[("a", LinearRegression())]),
        "StackingClassifier": dict(estimators=[("a", LogisticRegression())]), "StackingRegressor": dict(estimators=[("a", Ridge())]),
        "MultiOutputClassifier": dict(estimator=LogisticRegression()), "MultiOutputRegressor": dict(estimator=Ridge()), "OneVsRestClassifier": dict(estimator=LogisticRegression()),
        "OneVsOneClassifier": dict(estimator=LogisticRegression()), "OutputCodeClassifier": dict(estimator=LogisticRegression()), "RFE": dict(estimator=LogisticRegression()), "RFECV": dict(estimator=LogisticRegression()),
        "SelectFromModel": dict(estimator=LogisticRegression()), "SequentialFeatureSelector": dict(estimator=LogisticRegression()), "SparseCoder": dict(dictionary=X[:4]), "CalibratedClassifierCV": {},
        "SelfTrainingClassifier": dict(base_estimator=LogisticRegression()), "ClassifierChain": dict(base_estimator=LogisticRegression()), "RegressorChain": dict(base_estimator=Ridge()),
        "FrozenEstimator": dict(estimator=LogisticRegression().fit(X, Y)), "FixedThresholdClassifier": dict(estimator=LogisticRegression()), "TunedThresholdClassifierCV": dict(estimator=LogisticRegression()),
        "MLPClassifier": dict(max_iter=3), "MLPRegressor": dict(max_iter=3), "PartialDependenceDisplay": None, "Shrinker": None,
        "GradientBoostingClassifier": dict(n_estimators=3), "GradientBoostingRegressor": dict(n_estimators=3),
    }


class Late(Exception):
    pass


def late(*_):
    raise Late


def fitted():
    signal.signal(signal.SIGALRM, late)
    table = arguments()
    for c in estimators():
        kwargs = table.get(c.__name__, {})
        if kwargs is None:
            continue
        try:
            e = c(**kwargs)
        except Exception:
            try:
                from sklearn.linear_model import LogisticRegression
                e = c(LogisticRegression())
            except Exception:
                continue
        yield c.__name__, e
        if not hasattr(e, "fit"):
            continue
        for x, y in DATA:
            signal.alarm(20)
            try:
                yield c.__name__, e.fit(x, y)
                break
            except Exception:
                continue
            finally:
                signal.alarm(0)


VARIANTS = """
ensemble:GradientBoostingClassifier loss=exponential n_estimators=2
ensemble:GradientBoostingRegressor loss=huber n_estimators=2
ensemble:GradientBoostingRegressor loss=quantile n_estimators=2
ensemble:GradientBoostingRegressor loss=lad n_estimators=2
ensemble:GradientBoostingRegressor loss=absolute_error n_estimators=2
ensemble:HistGradientBoostingRegressor loss=poisson max_iter=2
ensemble:HistGradientBoostingRegressor loss=absolute_error max_iter=2
ensemble:HistGradientBoostingRegressor loss=least_absolute_deviation max_iter=2
ensemble:HistGradientBoostingRegressor loss=gamma max_iter=2
ensemble:HistGradientBoostingRegressor loss=quantile quantile=0.5 max_iter=2
ensemble:HistGradientBoostingClassifier early_stopping=True max_iter=2
linear_model:SGDClassifier loss=log
linear_model:SGDClassifier loss=log_loss
linear_model:SGDClassifier loss=modified_huber
linear_model:SGDClassifier loss=squared_hinge
linear_model:SGDClassifier loss=perceptron
linear_model:SGDClassifier loss=squared_loss
linear_model:SGDClassifier loss=squared_error
linear_model:SGDClassifier loss=huber
linear_model:SGDClassifier loss=epsilon_insensitive
linear_model:SGDClassifier loss=squared_epsilon_insensitive
linear_model:SGDRegressor loss=huber
linear_model:PoissonRegressor alpha=1
linear_model:GammaRegressor alpha=1
linear_model:TweedieRegressor power=1.5
neighbors:KNeighborsClassifier algorithm=ball_tree
neighbors:KNeighborsClassifier algorithm=kd_tree
neighbors:KNeighborsClassifier algorithm=ball_tree metric=manhattan
neighbors:KNeighborsClassifier algorithm=ball_tree metric=chebyshev
neighbors:KNeighborsClassifier algorithm=ball_tree metric=canberra
neighbors:KNeighborsClassifier algorithm=ball_tree metric=braycurtis
neighbors:KNeighborsClassifier algorithm=ball_tree metric=hamming
neighbors:KNeighborsClassifier algorithm=ball_tree metric=jaccard
neighbors:KNeighborsClassifier algorithm=ball_tree metric=dice
neighbors:KNeighborsClassifier algorithm=ball_tree metric=matching
neighbors:KNeighborsClassifier algorithm=ball_tree metric=kulsinski
neighbors:KNeighborsClassifier algorithm=ball_tree metric=rogerstanimoto
neighbors:KNeighborsClassifier algorithm=ball_tree metric=russellrao
neighbors:KNeighborsClassifier algorithm=ball_tree metric=sokalmichener
neighbors:KNeighborsClassifier algorithm=ball_tree metric=sokalsneath
neighbors:KNeighborsClassifier algorithm=ball_tree metric=haversine
neighbors:KNeighborsClassifier algorithm=ball_tree metric=minkowski p=3
neighbors:KernelDensity kernel=tophat
neighbors:KNeighborsClassifier weights=distance
svm:SVC probability=True
svm:SVC kernel=linear
svm:NuSVR kernel=poly
cluster:DBSCAN algorithm=ball_tree
cluster:AgglomerativeClustering linkage=single
tree:DecisionTreeClassifier splitter=random
tree:DecisionTreeRegressor criterion=friedman_mse
feature_extraction.text:CountVectorizer analyzer=char
feature_extraction.text:TfidfVectorizer stop_words=english
feature_extraction.text:HashingVectorizer n_features=16
manifold:MDS n_init=1
cross_decomposition:PLSRegression n_components=1
"""


def variants():
    signal.signal(signal.SIGALRM, late)
    for line in VARIANTS.strip().splitlines():
        words = line.split()
        module, name = words[0].split(":")
        kwargs = {}
        for w in words[1:]:
            k, v = w.split("=")
            try:
                kwargs[k] = eval(v)
            except NameError:
                kwargs[k] = v
        for x, y in ((X[:, :2], Y), (X[:, :2], T), (TEXTS, Y)):
            signal.alarm(20)
            try:
                c = getattr(importlib.import_module("sklearn." + module), name)
                yield line, c(**kwargs).fit(x, y)
                break
            except Exception:
                continue
            finally:
                signal.alarm(0)
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
    yield "sparse", LogisticRegression().fit(csr_matrix(X), Y)
    yield "functions", [FunctionTransformer(np.log1p), FunctionTransformer(np.sqrt, np.square)]
    try:
        import pandas as pd
        from sklearn.compose import ColumnTransformer, make_column_selector
        f = pd.DataFrame({"a": [1.0, 2, 3], "b": ["x", "y", "x"]})
        yield "frame", ColumnTransformer([("n", StandardScaler(), make_column_selector(dtype_include="number")), ("c", OneHotEncoder(), ["b"])]).fit(f)
        yield "frame-out", StandardScaler().set_output(transform="pandas").fit(f[["a"]])
    except Exception:
        pass


def parts():
    import sklearn.gaussian_process.kernels as k
    yield "kernels", [k.RBF(), k.Matern(), k.WhiteKernel(), k.DotProduct(), k.ConstantKernel(), k.ExpSineSquared(), k.RationalQuadratic(), k.PairwiseKernel(), k.RBF() + k.WhiteKernel(), k.RBF() * 2, k.Exponentiation(k.RBF(), 2), k.CompoundKernel([k.RBF()])]
    from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
    yield "gp", [GaussianProcessRegressor(k.RBF() + k.WhiteKernel()).fit(X, T), GaussianProcessClassifier(1.0 * k.RBF()).fit(X, Y)]
    import sklearn.model_selection as s
    yield "splitters", [s.KFold(), s.StratifiedKFold(), s.ShuffleSplit(), s.GroupKFold(), s.LeaveOneOut(), s.TimeSeriesSplit(), s.RepeatedKFold(), s.StratifiedShuffleSplit(), s.ParameterGrid({"a": [1]}), s.PredefinedSplit([0, 1])]
    from sklearn.metrics import get_scorer, make_scorer, f1_score, mean_squared_error
    yield "scorers", [get_scorer("accuracy"), get_scorer("roc_auc"), get_scorer("neg_log_loss"), make_scorer(f1_score), make_scorer(mean_squared_error, greater_is_better=False)]
    from sklearn.model_selection import GridSearchCV
    from sklearn.svm import SVC
    yield "search", [GridSearchCV(SVC(), {"C": [1, 10]}, scoring="accuracy").fit(X, Y), GridSearchCV(SVC(), {"C": [1, 10]}, cv=s.KFold(3), scoring=make_scorer(f1_score)).fit(X, Y)]
    from sklearn.utils import Bunch
    yield "bunch", Bunch(a=1)
    from sklearn.neighbors import BallTree, KDTree
    yield "trees", [BallTree(X), KDTree(X)]
    from sklearn.datasets import load_iris
    yield "iris", load_iris()
    from sklearn import exceptions
    for n in exceptions.__all__:
        yield n, getattr(exceptions, n)("x")


def metrics():
    try:
        from sklearn.metrics import DistanceMetric
    except ImportError:
        from sklearn.neighbors import DistanceMetric
    for name in "euclidean manhattan chebyshev hamming canberra braycurtis matching jaccard dice rogerstanimoto russellrao sokalmichener sokalsneath haversine kulsinski".split():
        try:
            yield name, DistanceMetric.get_metric(name)
        except Exception:
            pass
    for name, kwargs in (("minkowski", {"p": 3}), ("seuclidean", {"V": np.ones(4)}), ("mahalanobis", {"V": np.eye(4)}), ("wminkowski", {"p": 3, "w": np.ones(4)}), ("minkowski", {"p": 3, "w": np.ones(4)})):
        try:
            yield name, DistanceMetric.get_metric(name, **kwargs)
            yield name + "32", DistanceMetric.get_metric(name, dtype=np.float32, **kwargs)
        except Exception:
            pass


MAKERS = [fitted, variants, parts, metrics]
