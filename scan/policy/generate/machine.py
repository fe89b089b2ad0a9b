"""What a pickle does with the names it imports, without loading it. Runs on Python 2.7 and 3.6 up."""

import pickletools

CLASS_MAKERS = {
    "copyreg:_reconstructor", "copy_reg:_reconstructor",
    "copyreg:__newobj__", "copy_reg:__newobj__", "copyreg:__newobj_ex__",
}


class Name(object):
    def __init__(self, text):
        self.text = text


class Made(object):
    """What a call gave; by is the name that BUILD and the fillers are booked on."""

    def __init__(self, by):
        self.by = by


class Mark(object):
    pass


def uses(data):
    """Returns {"module:qualname": set of uses} of one pickle; the uses are those of policy files."""
    found, stack, memo = {}, [], {}

    def use(value, kind):
        if isinstance(value, Name):
            found.setdefault(value.text, set()).add(kind)
        elif isinstance(value, Made) and value.by and kind not in ("call", "new", "name"):
            found.setdefault(value.by, set()).add(kind)

    def to_mark():
        items = []
        while not isinstance(stack[-1], Mark):
            items.append(stack.pop())
        stack.pop()
        return items[::-1]

    def call(callee, args):
        use(callee, "call")
        by = callee.text if isinstance(callee, Name) else None
        if by and (by in CLASS_MAKERS or by.endswith(":newObj")):
            cls = args[0] if args and isinstance(args[0], Name) else None  # else it is computed
            use(cls, "new")
            by = cls and cls.text
        stack.append(Made(by))

    def new(cls):
        use(cls, "new")
        stack.append(Made(cls.text if isinstance(cls, Name) else None))

    for op, arg, _ in pickletools.genops(data):
        name = op.name
        if name in ("PROTO", "FRAME", "STOP", "NEXT_BUFFER_DUMMY", "READONLY_BUFFER"):
            continue
        if name == "MARK":
            stack.append(Mark())
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            if name == "GLOBAL":
                module, _, qualname = arg.partition(" ")
            else:
                qualname, module = stack.pop(), stack.pop()
            value = Name("%s:%s" % (module, qualname))
            use(value, "name")
            stack.append(value)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            memo[arg] = stack[-1]
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[arg])
        elif name == "POP":
            stack.pop()
        elif name == "POP_MARK":
            to_mark()
        elif name == "DUP":
            stack.append(stack[-1])
        elif name == "REDUCE":
            args, callee = stack.pop(), stack.pop()
            call(callee, args)
        elif name == "INST":
            to_mark()
            value = Name(arg.replace(" ", ":", 1))
            use(value, "name")
            call(value, ())
        elif name == "OBJ":
            items = to_mark()
            call(items[0], items[1:])
        elif name == "NEWOBJ":
            stack.pop()
            new(stack.pop())
        elif name == "NEWOBJ_EX":
            stack.pop()
            stack.pop()
            new(stack.pop())
        elif name == "BUILD":
            stack.pop()
            use(stack[-1], "build")
        elif name == "APPEND":
            stack.pop()
            use(stack[-1], "append")
        elif name == "APPENDS":
            to_mark()
            use(stack[-1], "append")
        elif name == "ADDITEMS":
            to_mark()
            use(stack[-1], "add")
        elif name == "SETITEM":
            stack.pop()
            stack.pop()
            use(stack[-1], "items")
        elif name == "SETITEMS":
            to_mark()
            use(stack[-1], "items")
        elif name in ("TUPLE", "LIST", "DICT", "FROZENSET"):
            items = to_mark()
            stack.append(tuple(items) if name == "TUPLE" else None)
        elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
            count = int(name[-1])
            items = tuple(stack[-count:])
            del stack[-count:]
            stack.append(items)
        elif name == "BINPERSID":
            stack.pop()
            stack.append(None)
        else:
            # a constant or an empty container; only strings matter, as the operands of STACK_GLOBAL
            stack.append(arg)
    return found
