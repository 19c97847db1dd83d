package prime

// Reference divides each candidate from 2 up by 2, 3, 4, ... up to its integer square root, one at a time, and stops at
// the first divisor: 2,925,594 divisions for n = 10,000.
//
// Operands are 32 bits wide, the narrowest that hold the largest answer a service may be asked for (the 10,000,000th
// prime is 179,424,673), and unsigned: for signed operands the compiler adds a test for a divisor of -1.
func Reference(n int) int {
	if n < 1 {
		return 0
	}
	found := 0
	bound := uint32(1) // the integer square root of candidate
	for candidate := uint32(2); ; candidate++ {
		// One step is enough: square roots of neighbours differ by less than 1.
		if (bound+1)*(bound+1) <= candidate {
			bound++
		}
		if !hasDivisor(candidate, bound) {
			if found++; found == n {
				return int(candidate)
			}
		}
	}
}

func hasDivisor(candidate, bound uint32) bool {
	for divisor := uint32(2); divisor <= bound; divisor++ {
		if candidate%divisor == 0 {
			return true
		}
	}
	return false
}
