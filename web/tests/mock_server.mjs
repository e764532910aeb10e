// Serves the built dashboard and made-up data in the shape of docs/api/openapi.yaml, with the headers of the
// real daemon (CSP, ETag, problem+json).
//
// usage: node mock_server.mjs [--world full|many|empty] [--port N] [--drops] [--frozen] [--replay] [--serve]
//
// Prints "listening on http://127.0.0.1:PORT" like the daemon. --drops: capture and store lost something.
// --frozen: answers come, but the data clock stands still. --replay: a recording that has come to its end.
// --serve: reports of probes instead of a capture.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { answer, Problem } from './mock_routes.mjs';
import { make_world } from './mock_world.mjs';

const kSecurity = {
  'Content-Security-Policy': "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
};
const kTypes = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const dist = new URL('../dist', import.meta.url).pathname;

const { values: options } = parseArgs({
  options: {
    world: { type: 'string', default: 'full' },
    port: { type: 'string', default: '8090' },
    drops: { type: 'boolean', default: false },
    frozen: { type: 'boolean', default: false },
    replay: { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
  },
});
const world = make_world(options.world, Date.now());

function send_json(request, response, status, body, type = 'application/json') {
  const text = JSON.stringify(body);
  const etag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"`;
  const headers = { ...kSecurity, 'Content-Type': type, 'Cache-Control': 'no-cache', ETag: etag };
  if (status === 200 && request.headers['if-none-match'] === etag) return response.writeHead(304, headers).end();
  response.writeHead(status, headers).end(text);
}

function serve_api(request, response, url) {
  if (url.pathname === '/api/v1/live') {
    // Open, and nothing to say.
    return response.writeHead(200, { ...kSecurity, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).write('retry: 3000\n\n');
  }
  if (!options.frozen && !options.replay) world.now = Date.now();
  try {
    send_json(request, response, 200, answer(world, options, url.pathname, Object.fromEntries(url.searchParams)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    send_json(request, response, error.status, { type: 'about:blank', title: error.title, status: error.status, detail: error.message, instance: 'urn:rtcscope:request:00000000000004d2' }, 'application/problem+json');
  }
}

function serve_file(response, path) {
  const wanted = join(dist, normalize(path));
  const asset = extname(path) !== '';
  const file = asset && existsSync(wanted) ? wanted : join(dist, 'index.html');
  if (asset && file !== wanted) return response.writeHead(404, kSecurity).end();
  response.writeHead(200, { ...kSecurity, 'Content-Type': kTypes[extname(file)] ?? 'application/octet-stream', 'Cache-Control': 'no-cache' }).end(readFileSync(file));
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://mock');
  if (url.pathname.startsWith('/api/')) serve_api(request, response, url);
  else serve_file(response, url.pathname);
});
server.listen(Number(options.port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
