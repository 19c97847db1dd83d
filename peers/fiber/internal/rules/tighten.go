package rules

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"github.com/valyala/fasthttp"
)

var (
	errRequestLine = errors.New("neither HTTP/1.1 with Host nor HTTP/1.0")
	optionClose    = []byte("close")
	versionOne     = []byte("HTTP/1.")
)

// Tighten sets what fiber.Config leaves out of the server of an application that knows these methods, and keeps rules of HTTP on
// what fasthttp has parsed that fasthttp and Fiber do not keep themselves. What is lost in fasthttp's parser is not parsed
// again: service.toml lists it.
func Tighten(server *fasthttp.Server, methods []string) {
	// Says so to the client, and flushes an answer that would wait for the next pipelined request.
	server.CloseOnShutdown = true

	server.HeaderReceived = func(header *fasthttp.RequestHeader) (own fasthttp.RequestConfig) {
		if takesOrder(header.RequestURI()) {
			own.MaxRequestBodySize = JSONBodyLimit
		}
		return own
	}

	route, refuse := server.Handler, server.ErrorHandler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		header := &ctx.Request.Header
		if !isAnswerable(header) {
			refuse(ctx, errRequestLine)
			ctx.SetConnectionClose()
			return
		}
		// fasthttp knows "close" alone and in lower case.
		if asksToClose(header.Peek(fasthttp.HeaderConnection)) {
			ctx.SetConnectionClose()
		}
		// RFC 9110, section 9.1: a method that is not known is answered like one that is not allowed. Fiber answers 400 in
		// plain text before it routes, unless the method is one of its own: PATCH is, and has no route here.
		if !header.IsPost() && !header.IsGet() && !slices.Contains(methods, string(header.Method())) {
			header.SetMethod(http.MethodPatch)
		}
		route(ctx)
	}
	// fasthttp comes here in place of Handler when it cannot read a request, and closes the connection.
	server.ErrorHandler = func(ctx *fasthttp.RequestCtx, err error) {
		ctx.Response.SkipBody = ctx.IsHead()
		if errors.Is(err, fasthttp.ErrBodyTooLarge) && !wantsBody(ctx) {
			server.Handler(ctx) // 404 and 405 come before 413
			return
		}
		refuse(ctx, err)
	}
}

// isAnswerable tells whether a request is HTTP/1.1 with Host (RFC 9112, section 3.2), or of another minor version of
// HTTP/1. fasthttp takes every other protocol for HTTP/1.0.
func isAnswerable(header *fasthttp.RequestHeader) bool {
	if header.IsHTTP11() {
		return len(header.Host()) > 0
	}
	minor, found := bytes.CutPrefix(header.Protocol(), versionOne)
	return found && len(minor) == 1 && '0' <= minor[0] && minor[0] <= '9'
}

// wantsBody tells whether the length of a refused body is what is wrong with the request. When it was chunks that were too
// many, fasthttp has forgotten the request.
func wantsBody(ctx *fasthttp.RequestCtx) bool {
	limit, path := BodyLimit, string(ctx.Path())
	if path == PathJSON {
		limit = JSONBodyLimit
	}
	announced := ctx.Request.Header.ContentLength() > limit
	return !announced || ctx.IsPost() && (path == PathCalculate || path == PathJSON)
}

// takesOrder tells whether a target may be that of POST /json, with or without a query, in absolute form (RFC 9112, section 3.2.2),
// too. Of a path that ends alike the body is read as far, and the answer is the same 404.
func takesOrder(target []byte) bool {
	path, _, _ := bytes.Cut(target, []byte{'?'})
	return bytes.HasSuffix(path, []byte(PathJSON))
}

// asksToClose looks for the option close in a Connection value: a list, in any case (RFC 9110, section 7.6.1).
func asksToClose(connection []byte) bool {
	for option := range bytes.SplitSeq(connection, []byte{','}) {
		if bytes.EqualFold(bytes.TrimSpace(option), optionClose) {
			return true
		}
	}
	return false
}
