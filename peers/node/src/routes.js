import { readJson } from './body.js';
import { CALCULATE_LIMIT, calculate } from './calculate.js';
import { itemAt } from './item.js';
import { ORDER_LIMIT, summarise } from './order.js';
import { PROBLEM_TYPE, Problem } from './problem.js';

const ITEM = '/json/';

/**
 * The listener of requests: the routes of the three tasks.
 *
 * @param {number} maxN
 * @returns {import('node:http').RequestListener}
 */
export function routes(maxN) {
  return (request, response) => {
    const path = pathOf(request.url);
    switch (path) {
      case '/calculate':
        return forPost(request, response, CALCULATE_LIMIT, (body) => calculate(body, maxN));
      case '/plaintext':
        return forGet(request, response, () => write(response, 200, 'text/plain', 'Hello, World!'));
      case '/json':
        return forPost(request, response, ORDER_LIMIT, summarise);
      case '/health':
        return forGet(request, response, () => writeJson(response, 200, { status: 'ok' }));
    }
    const item = path.startsWith(ITEM) ? itemAt(path.slice(ITEM.length)) : undefined;
    if (item === undefined) return refuse(request, response, new Problem(404, 'there is nothing at this path'));
    return forGet(request, response, () => writeJson(response, 200, item));
  };
}

// What node:http takes for a target may be an absolute one (RFC 9112, section 3.2.2).
function pathOf(target) {
  if (target.startsWith('http://')) target = target.slice(target.indexOf('/', 'http://'.length));
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

function forGet(request, response, serve) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(request, response, 'GET, HEAD');
  serve();
}

function forPost(request, response, limit, answer) {
  if (request.method !== 'POST') return refuseMethod(request, response, 'POST');
  const refuseThis = (problem) => refuse(request, response, problem);
  const serve = (body) => {
    let value;
    try {
      value = answer(body);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return refuseThis(error);
    }
    writeJson(response, 200, value);
  };
  readJson(request, limit, serve, refuseThis);
}

function refuseMethod(request, response, allow) {
  refuse(request, response, new Problem(405, 'the Allow field names the methods of this path', { Allow: allow }));
}

function refuse(request, response, problem) {
  request.resume(); // what is left of the body, so that the connection can be used on
  write(response, problem.status, PROBLEM_TYPE, JSON.stringify(problem), problem.headers);
}

function writeJson(response, status, value) {
  write(response, status, 'application/json', JSON.stringify(value));
}

function write(response, status, contentType, text, headers) {
  const body = Buffer.from(text);
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': body.length, ...headers });
  response.end(body); // node:http sends no content to HEAD
}
