import { Problem } from './problem.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A body as text and as a value; throws a Problem with 400 for what is not JSON in UTF-8.
 *
 * @param {Buffer} body
 * @returns {{text: string, value: unknown}}
 */
export function parseBody(body) {
  try {
    const text = utf8.decode(body);
    return { text, value: JSON.parse(text) };
  } catch {
    throw new Problem(400, 'the body is not JSON');
  }
}

/** Whether a value of JSON is an object, which an array and null are not. */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
