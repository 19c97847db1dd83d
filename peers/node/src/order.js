import { isObject, parseBody } from './json.js';
import { Problem } from './problem.js';

/** The longest body of POST /json that is read. */
export const ORDER_LIMIT = 65_536;

/**
 * The answer to the body of POST /json: the order summed up. Values are exact to 2^53, as all numbers of JSON.parse; a body with a larger
 * one is refused, since its sum would be another.
 *
 * @param {Buffer} body
 */
export function summarise(body) {
  const { value } = parseBody(body);
  if (!isOrder(value)) throw new Problem(422, 'the body is not an order with its items and a comment');
  const { order, items } = value;
  let sum = 0;
  let tags = 0;
  let longest = '';
  let longestBytes = 0;
  for (const item of items) {
    sum += item.value;
    tags += item.tags.length;
    const bytes = Buffer.byteLength(item.name);
    if (bytes > longestBytes) {
      longest = item.name;
      longestBytes = bytes;
    }
  }
  return { order, count: items.length, sum, longest, tags };
}

function isOrder(value) {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.order) &&
    typeof value.comment === 'string' &&
    Array.isArray(value.items) &&
    value.items.every(isItem)
  );
}

function isItem(value) {
  return (
    isObject(value) &&
    typeof value.name === 'string' &&
    Number.isSafeInteger(value.value) &&
    Array.isArray(value.tags) &&
    value.tags.every((tag) => typeof tag === 'string')
  );
}
