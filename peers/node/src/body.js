import { Problem } from './problem.js';

// From the end of the header section to the end of the body; the contract lets a slow client go within 10 s.
const TIME_LIMIT_MS = 8_000;

/**
 * Reads a body that says it is JSON; rejects with a Problem for another media type, or one that is longer than limit bytes or slow.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {number} limit
 * @param {(body: Buffer) => void} serve
 * @param {(problem: Problem) => void} refuse
 */
export function readJson(request, limit, serve, refuse) {
  if (!isJson(request.headers['content-type'])) return refuse(new Problem(415, 'the content type is not application/json'));
  // The body is not waited for.
  if (Number(request.headers['content-length']) > limit) return refuse(tooLarge());
  const parts = [];
  let length = 0;
  const end = (serveOrRefuse, value) => {
    clearTimeout(timer);
    request.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
    serveOrRefuse(value);
  };
  const timer = setTimeout(end, TIME_LIMIT_MS, refuse, new Problem(408, 'the body was not complete in time', { Connection: 'close' }));
  request.on('data', (part) => {
    length += part.length;
    if (length > limit) return end(refuse, tooLarge());
    parts.push(part);
  });
  request.on('end', () => end(serve, parts.length === 1 ? parts[0] : Buffer.concat(parts)));
  request.on('close', () => clearTimeout(timer));
}

function tooLarge() {
  return new Problem(413, 'the body is longer than this service reads', { Connection: 'close' });
}

function isJson(contentType) {
  return contentType !== undefined && contentType.split(';', 1)[0].trim().toLowerCase() === 'application/json';
}
