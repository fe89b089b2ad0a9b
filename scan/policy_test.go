package scan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-pickle/pickle/scan"
)

// TestPolicyErrors refuses what is no policy, and says where.
func TestPolicyErrors(t *testing.T) {
	const head = "pickle-policy 1\n"
	for _, c := range []struct {
		text, message string
		line          int
	}{
		{"", "a policy starts with", 1},
		{"# only a comment\n", "a policy starts with", 2},
		{"pickle-policy 2\n", "a policy starts with", 1},
		{head + "permit a:b\n", "a line starts with use, allow or deny", 2},
		{head + "\n# x\nallow\n", "allow needs module:name", 4},
		{head + "allow a.b call\n", "not of the form", 2},
		{head + "allow a:b\n", "an allow says for which uses", 2},
		{head + "allow a:b -- why\n", "an allow says for which uses", 2},
		{head + "allow a:b args=data\n", "an allow says for which uses", 2},
		{head + "allow a:b run\n", "is no use", 2},
		{head + "allow a:b call args=what\n", "there is no argument rule", 2},
		{head + "allow a:b call args=data args=data\n", "more than one", 2},
		{head + "deny a:b call\n", "holds for all uses", 2},
		{head + "deny a..b:c\n", "empty part", 2},
		{head + "deny :c\n", "empty part", 2},
		{head + "deny a:\n", "empty part", 2},
		{head + "deny a**:c\n", "no part of its own", 2},
		{head + "deny a:[b\n", "no valid pattern", 2},
		{head + "use nothing-like-it\n", "there is no built-in set", 2},
	} {
		_, err := scan.ParsePolicy("p", []byte(c.text))
		var e *scan.PolicyError
		if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Message, c.message) || !strings.HasPrefix(err.Error(), "p:") {
			t.Errorf("%q: %v instead of %q in line %d", c.text, err, c.message, c.line)
		}
	}
}

// TestPrecedence looks names up where several entries fit.
func TestPrecedence(t *testing.T) {
	p := policyOf(t, `pickle-policy 1
use none
deny  a:*                 -- 1
allow a:exact        call -- 2
allow a.**:[A-Z]*    new  -- 3
deny  a.b:D*              -- 4
allow a.b:Data       name -- 5
allow **.x:*         call -- 6
deny  a.*.x:bad           -- 7
allow c:twice        call -- 8
deny  c:twice             -- 9
allow d:A.B          call -- 10
allow d:*.C          call -- 11
allow e:**           call -- 12
allow f:x            call -- 13
allow f:x            new  -- 14
`)
	for _, c := range []struct{ name, reason string }{
		{"a:exact", "2"},
		{"a:other", "1"},
		{"a:Class", "1"},   // a deny beats an allow
		{"a.z:Class", "3"}, // ** stands for some parts
		{"a.z.y:Class", "3"},
		{"a.z:function", ""},
		{"a.b:Dict", "4"},
		{"a.b:Data", "5"},
		{"a.b:Class", "3"},
		{"q.x:any", "6"},
		{"x:any", "6"}, // and for none
		{"a.q.x:bad", "7"},
		{"a.q.x:good", "6"},
		{"c:twice", "9"},
		{"d:A.B", "10"},
		{"d:A.C", "11"},
		{"d:A", ""},
		{"d:A.B.C", ""},
		{"e:A.B.C", "12"},
		{"f:x", "13"},
		{"ab:exact", ""},
	} {
		module, name, _ := strings.Cut(c.name, ":")
		got := ""
		if e := p.Lookup(module, name); e != nil {
			got = e.Reason
		}
		if got != c.reason {
			t.Errorf("%s: entry %q instead of %q", c.name, got, c.reason)
		}
	}
}

// TestUserPolicy puts a user's entries before the built-in ones, also patterns before exact ones.
func TestUserPolicy(t *testing.T) {
	p := policyOf(t, "pickle-policy 1\ndeny collections:* -- ours\nallow os:getcwd call -- ours\n")
	if e := p.Lookup("collections", "OrderedDict"); e == nil || !e.Deny {
		t.Errorf("OrderedDict: %v", e)
	}
	if e := p.Lookup("os", "getcwd"); e == nil || e.Deny {
		t.Errorf("getcwd: %v", e)
	}
	if e := p.Lookup("os", "system"); e == nil || !e.Deny {
		t.Errorf("system, which the built-in sets deny: %v", e)
	}
	for e := range policyOf(t, "pickle-policy 1\nuse none\n").Entries() {
		t.Errorf("a policy that uses none has %v", e)
	}
	all := scan.BuiltinSets()
	if p := policyOf(t, "pickle-policy 1\nuse "+all[0]+"\n"); p.Lookup("no.such", "thing") != nil {
		t.Error("a name that nobody has")
	}
}

// TestEntryText reads back what an entry gives as text.
func TestEntryText(t *testing.T) {
	for e := range scan.DefaultPolicy().Entries() {
		q, err := scan.ParsePolicy("q", []byte("pickle-policy 1\nuse none\n"+e.String()+"\n"))
		if err != nil {
			t.Errorf("%v: %v", e, err)
			continue
		}
		for back := range q.Entries() {
			back.File, back.Line = e.File, e.Line
			if *back != *e {
				t.Errorf("%v came back as %v", e, back)
			}
		}
	}
}

// TestSafeOnlyIfAllowed calls nothing safe that imports anything if nothing is allowed.
func TestSafeOnlyIfAllowed(t *testing.T) {
	none := scan.Options{Policy: policyOf(t, "pickle-policy 1\nuse none\n")}
	for _, v := range vectors {
		with, without := (scan.Options{Policy: policyOf(t, testPolicy)}).Bytes(v.data), none.Bytes(v.data)
		if len(with.Globals) > 0 && without.Verdict == scan.Safe {
			t.Errorf("%s: safe with a policy that allows nothing", v.name)
		}
	}
}
