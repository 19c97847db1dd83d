package prime

import "math"

// Published is the loop of the article that the suite checks: int operands, and the square root in the loop condition,
// where the compiler leaves it, so that it is taken anew at every step.
func Published(n int) int {
	if n < 1 {
		return 0
	}
	count := 0
	for candidate := 2; ; candidate++ {
		if isPrime(candidate) {
			count++
			if count == n {
				return candidate
			}
		}
	}
}

func isPrime(n int) bool {
	for i := 2; i <= int(math.Sqrt(float64(n))); i++ {
		if n%i == 0 {
			return false
		}
	}
	return true
}
