"""What torch.save writes: tensors of all types and layouts, every module of torch.nn, optimizers and schedulers, both containers and plain pickle."""

import collections
import inspect
import io
import pickle
import signal
import zipfile

import torch
from torch import nn


def version():
    return torch.__version__


def streams(value):
    f = io.BytesIO()
    try:
        torch.save(value, f)
        with zipfile.ZipFile(f) as z:
            yield z.read([n for n in z.namelist() if n.endswith("/data.pkl")][0])
    except Exception as e:
        pass
    f = io.BytesIO()
    try:
        torch.save(value, f, _use_new_zipfile_serialization=False)
        f.seek(0)
        import pickletools
        for _ in range(5):
            start = f.tell()
            for op, arg, pos in pickletools.genops(f):
                pass
            yield f.getvalue()[start:f.tell()]
    except Exception:
        pass
    for protocol in (2, 4):
        try:
            yield pickle.dumps(value, protocol)
        except Exception:
            pass


def dtypes():
    return [d for n, d in sorted(vars(torch).items()) if isinstance(d, torch.dtype)]


def tensors():
    for d in dtypes():
        yield "dtype", d
        try:
            t = torch.empty(2, 3, dtype=d)
            yield str(d), [t, t[0], t.t(), nn.Parameter(t) if t.is_floating_point() else None, t.view(6)]
        except Exception:
            pass
        try:
            yield "storage " + str(d), torch.empty(2, dtype=d).storage()
            yield "storage " + str(d), torch.empty(2, dtype=d).untyped_storage()
        except Exception:
            pass
    yield "size", [torch.Size([1, 2]), torch.device("cpu"), torch.device("cuda:0"), torch.strided, torch.sparse_coo, torch.contiguous_format, torch.channels_last, torch.per_tensor_affine]
    t = torch.eye(3)
    for make in (lambda: t.to_sparse(), lambda: t.to_sparse_csr(), lambda: t.to_sparse_csc(), lambda: t.to_sparse_bsr((1, 1)), lambda: t.to_sparse_bsc((1, 1)), lambda: torch.quantize_per_tensor(t, 0.1, 0, torch.qint8), lambda: torch.quantize_per_channel(t, torch.ones(3), torch.zeros(3), 0, torch.quint8), lambda: torch.quantize_per_tensor(t, 0.1, 0, torch.qint32), lambda: t.to("meta"), lambda: t.conj(), lambda: torch.view_as_complex(torch.zeros(2, 2)).conj(), lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]), lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)], layout=torch.jagged), lambda: torch._efficientzerotensor(2), lambda: torch.zeros(2, dtype=torch.cfloat).conj().imag, lambda: nn.Buffer(t), lambda: nn.UninitializedParameter(), lambda: t.to_mkldnn(), lambda: torch.Generator(), lambda: torch.masked.masked_tensor(t, t > 0), lambda: torch.finfo(torch.float32), lambda: torch.get_rng_state(), lambda: nn.UninitializedBuffer()):
        try:
            yield "layout", make()
        except Exception:
            pass
    t = torch.zeros(2)
    t.extra = 1
    yield "attribute", t
    p = nn.Parameter(torch.zeros(2))
    p.extra = 1
    yield "parameter-attribute", p
    h = torch.zeros(2, requires_grad=True)
    yield "grad", h


def late(*_):
    raise RuntimeError


ARGS = [(), (4,), (4, 4), (4, 4, 3), (2, 2, 4), (8, 2), (4, [4]), (2, 4), ([0], 4), (torch.zeros(2),), (4, 4, 4, 4), (10, [2, 5]), ((2, 2),), (1, 4, 2), (10, 3, [2, 5])]


def modules():
    signal.signal(signal.SIGALRM, late)
    lists = [nn, nn.utils, nn.intrinsic, nn.quantized, nn.qat, nn.intrinsic.quantized, nn.intrinsic.qat, nn.quantized.dynamic]
    for name in ("torch.ao.nn.quantized", "torch.ao.nn.quantized.dynamic", "torch.ao.nn.qat", "torch.ao.nn.intrinsic", "torch.ao.nn.quantizable", "torch.nn.quantizable", "torch.ao.quantization", "torch.quantization"):
        try:
            __import__(name)
            import sys
            lists.append(sys.modules[name])
        except Exception:
            pass
    seen = set()
    for module in lists:
        for name in sorted(dir(module)):
            c = getattr(module, name, None)
            if not inspect.isclass(c) or c in seen or not issubclass(c, nn.Module):
                continue
            seen.add(c)
            for args in ARGS:
                signal.alarm(10)
                try:
                    m = c(*args)
                    yield name, [m, m.state_dict(), m.eval()]
                    break
                except Exception:
                    continue
                finally:
                    signal.alarm(0)
    layer = nn.TransformerEncoderLayer(8, 2)
    yield "stacks", [nn.TransformerEncoder(layer, 2), nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2), 2), nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Dropout(), nn.Conv2d(1, 1, 3), nn.BatchNorm2d(1)), nn.ModuleList([nn.Linear(2, 2)]), nn.ModuleDict({"a": nn.Linear(2, 2)}), nn.ParameterList([nn.Parameter(torch.zeros(2))]), nn.ParameterDict({"a": nn.Parameter(torch.zeros(2))}), nn.Sequential(collections.OrderedDict(a=nn.GELU("tanh"), b=nn.Softmax(1)))]
    yield "distances", [nn.TripletMarginWithDistanceLoss(), nn.CosineSimilarity(), nn.PairwiseDistance()]


