// new-service --host 127.0.0.1 --port 8080 --threads 1

import cluster from "node:cluster";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

// What is asked: the only request that is answered so far.
const PATH = "/path-of-the-task";
const BODY = Buffer.from("body-of-the-task");

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8080" },
    threads: { type: "string", default: "1" },
  },
});

function answer(request, response) {
  if (request.url.split("?", 1)[0] !== PATH) {
    response.writeHead(404).end();
  } else if (request.method !== "GET") {
    response.writeHead(405, { Allow: "GET" }).end();
  } else {
    response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8", "Content-Length": BODY.length }).end(BODY);
  }
}

// A process of JavaScript has one thread: more of them share the port.
if (cluster.isPrimary && Number(values.threads) > 1) {
  for (let left = Number(values.threads); left > 0; left -= 1) {
    cluster.fork();
  }
  process.on("SIGTERM", () => cluster.disconnect());
} else {
  const server = createServer(answer).listen(Number(values.port), values.host);
  process.on("SIGTERM", () => {
    server.close();
    server.closeIdleConnections();
  });
}
