package main

import (
	"slices"
	"strings"

	"github.com/go-pickle/pickle/scan"
	"github.com/go-pickle/pickle/scan/files"
)

// explain says what the findings of a file mean and what to do, in paragraphs. Those that
// begin with "- " are items of a list.
func explain(r *files.Result) []string {
	var text []string
	switch {
	case r.Err != nil && r.Report.Verdict < scan.Dangerous:
		return []string{"The file could not be read, so nothing is known about it. That is not the same as safe."}
	case r.Report.Verdict == scan.Dangerous:
		text = append(text, "Do not load this file, with pickle, torch.load, joblib, pandas or anything else that unpickles. "+
			"A pickle is a program that Python runs when it loads it, and this one does more than to bring back data. "+
			"It is not enough to throw the result away: what is listed above happens while the file is loaded.")
	case r.Report.Verdict == scan.Suspicious:
		text = append(text, "This may be harmless, but nobody can tell by the file alone. "+
			"A pickle is a program that Python runs when it loads it, and something in this one is not known.")
	default:
		text = append(text, "Everything that Python would do to load this file is known: it brings back data and does nothing else. "+
			"That says nothing about whether the data are right.")
	}
	var rules []scan.Rule
	for _, f := range r.Report.Findings {
		if f.Severity > scan.Safe && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	for _, rule := range rules {
		if help := rule.Help(); help != "" {
			text = append(text, "- "+string(rule)+": "+help)
		}
	}
	if r.Report.Verdict == scan.Safe {
		return text
	}
	text = append(text, "What to do:")
	if r.Report.Verdict == scan.Dangerous {
		text = append(text,
			"- Delete the file, or keep it apart for those who look into such things, and tell whoever gave it to you. "+
				"If it came from a model hub, report it there.",
			"- If it has been loaded somewhere, take that machine, and the passwords and keys on it, as seen by others.",
			"- pickle calls FILE shows all that it does, as a script.")
	} else {
		text = append(text, "- If it is your own, or from somebody you trust and what is unknown above is their code: "+
			"pickle scan --suggest-policy FILE -o ours.policy writes down what you trust, and pickle scan --policy ours.policy uses it.",
			"- If not, ask for the data in a format that can't run anything.")
	}
	return append(text, instead(r)...)
}

// alternatives are what to use in place of pickles, by what the file seems to come from: the
// module of a name, the end of a path.
var alternatives = []struct {
	modules, ends []string
	advice        string
}{
	{[]string{"torch", "torchvision", "transformers", "pytorch_lightning", "lightning"}, []string{".pt", ".pth", ".ckpt", "data.pkl"},
		"PyTorch: torch.load(file, weights_only=True) loads tensors and refuses the rest, in PyTorch 2.6 and later by default " +
			"(use 2.10 or later: versions before had holes in it). Better, ask for the weights as safetensors: " +
			"safetensors.torch.load_file(file) and save_file(model.state_dict(), file) can't run code."},
	{[]string{"sklearn", "joblib", "xgboost", "lightgbm", "catboost"}, []string{".joblib"},
		"scikit-learn: skops.io.dump(model, file) and skops.io.load(file, trusted=[...]) keep models without pickle, and show the types that a file needs before it is loaded. " +
			"XGBoost and LightGBM have save_model; ONNX works for models that only predict."},
	{[]string{"numpy"}, []string{".npy", ".npz"},
		"NumPy: np.load(file, allow_pickle=False), which is the default, loads arrays of numbers and refuses objects. Save arrays of numbers with np.save or np.savez; give object arrays a type first."},
	{[]string{"pandas"}, nil,
		"pandas: df.to_parquet(file) and pd.read_parquet(file), or CSV, in place of to_pickle and read_pickle."},
	{[]string{"keras", "tensorflow"}, []string{".keras", ".h5"},
		"Keras: model.save(\"model.keras\") and keras.models.load_model(file, safe_mode=True); custom layers are code all the same."},
}

// instead says what to use in place of a pickle.
func instead(r *files.Result) []string {
	var text []string
	for _, a := range alternatives {
		if slices.ContainsFunc(r.Report.Globals, func(global string) bool {
			first, _, _ := strings.Cut(global, ".")
			return slices.Contains(a.modules, first)
		}) || slices.ContainsFunc(a.ends, func(end string) bool { return endsWith(r, end) }) {
			text = append(text, "- "+a.advice)
		}
	}
	if text == nil {
		text = append(text, "- For plain data: JSON, or a database such as SQLite; for arrays np.save; for tables Parquet; for the weights of models safetensors. None of them can run anything.")
	}
	return text
}

func endsWith(r *files.Result, end string) bool {
	return strings.HasSuffix(strings.ToLower(r.Path), end) ||
		slices.ContainsFunc(r.Report.Findings, func(f scan.Finding) bool { return strings.HasSuffix(f.Member, end) })
}
