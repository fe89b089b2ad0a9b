module github.com/go-pickle/pickle/bench

go 1.26.0

require (
	github.com/go-json-experiment/json v1.27.2
	github.com/go-pickle/pickle v0.0.0
	github.com/kisielk/og-rek v1.3.0
	github.com/nlpodyssey/gopickle v0.3.0
	github.com/vmihailenco/msgpack/v5 v5.4.1
)

require (
	github.com/aristanetworks/gomap v0.0.0-20230726210543-f4e41046dced // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
	golang.org/x/exp v0.0.0-20230725093048-515e97ebf090 // indirect
	golang.org/x/text v0.14.0 // indirect
)

replace github.com/go-pickle/pickle => ../
