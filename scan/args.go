package scan

// argRules are the rules for arguments that a policy may name; policy/README.md describes them.
var argRules = map[string]struct{}{
	"none": {}, "data": {}, "names": {}, "callable": {}, "class": {}, "newobj": {}, "getattr": {}, "pickle": {},
	"decode": {}, "encoding": {}, "tensor": {}, "code": {},
}
