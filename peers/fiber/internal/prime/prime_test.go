package prime

import (
	"fmt"
	"testing"

	"primebench/peers/fiber/internal/cases"
)

// leastFactors returns the least prime factor of each number from 2 up to limit, found without a division.
func leastFactors(limit int) []int {
	least := make([]int, limit+1)
	for i := 2; i <= limit; i++ {
		if least[i] != 0 {
			continue
		}
		for multiple := i; multiple <= limit; multiple += i {
			if least[multiple] == 0 {
				least[multiple] = i
			}
		}
	}
	return least
}

func sieve(limit int) []int {
	var primes []int
	for i, factor := range leastFactors(limit) {
		if i >= 2 && factor == i {
			primes = append(primes, i)
		}
	}
	return primes
}

func TestTiersFindThePrimesOfASieve(t *testing.T) {
	primes := sieve(105_000)
	for _, tier := range Tiers {
		t.Run(tier.Name, func(t *testing.T) {
			for n := 1; n <= 10_000; n += 1 + n/50 { // each small n, and ever fewer of the large ones
				if got, want := tier.Find(n), primes[n-1]; got != want {
					t.Fatalf("Find(%d) = %d, want %d", n, got, want)
				}
			}
			if got := tier.Find(10_000); got != 104_729 {
				t.Errorf("Find(10000) = %d, want 104729", got)
			}
		})
	}
}

func TestTiersAnswerZeroBelowOne(t *testing.T) {
	for _, tier := range Tiers {
		for _, n := range []int{0, -1} {
			if got := tier.Find(n); got != 0 {
				t.Errorf("%s: Find(%d) = %d, want 0", tier.Name, n, got)
			}
		}
	}
}

// counting is Reference, line by line, with a count of its divisions.
func counting(n int) (prime, divisions int) {
	found := 0
	bound := uint32(1)
	for candidate := uint32(2); ; candidate++ {
		if (bound+1)*(bound+1) <= candidate {
			bound++
		}
		isPrime := true
		for divisor := uint32(2); divisor <= bound; divisor++ {
			divisions++
			if candidate%divisor == 0 {
				isPrime = false
				break
			}
		}
		if isPrime {
			if found++; found == n {
				return int(candidate), divisions
			}
		}
	}
}

// divisionsOfTheTier is what trial division up to last takes: of a composite, up to its least factor; of a prime, up to
// its integer square root.
func divisionsOfTheTier(last int) int {
	divisions, root := 0, 1
	for candidate, factor := range leastFactors(last) {
		if candidate < 2 {
			continue
		}
		for (root+1)*(root+1) <= candidate {
			root++
		}
		if factor == candidate {
			divisions += root - 1
		} else {
			divisions += factor - 1
		}
	}
	return divisions
}

func TestReferenceMakesTheDivisionsOfItsTier(t *testing.T) {
	for _, want := range []struct{ n, prime, divisions int }{
		{1, 2, 0},
		{2, 3, 0},
		{3, 5, 2},
		{10_000, 104_729, 2_925_594},
	} {
		prime, divisions := counting(want.n)
		if prime != want.prime || divisions != want.divisions {
			t.Errorf("counting(%d) = %d after %d divisions, want %d after %d",
				want.n, prime, divisions, want.prime, want.divisions)
		}
		if got := divisionsOfTheTier(prime); got != divisions {
			t.Errorf("up to %d there are %d divisions, counted were %d", prime, got, divisions)
		}
		if got := Reference(want.n); got != prime {
			t.Errorf("Reference(%d) = %d, its counting twin found %d", want.n, got, prime)
		}
	}
}

// served is what the suite calls the tier that the service does unless it is asked for another.
var names = map[string]string{"reference": "served", "published": "published"}

func BenchmarkPrimeLoop(b *testing.B) {
	for _, tier := range Tiers {
		for _, one := range cases.Read(b).PrimeLoop {
			b.Run(fmt.Sprintf("%s/n=%d", names[tier.Name], one.N), func(b *testing.B) {
				if prime, divisions := counting(one.N); prime != one.Prime || divisions != one.Divisions {
					b.Fatalf("counting(%d) = %d after %d divisions, want %+v", one.N, prime, divisions, one)
				}
				got := 0
				for b.Loop() {
					got = tier.Find(one.N)
				}
				if got != one.Prime {
					b.Fatalf("Find(%d) = %d, want %d", one.N, got, one.Prime)
				}
			})
		}
	}
}
