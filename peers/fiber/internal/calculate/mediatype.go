package calculate

import "bytes"

var applicationJSON = []byte("application/json")

// IsJSON tells whether a Content-Type value names application/json: in any case, with any parameters (RFC 9110, 8.3.1).
func IsJSON(contentType []byte) bool {
	mediaType, _, _ := bytes.Cut(contentType, []byte{';'})
	return bytes.EqualFold(bytes.TrimSpace(mediaType), applicationJSON)
}
