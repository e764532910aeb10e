// The real daemon with a recorded call played.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const kPatience_ms = 60_000;
const here = new URL('.', import.meta.url).pathname;
const kServe = ['--listen', '127.0.0.1:0', '--store', 'sqlite::memory:', '--web-root', join(here, '../../dist')];

function listening(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /listening on (https?:\S+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error('rtcscope ended before it listened')));
  });
}

async function replayed(url, headers) {
  for (const end = Date.now() + kPatience_ms; Date.now() < end; await sleep(200)) {
    const reply = await fetch(`${url}/api/v1/stats`, { headers });
    if (reply.ok && (await reply.json()).finished) return;
  }
  throw new Error(`the recording was not played within ${kPatience_ms / 1000} s`);
}

/** Its address, and how to end it. `headers`: what it asks of a request. */
export async function start_daemon(rtcscope, recording, options = [], headers = {}) {
  const child = spawn(rtcscope, ['replay', recording, '--speed', '0', ...kServe, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    const url = await listening(child);
    await replayed(url, headers);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
