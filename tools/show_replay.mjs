// Replays a recorded call as fast as it goes, asks the API what was found, prints it and ends.
//
// usage: node show_replay.mjs RTCSCOPE RECORDING
//
// Exit status 0 if every participant that the recording's truth.json names was found in one conference.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;

const [rtcscope, recording] = process.argv.slice(2);

/** Address of the API, from the line that the program prints when it is ready. */
function listening(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error('rtcscope ended before it listened')));
  });
}

async function items(api, path) {
  const reply = await fetch(`${api}/api/v1/${path}`);
  if (!reply.ok) throw new Error(`${path}: HTTP status ${reply.status}`);
  return (await reply.json()).items;
}

/** The replay is over when its conferences have ended. */
async function endedConferences(api) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(200)) {
    const conferences = await items(api, 'conferences');
    if (conferences.length > 0 && conferences.every((conference) => conference.ended_at)) return conferences;
  }
  throw new Error(`no conference was found and ended within ${PATIENCE_MS / 1000} s`);
}

function describe(stream) {
  const { lost, expected, bitrate_bps, kind, codec, direction } = stream;
  const loss = expected ? `${((100 * lost) / expected).toFixed(1)} % lost` : 'loss unknown';
  const bitrate = bitrate_bps === null ? '' : `, ${Math.round(bitrate_bps / 1000)} kbit/s`;
  return `${direction} ${kind} ${codec}: ${stream.packets} packets, ${loss}${bitrate}`;
}

/** Prints conferences, participants and streams; true if exactly the named participants are there. */
async function show(api, names) {
  const conferences = await endedConferences(api);
  const [participants, streams] = [await items(api, 'participants'), await items(api, 'streams')];
  for (const conference of conferences) {
    console.log(`conference ${conference.plugin} ${conference.room}`);
    for (const participant of participants.filter((one) => one.conference_id === conference.id)) {
      console.log(`  ${participant.display}`);
      const own = streams.filter((stream) => stream.participant_id === participant.id);
      for (const stream of own) console.log(`    ${describe(stream)}`);
    }
  }
  const found = participants.map((participant) => participant.display).sort();
  return conferences.length === 1 && found.join() === names.sort().join();
}

const { participants } = JSON.parse(readFileSync(join(recording, 'truth.json')));
const folder = mkdtempSync(join(tmpdir(), 'rtcscope-'));
const options = ['--speed', '0', '--listen', '127.0.0.1:0', '--store', `sqlite:${join(folder, 'replay.db')}`];
const child = spawn(rtcscope, ['replay', recording, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = once(child, 'exit');
try {
  const complete = await show(await listening(child), participants.map(({ name }) => name));
  console.log(complete ? 'found what the recording holds' : 'this is not what the recording holds');
  process.exitCode = complete ? 0 : 1;
} finally {
  child.kill('SIGTERM');
  const [status] = await ended;
  if (status !== 0) process.exitCode = 1;
  rmSync(folder, { recursive: true });
}
