// Package rules holds what the contract asks of any service on fasthttp: paths, limits, and rules of HTTP that fasthttp and
// Fiber leave open.
package rules

import "time"

// The paths of the contract.
const (
	PathCalculate = "/calculate"
	PathHealth    = "/health"
	PathPlaintext = "/plaintext"
	PathJSON      = "/json"
)

// The limits of the contract, as fasthttp can keep them.
const (
	BodyLimit     = 4_096
	JSONBodyLimit = 65_536 // of POST /json alone
	HeaderLimit   = 8_192

	// ReadTimeout is fasthttp's one deadline for a request, from its first byte to its last; it has none for the header section
	// and the body apart. The contract lets a slow client go within 10 s: nearly all of that, so that a body which is merely
	// slow has time to arrive.
	ReadTimeout  = 9 * time.Second
	WriteTimeout = 5 * time.Second
	IdleTimeout  = 60 * time.Second

	// ReadBufferSize is for the request line and the header section, which fasthttp reads through one buffer; what does not fit
	// is answered with 431.
	ReadBufferSize = len("POST "+PathCalculate+" HTTP/1.1\r\n") + HeaderLimit
)
