package hostile_test

import (
	"testing"

	"github.com/go-pickle/pickle/internal/hostile"
)

// TestRows holds that the names differ and that no row is much larger than was asked for.
func TestRows(t *testing.T) {
	for _, n := range []int{4 << 10, 64 << 10, 1 << 20} {
		seen := map[string]bool{}
		for _, row := range hostile.Rows(n) {
			if seen[row.Name] {
				t.Errorf("two rows are named %s", row.Name)
			}
			seen[row.Name] = true
			if size := len(row.Data()); size > n*5/4+10_000 {
				t.Errorf("%s has %d bytes, asked for %d", row.Name, size, n)
			}
		}
	}
}
