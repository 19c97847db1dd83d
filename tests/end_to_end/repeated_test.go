//go:build planted

package repeated

import "testing"

var sink []byte

//go:noinline
func digest(size int) {
	for i := 0; i < size; i++ {
		sink[i%len(sink)] += byte(i)
	}
}

//go:noinline
func served(size int) {
	if slower {
		sink = make([]byte, 64)
		digest(size)
	}
	digest(size)
}

func BenchmarkDigest(b *testing.B) {
	sink = make([]byte, 64)
	b.Run("served", func(b *testing.B) {
		b.Run("size=100", func(b *testing.B) {
			for i := 0; i < b.N; i++ {
				served(100)
			}
		})
	})
}
