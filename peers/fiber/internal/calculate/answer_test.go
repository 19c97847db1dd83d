package calculate

import (
	"encoding/json"
	"testing"
	"time"

	"primebench/peers/fiber/internal/prime"
)

func TestAnswerNamesThePrimeAndTheTimeOfTheCalculation(t *testing.T) {
	got := Calculate(prime.Reference, 100)
	if got.N != 100 || got.Prime != 541 {
		t.Errorf("n = %d, prime = %d, want 100 and 541", got.N, got.Prime)
	}
	if d, err := time.ParseDuration(got.Duration); err != nil || d < 0 {
		t.Errorf("duration = %q (%v), want the time taken", got.Duration, err)
	}
}

func TestAnswerIsTheContracts(t *testing.T) {
	got, err := json.Marshal(Answer{N: 10_000, Prime: 104_729, Duration: (1_500 * time.Nanosecond).String()})
	if want := `{"n":10000,"prime":104729,"duration":"1.5µs"}`; string(got) != want || err != nil {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
