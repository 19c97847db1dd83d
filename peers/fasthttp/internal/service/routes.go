package service

import (
	"encoding/json"
	"strings"

	"github.com/valyala/fasthttp"

	"primebench/peers/fiber/internal/calculate"
	"primebench/peers/fiber/internal/item"
	"primebench/peers/fiber/internal/order"
	"primebench/peers/fiber/internal/problem"
	"primebench/peers/fiber/internal/rules"
)

const (
	prefixItem = rules.PathJSON + "/"

	allowGet  = "GET, HEAD"
	allowPost = "POST"

	mediaTypeJSON = "application/json"
)

var (
	errNoSuchPath = problem.New(fasthttp.StatusNotFound, "no such path")
	errMethod     = problem.New(fasthttp.StatusMethodNotAllowed, "the Allow field names the methods of this path")
	errTooLarge   = problem.New(fasthttp.StatusRequestEntityTooLarge, "the body is longer than this service reads")
)

// Routes is the server's handler. fasthttp has no router; a switch is what its documentation shows.
type routes struct {
	find func(n int) int
	maxN int
}

func (r routes) serve(ctx *fasthttp.RequestCtx) {
	if err := r.route(ctx); err != nil {
		writeProblem(ctx, problem.Of(err, 0))
	}
}

// route matches the path as it was sent: fasthttp's Path has double slashes and dots taken out.
func (r routes) route(ctx *fasthttp.RequestCtx) error {
	switch path := string(ctx.URI().PathOriginal()); path {
	case rules.PathCalculate:
		return forPost(ctx, rules.BodyLimit, r.calculate)
	case rules.PathPlaintext:
		return forGet(ctx, func() error {
			ctx.SetContentType("text/plain")
			ctx.SetBodyString("Hello, World!")
			return nil
		})
	case rules.PathJSON:
		return forPost(ctx, rules.JSONBodyLimit, readOrder)
	case rules.PathHealth:
		return forGet(ctx, func() error { return writeJSON(ctx, health{"ok"}) })
	default:
		id, found := strings.CutPrefix(path, prefixItem)
		if !found {
			return errNoSuchPath
		}
		one, err := item.Find(id)
		if err != nil {
			return err
		}
		return forGet(ctx, func() error { return writeJSON(ctx, &one) })
	}
}

type health struct {
	Status string `json:"status"`
}

func (r routes) calculate(ctx *fasthttp.RequestCtx) error {
	n, err := calculate.Decode(ctx.PostBody(), r.maxN)
	if err != nil {
		return err
	}
	return writeJSON(ctx, calculate.Calculate(r.find, n))
}

func readOrder(ctx *fasthttp.RequestCtx) error {
	totals, err := order.Read(ctx.PostBody())
	if err != nil {
		return err
	}
	return writeJSON(ctx, totals)
}

func forGet(ctx *fasthttp.RequestCtx, serve func() error) error {
	if !ctx.IsGet() && !ctx.IsHead() {
		ctx.Response.Header.Set(fasthttp.HeaderAllow, allowGet)
		return errMethod
	}
	return serve()
}

func forPost(ctx *fasthttp.RequestCtx, limit int, serve func(*fasthttp.RequestCtx) error) error {
	if !ctx.IsPost() {
		ctx.Response.Header.Set(fasthttp.HeaderAllow, allowPost)
		return errMethod
	}
	if !calculate.IsJSON(ctx.Request.Header.ContentType()) {
		return calculate.ErrNotApplicationJSON
	}
	// A body that was announced as longer has not been read.
	if ctx.Request.Header.ContentLength() > limit || len(ctx.PostBody()) > limit {
		return errTooLarge
	}
	return serve(ctx)
}

func writeJSON(ctx *fasthttp.RequestCtx, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	ctx.SetContentType(mediaTypeJSON)
	ctx.Response.SetBodyRaw(text)
	return nil
}

func writeProblem(ctx *fasthttp.RequestCtx, p *problem.Problem) {
	if err := writeJSON(ctx, p); err != nil {
		ctx.Error("", fasthttp.StatusInternalServerError)
		return
	}
	ctx.SetContentType(problem.MediaType)
	ctx.SetStatusCode(p.Status)
}
