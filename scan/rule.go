package scan

// A Rule is what a finding is about. The names are stable: reports, suppressions and SARIF
// refer to them.
type Rule string

// The rules.
const (
	RuleGlobalDeny    Rule = "PKL-GLOBAL-DENY"    // a name that the policy denies
	RuleGlobalUnknown Rule = "PKL-GLOBAL-UNKNOWN" // a name that the policy does not have
	RuleNameComputed  Rule = "PKL-NAME-COMPUTED"  // an import whose name the pickle computes, or that is no str
	RuleNamePath      Rule = "PKL-NAME-PATH"      // a dotted name that goes through what is private or dangerous
	RuleCallComputed  Rule = "PKL-CALL-COMPUTED"  // a call of what the pickle computes
	RuleMutateGlobal  Rule = "PKL-MUTATE-GLOBAL"  // a change of something imported
	RuleArm           Rule = "PKL-ARM"            // state that gives an object a method to be called later
	RuleUse           Rule = "PKL-USE"            // an allowed name, used in a way that is not allowed
	RuleArgs          Rule = "PKL-ARGS"           // an allowed call with arguments that are not allowed
	RuleCode          Rule = "PKL-CODE"           // text or bytes that are compiled or run by what gets them
	RuleNested        Rule = "PKL-NESTED"         // a pickle inside the pickle that gets loaded
	RuleMalformed     Rule = "PKL-MALFORMED"      // it breaks, or readers disagree about what it says
	RuleTrailing      Rule = "PKL-TRAILING"       // bytes after the last pickle
	RuleExt           Rule = "PKL-EXT"            // an extension code, which only the loading program can resolve
	RulePersID        Rule = "PKL-PERSID"         // a persistent id, which only the loading program can resolve
	RuleDoS           Rule = "PKL-DOS"            // it costs a loader far more than its size
)

var ruleDocs = []struct {
	rule        Rule
	title, help string
}{
	{RuleGlobalDeny, "Denied name", "The pickle imports something that runs code, touches files or the network, or loads further pickles. Such a name has no place in data, even if it is not called."},
	{RuleGlobalUnknown, "Unknown name", "The pickle imports a name that the policy does not know. If you trust the library, allow the name in a policy file."},
	{RuleNameComputed, "Computed name", "The name of an import is the result of a call, or no string at all. No pickler writes that."},
	{RuleNamePath, "Dotted path to something else", "The name walks from an imported module through its attributes to something private or dangerous, such as collections and _sys.modules."},
	{RuleCallComputed, "Call of a computed object", "What is called is itself the result of a call. No pickler writes that; exploits do."},
	{RuleMutateGlobal, "Change of an imported object", "The pickle sets attributes or items of an imported module, class or function, which changes the program that loads it."},
	{RuleArm, "State that arms an object", "The state of an object replaces one of its methods by a callable, which Python calls later."},
	{RuleUse, "Name used in another way", "The name is allowed, but not for this: a class may be made and filled, for example, and not called."},
	{RuleArgs, "Arguments that are not allowed", "The call is allowed for plain arguments only; these are others."},
	{RuleCode, "Code as data", "Text or bytes of the pickle are code for the function that gets them."},
	{RuleNested, "Pickle inside a pickle", "Bytes of the pickle are handed to a function that unpickles them."},
	{RuleMalformed, "Broken pickle", "The pickle breaks off, or is one that Python's unpicklers and other readers understand differently. What comes before the break runs all the same."},
	{RuleTrailing, "Bytes after the pickle", "After the last pickle there are bytes that are none."},
	{RuleExt, "Extension code", "The pickle refers to copyreg's registry of the program that loads it."},
	{RulePersID, "Persistent id", "The pickle asks the program that loads it for an object."},
	{RuleDoS, "Resource exhaustion", "Loading the pickle takes far more memory or time than its size suggests."},
}

// Rules are all rules of this package.
func Rules() []Rule {
	all := make([]Rule, len(ruleDocs))
	for i, d := range ruleDocs {
		all[i] = d.rule
	}
	return all
}

// Title is the rule's name in a few words, and "" for a rule of another package.
func (r Rule) Title() string {
	for _, d := range ruleDocs {
		if d.rule == r {
			return d.title
		}
	}
	return ""
}

// Help says in a sentence or two what the rule finds and why it matters, and "" for a rule of
// another package.
func (r Rule) Help() string {
	for _, d := range ruleDocs {
		if d.rule == r {
			return d.help
		}
	}
	return ""
}
