// Below the module of peers/fiber, so that its internal packages may be imported.
module primebench/peers/fiber/on-net-http

go 1.25.0

require primebench/peers/fiber v0.0.0

replace primebench/peers/fiber => ../fiber
