// Peermetrics' own SDK, unchanged, in headless Chromium against rtcscope: a page of another origin reports a
// call with itself, and the query routes give back what it reported.
//
// usage: node client_sdk.mjs RTCSCOPE RECORDING        Exit status 77: skipped.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';

const PATIENCE_MS = 60_000;
const SKIPPED = 77;
const CHROMIUM = '/usr/bin/chromium';
const SDK = fileURLToPath(new URL('peermetrics_sdk/src/index.ts', import.meta.url));
const [program, recording] = process.argv.slice(2);

let chromium, build;
try {
  ({ chromium } = await import('playwright-core'));
  ({ build } = await import('esbuild'));
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is not installed`);
} catch (error) {
  console.log(`skipped: ${error.message.split('\n')[0]} (npm ci in tests/)`);
  process.exit(SKIPPED);
}

async function listening(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('rtcscope ended before it listened');
}

async function until(what, condition) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(200)) {
    const found = await condition();
    if (found) return found;
  }
  throw new Error(`within ${PATIENCE_MS / 1000} s there was no ${what}`);
}

/** A page that calls itself, and tells the SDK of the caller's end. */
async function call({ apiKey, apiRoot }) {
  const metrics = new window.PeerMetrics({
    apiKey, apiRoot, userId: 'alice', userName: 'Alice', conferenceId: 'sdk room', meta: { plan: 'free', seats: 3 },
    appVersion: '1.2.3', pageEvents: { pageVisibility: false },
  });
  await metrics.initialize();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const [caller, callee] = [new RTCPeerConnection(), new RTCPeerConnection()];
  caller.onicecandidate = ({ candidate }) => candidate && callee.addIceCandidate(candidate);
  callee.onicecandidate = ({ candidate }) => candidate && caller.addIceCandidate(candidate);
  await metrics.addConnection({ pc: caller, peerId: 'sfu', isSfu: true });
  for (const track of stream.getTracks()) {
    caller.addTrack(track, stream);
    callee.addTrack(track, stream);
  }
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription);
  await metrics.addEvent({ eventName: 'raised hand' });
  window.metrics = metrics;
}

const bundle = await build({
  entryPoints: [SDK], bundle: true, write: false, format: 'iife', globalName: 'sdk', logLevel: 'error',
  footer: { js: 'Object.assign(window, sdk);' },
});
const site = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end(`<script>${bundle.outputFiles[0].text.replaceAll('</script', '<\\/script')}</script>`);
}).listen(0, '127.0.0.1');
await once(site, 'listening');
const observer = spawn(program, ['replay', `${recording}/call.pcap`, '--listen', '127.0.0.1:0', '--store', 'sqlite::memory:'],
                       { stdio: ['ignore', 'pipe', 'inherit'] });
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  chromiumSandbox: process.getuid() !== 0, // Chromium's own sandbox refuses root
  args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-gpu', '--no-first-run',
         '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'],
});
try {
  const api = await listening(observer);
  const ask = async (method, path, body) => {
    const reply = await fetch(`${api}/v1${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const value = await reply.json();
    assert.equal(reply.status, 200, `${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
  const { data: organization } = await ask('POST', '/organizations', { name: 'Example' });
  const { data: app } = await ask('POST', '/apps', { name: 'calls', organization: organization.id, interval: 1000 });
  const list = async (path, more = '') => (await ask('GET', `${path}?appId=${app.id}${more}`)).data;

  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', async (reply) => {
    if (!reply.url().startsWith(api) || reply.status() < 400) return;
    const { error_code: why } = await reply.json().catch(() => ({}));
    // The SDK's requests overtake each other. What becomes of a track that was not reported yet is kept, and refused in
    // Peermetrics' own words.
    if (why !== 'track_not_found') complaints.push(`${reply.status()} ${why} ${reply.request().method()} ${reply.url()}`);
  });
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  await page.evaluate(call, { apiKey: app.api_key, apiRoot: `${api}/v1` });

  const conference = await until('conference that runs', async () => (await list('/conferences')).find((one) => one.ongoing));
  assert.equal(conference.conference_id, 'sdk room');
  assert.equal(conference.participants_count, 1);
  const [connection] = await until('connected connection', async () => {
    const connections = await list('/connections');
    return connections[0]?.state === 'connected' && connections[0].type ? connections : null;
  });
  const events = async () => (await ask('GET', `/conferences/${conference.id}/events`)).data;
  const types = await until('two statistics and all events', async () => {
    const found = (await events()).map(({ type }) => type);
    return found.filter((type) => type === 'stats').length > 4 && found.includes('ontrack') ? found : null;
  });
  for (const type of ['getUserMedia', 'addConnection', 'peerDetails', 'onicecandidate', 'onsignalingstatechange',
                      'onconnectionstatechange', 'oniceconnectionstatechange', 'custom']) {
    assert.ok(types.includes(type), `${type} among ${[...new Set(types)]}`);
  }
  const [session] = await list('/sessions');
  assert.deepEqual(session.metadata, { plan: 'free', seats: 3 });
  assert.equal(session.app_version, '1.2.3');
  assert.match(session.platform.browser.name, /Chrom/);
  // The SDK's requests overtake each other: which of them ended the negotiation differs, that one was connected does not.
  await until('connected negotiation', async () => (await list('/connections'))[0].connection_info.negotiations.some(({ status }) => status === 'connected'));
  assert.deepEqual(complaints, []);

  await page.evaluate(() => window.metrics.endCall());
  await until('conference that ended', async () => (await list('/conferences')).find((one) => !one.ongoing));
  const { summary } = await ask('GET', `/conferences/${conference.id}/graphs`);
  assert.ok(summary.length > 1);
  const heard = summary.flatMap(({ data }) => data.audio.inbound).filter(({ emos }) => emos !== undefined);
  assert.ok(heard.length > 0 && heard.every(({ emos }) => emos >= 1 && emos <= 5), 'eMOS of what was heard');
  assert.deepEqual((await list('/issues')).filter(({ type }) => type === 'error'), []);
  console.log(`${types.length} events, ${summary.length} snapshots, eMOS ${heard.at(-1).emos}`);
} finally {
  await browser.close();
  site.close();
  observer.kill();
}
