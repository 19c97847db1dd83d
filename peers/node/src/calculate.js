import { goDuration } from './duration.js';
import { isObject, parseBody } from './json.js';
import { nthPrime } from './prime.js';
import { Problem } from './problem.js';

/** The longest body of POST /calculate that is read. */
export const CALCULATE_LIMIT = 4_096;

/**
 * The answer to the body of POST /calculate.
 *
 * @param {Buffer} body
 * @param {number} maxN
 */
export function calculate(body, maxN) {
  const n = decode(body, maxN);
  const start = process.hrtime.bigint();
  const prime = nthPrime(n);
  const duration = goDuration(Number(process.hrtime.bigint() - start));
  return { n, prime, duration };
}

function decode(body, maxN) {
  const { text, value } = parseBody(body);
  if (!isObject(value)) throw new Problem(400, 'the body is not a JSON object');
  // Own keys alone: "n" may not come from a prototype.
  const n = Object.hasOwn(value, 'n') ? value.n : undefined;
  if (!Number.isInteger(n) || n < 1 || n > maxN || !isInDigits(text, n)) {
    throw new Problem(422, 'n is not an integer, written in digits alone, from 1 to the largest that is answered');
  }
  return n;
}

// {"n":10} and nothing else but white space: what nearly every body is.
const PLAIN = /^\s*\{\s*"n"\s*:\s*\d+\s*\}\s*$/;

/**
 * Whether the number of the key "n" was written in digits alone. JSON.parse gives the same value for 10, 10.0 and 1e1, and Node.js 20 does
 * not hand the source of a number to its reviver: so all numbers that are written otherwise become strings, and the text is parsed again.
 */
function isInDigits(text, n) {
  if (PLAIN.test(text)) return true;
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') || /^\d+$/.test(token) ? token : '""',
  );
  return JSON.parse(marked).n === n;
}
