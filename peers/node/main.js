// The command: one process for --threads 1, else one that leads and as many as there are threads (node:cluster).
import cluster from 'node:cluster';
import net from 'node:net';

import { drain, serve } from './src/serve.js';
import { PROGRAM, USAGE, readSettings } from './src/settings.js';

const EXIT_USAGE = 2;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'];

function exit(code, message) {
  process.stderr.write(`${PROGRAM}: ${message}\n`);
  process.exit(code);
}

function settingsOrExit() {
  try {
    return readSettings(process.argv.slice(2));
  } catch (error) {
    return exit(EXIT_USAGE, `${error.message} (see --help)`);
  }
}

function announce(settings, { address, port }) {
  const host = net.isIPv6(address) ? `[${address}]` : address;
  const { threads, maxN } = settings;
  process.stdout.write(
    `${PROGRAM} listening on http://${host}:${port} threads=${threads} max_n=${maxN} node=${process.versions.node}\n`,
  );
}

function cannotListen(settings) {
  return (error) => exit(1, `cannot listen on ${settings.host} port ${settings.port}: ${error.code ?? error.message}`);
}

function serveAlone(settings) {
  const server = serve(settings, (address) => announce(settings, address), cannotListen(settings));
  for (const name of STOP_SIGNALS) process.once(name, () => drain(server));
}

/** The leader accepts and deals the connections out by turns, as node:cluster does where nothing else is said; it answers nothing. */
function lead(settings) {
  let listening = 0;
  let stopping = false;
  cluster.on('listening', (_worker, address) => {
    listening += 1;
    if (listening === settings.threads) announce(settings, address);
  });
  cluster.on('exit', (worker, code, signal) => {
    if (!stopping) return process.exit(code || (signal ? 1 : 0) || 1);
    if (Object.keys(cluster.workers).length === 0) process.exit(0);
  });
  for (const name of STOP_SIGNALS) {
    process.on(name, () => {
      stopping = true;
      for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
    });
  }
  for (let i = 0; i < settings.threads; i++) cluster.fork();
}

function work(settings) {
  const server = serve(settings, () => {}, cannotListen(settings));
  process.on('SIGINT', () => {}); // a terminal sends it to the leader, too
  process.once('SIGTERM', () => drain(server));
}

const settings = settingsOrExit();
if (settings.help) process.stdout.write(USAGE);
else if (cluster.isWorker) work(settings);
else if (settings.threads === 1) serveAlone(settings);
else lead(settings);
