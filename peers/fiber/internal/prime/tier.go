// Package prime finds the n-th prime by naive trial division, at the tiers of work that a comparison may name.
package prime

// A Tier is a definition of the work: which divisions are made to find the n-th prime.
type Tier struct {
	Name string
	// Find returns the n-th prime, counted from 1, or 0 for n < 1.
	Find func(n int) int
}

// Tiers lists what --tier takes; the first is the default.
var Tiers = []Tier{
	{Name: "reference", Find: Reference},
	{Name: "published", Find: Published},
}
