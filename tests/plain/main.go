// A plain service of the prime task: the routes and statuses of its contract on net/http, and nothing more.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const maxBody = 4096

func nthPrime(n int64) int64 {
	primes := make([]int64, 0, n)
	for candidate := int64(2); int64(len(primes)) < n; candidate++ {
		if isPrime(candidate, primes) {
			primes = append(primes, candidate)
		}
	}
	return primes[n-1]
}

func isPrime(candidate int64, primes []int64) bool {
	for _, prime := range primes {
		if prime*prime > candidate {
			return true
		}
		if candidate%prime == 0 {
			return false
		}
	}
	return true
}

func calculate(maxN int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
		if !strings.EqualFold(strings.TrimSpace(media), "application/json") {
			http.Error(w, "application/json only", http.StatusUnsupportedMediaType)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			status := http.StatusBadRequest
			if large := new(http.MaxBytesError); errors.As(err, &large) {
				status = http.StatusRequestEntityTooLarge
			}
			http.Error(w, "the body cannot be read", status)
			return
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
			http.Error(w, "a JSON object is expected", http.StatusBadRequest)
			return
		}
		n, err := strconv.ParseInt(string(fields["n"]), 10, 64)
		if err != nil || n < 1 || n > maxN {
			http.Error(w, "n is no integer in range", http.StatusUnprocessableEntity)
			return
		}
		start := time.Now()
		prime := nthPrime(n)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"n":%d,"prime":%d,"duration":"%s"}`, n, prime, time.Since(start))
	}
}

func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"status":"ok"}`)
}

func main() {
	threads, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	maxN, err := strconv.ParseInt(os.Args[3], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	runtime.GOMAXPROCS(threads)
	http.HandleFunc("POST /calculate", calculate(maxN))
	http.HandleFunc("GET /health", health)
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, nil))
}
