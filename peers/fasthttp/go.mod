// Below the module of peers/fiber, so that its internal packages may be imported.
module primebench/peers/fiber/on-fasthttp

go 1.26.0

require (
	github.com/valyala/fasthttp v1.78.0
	primebench/peers/fiber v0.0.0
)

require (
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/molecule-man/go-brrr v1.3.1 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
)

replace primebench/peers/fiber => ../fiber
