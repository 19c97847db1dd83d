// Repeat does one operation so many times and nothing else: the instructions of twice as many, less those of as many, are the
// operation's own.
//
//	repeat prime_loop/served/n=1000 20
package main

import (
	"fmt"
	"os"

	"primebench/peers/fiber/internal/prime"
)

var finds = map[string]func(n int) int{"served": prime.Reference, "published": prime.Published}

func main() {
	find, n, times, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "repeat: expected prime_loop/served/n=N or prime_loop/published/n=N, and how often: %v\n", err)
		os.Exit(2)
	}
	sum := 0
	for range times {
		sum += find(n)
	}
	if sum == 0 && times > 0 { // uses the answers, so that they have to be found
		os.Exit(1)
	}
}

func parse(arguments []string) (find func(n int) int, n, times int, err error) {
	if len(arguments) != 2 {
		return nil, 0, 0, fmt.Errorf("%d arguments", len(arguments))
	}
	for name, one := range finds {
		if _, err := fmt.Sscanf(arguments[0], "prime_loop/"+name+"/n=%d", &n); err == nil {
			find = one
		}
	}
	if find == nil {
		return nil, 0, 0, fmt.Errorf("%q", arguments[0])
	}
	_, err = fmt.Sscanf(arguments[1], "%d", &times)
	return find, n, times, err
}
