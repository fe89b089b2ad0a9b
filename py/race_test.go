//go:build race

package py_test

const raceEnabled = true
