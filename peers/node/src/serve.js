import http from 'node:http';

import { PROBLEM_TYPE } from './problem.js';
import { routes } from './routes.js';

const HEADER_SIZE_LIMIT = 8_192;
const HEADER_TIME_LIMIT_MS = 5_000;
// From the first byte of a request to its last: a header section and a body of 5 s each would be 10.
const REQUEST_TIME_LIMIT_MS = 9_000;
const IDLE_LIMIT_MS = 60_000;
// Leaves time to exit within 5 s of the signal.
const DRAIN_LIMIT_MS = 4_000;

/**
 * Listens with the given settings; calls listening once it does, failed if it cannot.
 *
 * @returns {http.Server}
 */
export function serve({ host, port, maxN }, listening, failed) {
  const options = {
    maxHeaderSize: HEADER_SIZE_LIMIT,
    headersTimeout: HEADER_TIME_LIMIT_MS,
    requestTimeout: REQUEST_TIME_LIMIT_MS,
    keepAliveTimeout: IDLE_LIMIT_MS,
    connectionsCheckingInterval: 500,
    noDelay: true,
  };
  const server = http.createServer(options, routes(maxN));
  server.on('clientError', refuseMalformed);
  server.once('error', failed);
  return server.listen({ host, port, backlog: 1_024 }, () => listening(server.address()));
}

/** Stops accepting, closes idle connections, answers what is in flight; then ends the process. */
export function drain(server) {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), DRAIN_LIMIT_MS).unref();
}

const MALFORMED = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

// What node cannot parse never reaches the listener of requests.
function refuseMalformed(error, socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
  const status = MALFORMED.get(error.code) ?? 400;
  const title = http.STATUS_CODES[status];
  const body = JSON.stringify({ title, status });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nDate: ${new Date().toUTCString()}\r\nConnection: close\r\n` +
      `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
