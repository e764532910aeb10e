// Runs the browser test against the real daemon after it played a recorded call.
//
// usage: node run_daemon.mjs RTCSCOPE RECORDING OUT      (after npm run build)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const kPatience_ms = 60_000;
const [rtcscope, recording, out] = process.argv.slice(2);
if (!out) throw new Error('usage: node run_daemon.mjs RTCSCOPE RECORDING OUT');
const here = new URL('.', import.meta.url).pathname;
const kServe = ['--listen', '127.0.0.1:0', '--store', 'sqlite::memory:', '--web-root', join(here, '../../dist')];

function listening(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error('rtcscope ended before it listened')));
  });
}

async function replayed(url) {
  for (const end = Date.now() + kPatience_ms; Date.now() < end; await sleep(200)) {
    const reply = await fetch(`${url}/api/v1/stats`);
    if (reply.ok && (await reply.json()).finished) return;
  }
  throw new Error(`the recording was not played within ${kPatience_ms / 1000} s`);
}

const child = spawn(rtcscope, ['replay', recording, '--speed', '0', ...kServe], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const url = await listening(child);
  await replayed(url);
  const test = spawn(process.execPath, [join(here, 'dashboard.mjs'), url, out], { stdio: 'inherit' });
  const [status] = await once(test, 'exit');
  assert.equal(status, 0, 'dashboard.mjs on a replayed call');
} finally {
  child.kill('SIGTERM');
}
