// Package service is the HTTP service on fasthttp: its routes, its limits, and how it starts and stops.
package service

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"primebench/peers/fiber/internal/drain"
	"primebench/peers/fiber/internal/problem"
	"primebench/peers/fiber/internal/rules"
)

// New is the server of the three tasks; POST /calculate answers with the prime that find finds, for n from 1 to maxN.
func New(find func(n int) int, maxN int) *fasthttp.Server {
	server := &fasthttp.Server{
		Handler:               routes{find: find, maxN: maxN}.serve,
		ErrorHandler:          refuseUnread,
		MaxRequestBodySize:    rules.BodyLimit, // Tighten knows the path with another one
		ReadBufferSize:        rules.ReadBufferSize,
		ReadTimeout:           rules.ReadTimeout,
		WriteTimeout:          rules.WriteTimeout,
		IdleTimeout:           rules.IdleTimeout,
		NoDefaultServerHeader: true,
		// The service has no forms: no file of one is written to disk before a handler refuses it.
		DisablePreParseMultipartForm: true,
		Logger:                       silent{}, // clients' mistakes, each of which would be a line
	}
	rules.Tighten(server, []string{fasthttp.MethodHead})
	return server
}

// Serve answers on inner until ctx is done; then it drains.
func Serve(ctx context.Context, server *fasthttp.Server, inner net.Listener) error {
	return drain.Serve(ctx, inner, server.Serve, func(limit time.Duration) error {
		limited, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		return server.ShutdownWithContext(limited)
	})
}

// refuseUnread answers a request that fasthttp could not read.
func refuseUnread(ctx *fasthttp.RequestCtx, err error) {
	writeProblem(ctx, problem.New(unreadStatus(err), "the request is malformed, too large or too slow"))
}

func unreadStatus(err error) int {
	if small := (*fasthttp.ErrSmallBuffer)(nil); errors.As(err, &small) {
		return fasthttp.StatusRequestHeaderFieldsTooLarge
	}
	if network := net.Error(nil); errors.As(err, &network) && network.Timeout() {
		return fasthttp.StatusRequestTimeout
	}
	if errors.Is(err, fasthttp.ErrBodyTooLarge) {
		return fasthttp.StatusRequestEntityTooLarge
	}
	return fasthttp.StatusBadRequest
}

type silent struct{}

func (silent) Printf(string, ...any) {}
