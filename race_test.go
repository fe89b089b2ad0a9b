//go:build race

package pickle_test

const raceEnabled = true
