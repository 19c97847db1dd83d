const { createServer } = require("node:http");

createServer((_request, response) => response.end("hello")).listen(process.env.PORT || 8080, "127.0.0.1");
