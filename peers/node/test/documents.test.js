import assert from 'node:assert/strict';
import { test } from 'node:test';

import { calculate } from '../src/calculate.js';
import { goDuration } from '../src/duration.js';
import { itemAt } from '../src/item.js';
import { summarise } from '../src/order.js';
import { nthPrime } from '../src/prime.js';
import { readSettings } from '../src/settings.js';

const MAX_N = 100_000;
const refused = (status) => (error) => error.status === status;

test('primes are counted from 1', () => {
  for (const [n, prime] of [[1, 2], [2, 3], [10, 29], [1_000, 7_919], [10_000, 104_729]]) assert.equal(nthPrime(n), prime);
});

test('durations are as Go prints them', () => {
  const cases = { 0: '0s', 417: '417ns', 1500: '1.5µs', 1_000_001: '1.000001ms', 4_812_345: '4.812345ms', 1_204_000_000: '1.204s' };
  for (const [nanoseconds, text] of Object.entries(cases)) assert.equal(goDuration(Number(nanoseconds)), text);
});

test('n is an integer as it is written', () => {
  for (const body of ['{"n":10}', ' {"x":1.5e3, "n" : 10, "y":"\\"1.0"} ', '{"\\u006e":10}', '{"n":10,"m":{"n":1.5}}']) {
    assert.equal(calculate(Buffer.from(body), MAX_N).prime, 29, body);
  }
  for (const n of ['1.0', '1e1', '10e0', '-0', '0', '-1', '100001', 'null', '"10"', '[]', '18446744073709551617']) {
    assert.throws(() => calculate(Buffer.from(`{"n":${n}}`), MAX_N), refused(422), n);
  }
  assert.throws(() => calculate(Buffer.from('{"N":10}'), MAX_N), refused(422));
});

test('what is no JSON object is 400', () => {
  for (const body of ['', '{', '[10]', 'null', '{"n":10,}', '{"n":010}', '{"n":10}\0', Buffer.from('7b226e223a31ff7d', 'hex')]) {
    assert.throws(() => calculate(Buffer.from(body), MAX_N), refused(400), String(body));
  }
});

test('items are those of the task', () => {
  assert.deepEqual(itemAt('7'), {
    id: 7, name: 'item-7', active: false, score: 1.75, quantity: 7, price_cents: 175, currency: 'EUR', category: 'category-7',
    sku: 'SKU-00000007', tags: ['t0', 't7', 't7'], dimensions: { width: 7, height: 7, depth: 7 }, weight_g: 8, rating: 3.5, reviews: 7,
    in_stock: true, supplier: 'supplier-2', description: 'Item 7: "quoted", a back\\slash and a line\nbreak', note: 'Zürich №7',
    created: 1_700_000_007, next: '/json/8',
  });
  const last = itemAt('1000000');
  assert.deepEqual([last.supplier, last.score, last.sku, last.next], [null, 250_000, 'SKU-01000000', '/json/1']);
  for (const text of ['', '0', '-1', '+1', '1000001', 'x', '1x', '1.0', ' 1']) assert.equal(itemAt(text), undefined, text);
});

test('an order is summed up', () => {
  const items = [{ name: 'ab', value: 2, tags: ['x', 'y'] }, { name: '№', value: -1, tags: [] }, { name: 'abc', value: 3, tags: ['z'], more: 1 }];
  const body = Buffer.from(JSON.stringify({ order: 5, items, comment: '' }));
  assert.deepEqual(summarise(body), { order: 5, count: 3, sum: 4, longest: '№', tags: 3 });
});

test('what is no order is 400 or 422', () => {
  for (const body of ['', '{', '{"order":1,}']) assert.throws(() => summarise(Buffer.from(body)), refused(400), body);
  const bodies = ['null', '[]', '{}', '{"order":1.5,"items":[],"comment":""}', '{"order":1,"items":{},"comment":""}', '{"order":1,"items":[]}',
    '{"order":1,"items":[{"name":"a","value":1}],"comment":""}', '{"order":1,"items":[{"name":"a","value":1,"tags":[null]}],"comment":""}'];
  for (const body of bodies) assert.throws(() => summarise(Buffer.from(body)), refused(422), body);
});

test('flags are read, and refused in one line', () => {
  const settings = readSettings(['--host', '::1', '--port', '0', '--threads', '8', '--threads', '2', '--max-n', '10']);
  assert.deepEqual(settings, { help: false, host: '::1', port: 0, threads: 2, maxN: 10 });
  for (const args of [['--bogus'], ['x'], ['--port'], ['--port', '65536'], ['--threads', '0'], ['--max-n', '1e3'], ['--host', 'localhost']]) {
    assert.throws(() => readSettings(args), (error) => !error.message.includes('\n'), args.join(' '));
  }
});
