package scan

import (
	"math"
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// torchMagic is the number that torch.save's old format starts with, as a pickle.
var torchMagic = []byte{0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19}

// torchPickles are the pickles of the old format: magic number, version, system, object, keys.
// The storages follow as they are.
const torchPickles = 5

func isTorchMagic(root graph.Node) bool {
	return root.Kind() == graph.Long && string(root.Payload()) == string(torchMagic)
}

// torchStorage tells what is wrong with a persistent id of torch.save, or "".
func torchStorage(j *judge, id graph.Node) string {
	const strange = "the persistent id is none that torch.save writes"
	switch id.Kind() {
	case graph.Int: // of the format before zip and tar
		return ""
	case graph.Str:
		for _, c := range id.Payload() {
			if c < '0' || c > '9' {
				return strange
			}
		}
		return ""
	case graph.Tuple:
	default:
		return strange
	}
	if n := id.Len(); n != 5 && n != 6 || id.Index(0).Kind() != graph.Str || id.Index(0).Str() != "storage" {
		return strange
	}
	cls := id.Index(1)
	module, name := cls.Global()
	switch {
	case cls.Kind() != graph.Global, module != "torch" && !strings.HasPrefix(module, "torch."), !strings.HasSuffix(name, "Storage"):
		return strange
	case id.Index(2).Kind() != graph.Str, id.Index(3).Kind() != graph.Str:
		return strange
	}
	count := id.Index(4)
	if count.Kind() != graph.Int || count.Int() < 0 {
		return "the size of a storage is no number"
	}
	if id.Len() == 6 && id.Index(5).Kind() != graph.None && id.Index(5).Kind() != graph.Tuple {
		return strange
	}
	size, known := j.s.o.Storages[id.Index(2).Str()]
	width := storageWidths[name]
	if known && width > 0 && count.Int() > size/width {
		return "the storage has fewer bytes than the pickle says"
	}
	return ""
}

// torchClass is the class that a persistent id of torch.save's old format stands for: it has the
// module's source beside it, which torch.load compares and does not run. It is nil for others.
func torchClass(j *judge, id graph.Node) *name {
	if !j.s.torch || id.Kind() != graph.Tuple || id.Len() != 4 || id.Index(0).Kind() != graph.Str || id.Index(0).Str() != "module" ||
		id.Index(1).Kind() != graph.Global {
		return nil
	}
	for _, i := range []int{2, 3} {
		if k := id.Index(i).Kind(); k != graph.Str && k != graph.None {
			return nil
		}
	}
	return j.nameOf(id.Index(1))
}

// storageWidths are the bytes of one element of a storage.
var storageWidths = map[string]int64{"DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "LongStorage": 8, "IntStorage": 4,
	"ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1, "BFloat16Storage": 2, "ComplexDoubleStorage": 16,
	"ComplexFloatStorage": 8, "QUInt8Storage": 1, "QInt8Storage": 1, "QInt32Storage": 4, "UntypedStorage": 1}

// argsTensor judges the rebuilding of a tensor: its elements must lie in its storage.
func argsTensor(j *judge, c invocation, n *name) {
	storage, offset, size, stride := j.arg(c, 0), j.arg(c, 1), j.arg(c, 2), j.arg(c, 3)
	size = torchSize(size)
	if offset.Kind() != graph.Int || offset.Int() < 0 || !sequence(size) || !sequence(stride) || size.Len() != stride.Len() ||
		size.Len() > maxDimensions {
		j.badArgs(c, n, "these are not offset, sizes and strides of a tensor")
		return
	}
	last, empty := offset.Int(), false
	for i, r := range size.Refs() {
		count, step := j.node(r), size.At(stride.Refs()[i])
		if count.Kind() != graph.Int || step.Kind() != graph.Int || count.Int() < 0 || step.Int() < 0 {
			j.badArgs(c, n, "these are not sizes and strides of a tensor")
			return
		}
		if count.Int() == 0 {
			empty = true
			continue
		}
		last = satAdd(last, satMul(count.Int()-1, step.Int()))
	}
	id := storage.PersistentID()
	if empty || id.Kind() != graph.Tuple || id.Len() < 5 || id.Index(4).Kind() != graph.Int {
		return
	}
	if _, name := id.Index(1).Global(); name == "UntypedStorage" {
		return // counted in bytes: the element's size is in another argument
	}
	if last >= id.Index(4).Int() {
		j.badArgs(c, n, "the tensor is larger than its storage")
	}
}

// maxDimensions bounds how many dimensions a tensor may have: torch has no more.
const maxDimensions = 64

// torchSize is the tuple in a torch.Size.
func torchSize(n graph.Node) graph.Node {
	if module, name := n.Made().Func().Global(); module == "torch" && name == "Size" {
		return n.Made().Args().Index(0)
	}
	return n
}

func sequence(n graph.Node) bool { return n.Kind() == graph.Tuple || n.Kind() == graph.List }

// satMul and satAdd stop at the largest number; their arguments are not negative.
func satMul(a, b int64) int64 {
	if a != 0 && b > math.MaxInt64/a {
		return math.MaxInt64
	}
	return a * b
}

func satAdd(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
