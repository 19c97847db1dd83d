import net from 'node:net';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** The name in messages and in the line that announces the service. */
export const PROGRAM = 'primebench-node';

export const USAGE = `usage: ${PROGRAM} [--host ADDRESS] [--port PORT] [--threads N] [--max-n N]\n`;

const OPTIONS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8080' },
  threads: { type: 'string', default: String(Math.min(availableParallelism(), 1_024)) },
  'max-n': { type: 'string', default: '100000' },
  help: { type: 'boolean', default: false },
};

/**
 * What the flags say; throws an Error of one line. `threads` are processes here.
 *
 * @param {string[]} args
 */
export function readSettings(args) {
  const { values } = parse(args);
  if (!values.help && net.isIP(values.host) === 0) throw new Error('--host: expected an IP address');
  return {
    help: values.help,
    host: values.host,
    port: number('--port', values.port, 0, 65_535),
    threads: number('--threads', values.threads, 1, 1_024),
    maxN: number('--max-n', values['max-n'], 1, 10_000_000),
  };
}

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS });
  } catch (error) {
    throw new Error(error.message.split(/[\n.]/, 1)[0]);
  }
}

function number(flag, text, least, most) {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw new Error(`${flag}: expected a number from ${least} to ${most}`);
  return value;
}
