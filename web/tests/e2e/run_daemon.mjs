// Runs the browser test against the real daemon after it played a recorded call.
//
// usage: node run_daemon.mjs RTCSCOPE RECORDING OUT      (after npm run build)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { start_daemon } from './daemon.mjs';

const [rtcscope, recording, out] = process.argv.slice(2);
if (!out) throw new Error('usage: node run_daemon.mjs RTCSCOPE RECORDING OUT');
const here = new URL('.', import.meta.url).pathname;

const daemon = await start_daemon(rtcscope, recording);
try {
  const test = spawn(process.execPath, [join(here, 'dashboard.mjs'), daemon.url, out], { stdio: 'inherit' });
  const [status] = await once(test, 'exit');
  assert.equal(status, 0, 'dashboard.mjs on a replayed call');
} finally {
  await daemon.stop();
}
