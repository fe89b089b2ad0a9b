package graph_test

import (
	"fmt"
	"strings"

	"github.com/go-pickle/pickle/graph"
)

// A pickle of a dict with a model's layers, and what is asked of it without building
// anything else.
func ExampleParse() {
	g, err := graph.Parse([]byte("\x80\x02}(U\x04nameU\x03netU\x06layers](K\x40K\x20K\x0aeu."))
	if err != nil {
		fmt.Println(err)
		return
	}
	root := g.Root()
	fmt.Println(root.Kind(), root.Get("name").Str(), root.Get("layers").Index(2).Int())
	for k, v := range root.Pairs() {
		fmt.Println(k.Str(), v.Kind(), v.Len())
	}
	// Output:
	// dict net 10
	// name str 3
	// layers list 3
}

// What Python would do while it loads the pickle, in order. Nothing of it is done here.
func ExampleGraph_Calls() {
	g, err := graph.Parse([]byte("cos\nsystem\n(S'echo hello'\ntRcgeometry\nPoint\n)\x81}U\x01xK\x01sb."))
	if err != nil {
		fmt.Println(err)
		return
	}
	for c := range g.Calls() {
		switch c.Kind() {
		case graph.FindClass:
			module, name := c.Node().Global()
			fmt.Printf("%d: import %s.%s\n", c.Offset(), module, name)
		case graph.CallReduce, graph.CallNew:
			module, name := c.Func().Global()
			fmt.Printf("%d: %s makes %s.%s, %d arguments\n", c.Offset(), c.Op(), module, name, c.Args().Len())
		case graph.BuildState:
			fmt.Printf("%d: state %s\n", c.Offset(), c.State().Kind())
		}
	}
	// Output:
	// 0: import os.system
	// 27: REDUCE makes os.system, 1 arguments
	// 28: import geometry.Point
	// 45: NEWOBJ makes geometry.Point, 0 arguments
	// 53: state dict
}

// After an error the graph holds what was understood before it: the calls that Python
// would have made by then.
func ExampleParse_error() {
	g, err := graph.Parse([]byte("cos\nsystem\n(S'echo hello'\ntR!"))
	fmt.Println(err)
	for c := range g.Calls() {
		fmt.Println(c.Op())
	}
	// Output:
	// pickle: offset 28: invalid load key, '!'.
	// GLOBAL
	// REDUCE
}

// Shared and recursive values are the same node.
func ExampleNode_Shared() {
	g, err := graph.Parse([]byte("]q\x00h\x00a.")) // a = []; a.append(a)
	if err != nil {
		fmt.Println(err)
		return
	}
	a := g.Root()
	fmt.Println(a.Index(0) == a, a.Shared())
	// Output: true true
}

// One pickle after another from a reader, into the same memory.
func ExampleParser() {
	p := graph.NewParser(graph.Options{})
	r := strings.NewReader("K\x01.U\x03two.")
	for range 2 {
		g, err := p.Read(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(g.Root().Kind(), g.End())
	}
	// Output:
	// int 3
	// str 6
}

func ExampleOptions_Parse() {
	o := graph.Options{PersistentIDs: true}
	g, err := o.Parse([]byte("Pstorage-1\n."))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(g.Root().Kind(), g.Root().PersistentID().Str())
	// Output: persistent reference storage-1
}

func ExampleOptions_Read() {
	g, err := graph.Options{}.Read(strings.NewReader("(K\x01K\x02t. and more"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for item := range g.Root().Items() {
		fmt.Println(item.Int())
	}
	// Output:
	// 1
	// 2
}