def hooked():
    for make in (lambda: nn.utils.weight_norm(nn.Linear(2, 2)), lambda: nn.utils.spectral_norm(nn.Linear(2, 2)), lambda: nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)), lambda: nn.utils.parametrizations.orthogonal(nn.Linear(2, 2)), lambda: nn.utils.prune.l1_unstructured(nn.Linear(2, 2), "weight", 1), lambda: nn.DataParallel(nn.Linear(2, 2)), lambda: torch.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 4)), {nn.Linear}, dtype=torch.qint8)):
        try:
            yield "hooked", make()
        except Exception:
            pass
    for make in (lambda: torch.quantization.convert(torch.quantization.prepare(_quantizable())), lambda: torch.quantization.prepare(_quantizable()), lambda: torch.quantization.get_default_qconfig("fbgemm"), lambda: torch.quantization.prepare_qat(_quantizable().train())):
        try:
            yield "quantized", make()
        except Exception:
            pass


def _quantizable():
    m = nn.Sequential(torch.quantization.QuantStub(), nn.Conv2d(1, 1, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4, 2), torch.quantization.DeQuantStub()).eval()
    m.qconfig = torch.quantization.get_default_qconfig("fbgemm")
    return m


def optimizers():
    for name, c in sorted(vars(torch.optim).items()):
        if inspect.isclass(c) and issubclass(c, torch.optim.Optimizer) and c is not torch.optim.Optimizer:
            m = nn.Linear(2, 2)
            try:
                o = c(m.parameters(), lr=0.1)
                for _ in range(2):
                    o.zero_grad()
                    m(torch.ones(1, 2)).sum().backward()
                    o.step(lambda: m(torch.ones(1, 2)).sum()) if name == "LBFGS" else o.step()
            except Exception:
                pass
            try:
                yield name, [o, o.state_dict(), {"epoch": 1, "model": m.state_dict(), "optimizer": o.state_dict()}]
            except Exception:
                pass
    s = torch.optim.lr_scheduler
    o = torch.optim.SGD(nn.Linear(2, 2).parameters(), lr=0.1)
    for name, args in (("StepLR", (2,)), ("MultiStepLR", ([1],)), ("ExponentialLR", (0.9,)), ("CosineAnnealingLR", (2,)), ("ReduceLROnPlateau", ()), ("CyclicLR", (0.1, 0.2)), ("OneCycleLR", (0.1, 10)), ("CosineAnnealingWarmRestarts", (2,)), ("LinearLR", ()), ("ConstantLR", ()), ("PolynomialLR", ()), ("LambdaLR", (float,)), ("MultiplicativeLR", (float,))):
        try:
            x = getattr(s, name)(o, *args)
            yield name, [x, x.state_dict()]
        except Exception:
            pass
    try:
        yield "sequential", s.SequentialLR(o, [s.ConstantLR(o), s.ExponentialLR(o, 0.9)], [1])
    except Exception:
        pass
    yield "swa", torch.optim.swa_utils.AveragedModel(nn.Linear(2, 2))
    yield "scaler", torch.cuda.amp.GradScaler(enabled=False)


def data():
    import torch.utils.data as d
    t = d.TensorDataset(torch.zeros(4, 2), torch.zeros(4))
    yield "data", [t, d.Subset(t, [0]), d.ConcatDataset([t, t]), d.DataLoader(t), d.SequentialSampler(t), d.RandomSampler(t), d.BatchSampler(d.SequentialSampler(t), 2, False)]
    import torch.distributions as p
    yield "distributions", [p.Normal(0.0, 1.0), p.Categorical(torch.ones(3)), p.Bernoulli(0.5), p.MultivariateNormal(torch.zeros(2), torch.eye(2)), p.Beta(1.0, 1.0), p.Uniform(0.0, 1.0)]


def values():
    yield "state", collections.OrderedDict(a=torch.zeros(2))
    yield "functions", [torch.relu, torch.tanh, torch.sigmoid, nn.functional.relu, nn.functional.gelu, nn.functional.softmax, torch.nn.functional.leaky_relu, torch.nn.functional.silu, torch.add]
    import numpy as np
    yield "numpy", {"a": np.zeros(2), "b": np.float64(1)}


MAKERS = [tensors, modules, hooked, optimizers, data, values]
