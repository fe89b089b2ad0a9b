module github.com/go-pickle/pickle

go 1.26
