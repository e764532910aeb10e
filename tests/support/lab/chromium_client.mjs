// One participant of a VideoRoom in headless Chromium.
//
// usage: node chromium_client.mjs --name carol --janus ws://198.18.0.1:8188 --out carol.jsonl
//
// The command line, SIGUSR2, the end by SIGTERM and the lines written are those of aiortc_client.py.

import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

// A page may use the camera only in a secure context: localhost is one, and the request never leaves the browser.
const PAGE_URL = 'http://localhost/';
const PAGE_FILE = fileURLToPath(new URL('chromium_page.html', import.meta.url));

const BROWSER_FLAGS = [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream=fps=15',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // mDNS names instead of host candidates: nobody resolves them here.
  '--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks,MediaRouter,OptimizationHints,Translate',
];

const { values: options } = parseArgs({
  options: {
    name: { type: 'string' },
    janus: { type: 'string' },
    out: { type: 'string' },
    room: { type: 'string', default: '1234' },
  },
});

const out = createWriteStream(options.out);
const write = (kind, fields) =>
  out.write(`${JSON.stringify({ t_ms: Date.now(), kind, name: options.name, ...fields })}\n`);

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: BROWSER_FLAGS,
  chromiumSandbox: process.getuid() !== 0, // Chromium's own sandbox refuses root
  handleSIGTERM: false,
});
const page = await browser.newPage();
page.on('pageerror', (error) => write('error', { text: String(error) }));
page.on('console', (message) => write('console', { text: message.text() }));
await page.exposeFunction('report', write);
await page.route(PAGE_URL, (route) => route.fulfill({ path: PAGE_FILE, contentType: 'text/html' }));
await page.goto(PAGE_URL);
await page.evaluate((given) => window.join(given), {
  name: options.name, janus: options.janus, room: Number(options.room), width: 160, height: 120, framesPerS: 15,
});

const statistics = setInterval(async () => {
  write('stats', { final: false, connections: await page.evaluate(() => window.figures()) });
}, 1000);

process.on('SIGUSR2', () => page.evaluate(() => window.hush()));

process.once('SIGTERM', async () => {
  clearInterval(statistics);
  write('stats', { final: true, connections: await page.evaluate(() => window.leave()) });
  await browser.close();
  out.end();
});
