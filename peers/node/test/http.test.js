import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

async function start(t, ...flags) {
  const child = spawn(process.execPath, [MAIN, '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, line, url: line.match(/http:\S+/)[0] };
}

function post(url, path, body, contentType = 'application/json') {
  return fetch(url + path, { method: 'POST', headers: { 'content-type': contentType }, body });
}

test('each route answers, and refuses what it does not serve', async (t) => {
  const { url } = await start(t, '--threads', '1', '--max-n', '1000');
  assert.equal((await (await post(url, '/calculate?x=1', '{"n":1000}')).json()).prime, 7_919);
  assert.equal(await (await fetch(`${url}/plaintext`)).text(), 'Hello, World!');
  assert.equal((await (await fetch(`${url}/json/7`)).json()).next, '/json/8');
  assert.equal((await (await post(url, '/json', '{"order":1,"items":[],"comment":""}')).json()).count, 0);
  const refusals = [
    [fetch(`${url}/json/0`), 404], [fetch(`${url}/calculate/`), 404], [fetch(`${url}/json`), 405, 'POST'],
    [post(url, '/plaintext', ''), 405, 'GET, HEAD'], [post(url, '/calculate', '{"n":1}', 'text/plain'), 415],
    [post(url, '/calculate', ' '.repeat(4_097)), 413], [post(url, '/json', ' '.repeat(65_537)), 413],
    [post(url, '/calculate', '{'), 400], [post(url, '/json', '{}'), 422], [post(url, '/calculate', '{"n":1001}'), 422],
  ];
  for (const [asked, status, allow] of refusals) {
    const response = await asked;
    assert.equal(response.status, status, response.url);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    assert.equal(response.headers.get('allow'), allow ?? null);
    assert.equal((await response.json()).status, status);
  }
});

test('as many processes as threads answer, and end together with 0', async (t) => {
  const { child, line, url } = await start(t, '--threads', '2');
  assert.match(line, / threads=2 max_n=100000 /);
  assert.equal((await fetch(`${url}/health`)).status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a wrong flag ends with 2, an address in use with 1', async (t) => {
  const wrong = spawn(process.execPath, [MAIN, '--bogus'], { stdio: 'ignore' });
  assert.deepEqual(await once(wrong, 'exit'), [2, null]);
  const { url } = await start(t, '--threads', '1');
  for (const threads of ['1', '2']) {
    const second = spawn(process.execPath, [MAIN, '--port', new URL(url).port, '--threads', threads], { stdio: 'ignore' });
    assert.deepEqual(await once(second, 'exit'), [1, null], `threads ${threads}`);
  }
});
