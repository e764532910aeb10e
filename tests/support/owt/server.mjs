// A stand-in for an OWT server, for tests: management API, portal and, with --amqp, the messages on RabbitMQ.
//
// usage: server.mjs --rest PORT --portal PORT --control PORT --service ID:KEY [--amqp URL] [--tls-key F --tls-cert F]
//
// POST to the control port makes things happen: {"do": "join", "args": [room, "alice"]} calls the cluster's method
// of that name and answers {"result": ...}. GET answers with counters.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { serveBroker } from './broker.mjs';
import { Cluster } from './cluster.mjs';
import { servePortal } from './portal.mjs';
import { serveRest } from './rest.mjs';

const text = { type: 'string' };
const { values } = parseArgs({
  options: { rest: text, portal: text, control: text, service: text, amqp: text, 'tls-key': text, 'tls-cert': text },
});
const [id, key] = values.service.split(':');
const cluster = new Cluster();
const tls = values['tls-key'] && { key: readFileSync(values['tls-key']), cert: readFileSync(values['tls-cert']) };
const rest = await serveRest(cluster, {
  port: Number(values.rest),
  services: new Map([[id, key]]),
  portal: { host: `127.0.0.1:${values.portal}`, secure: false },
  tls,
});
const portal = await servePortal(cluster, { port: Number(values.portal), pingIntervalMs: 2000 });
if (values.amqp) await serveBroker(cluster, values.amqp);

const METHODS = ['addRoom', 'removeRoom', 'join', 'leave', 'publish', 'connect', 'unpublish', 'add', 'drop'];

const control = createServer(async (request, response) => {
  if (request.method === 'GET') return response.end(JSON.stringify({ rest, portal }));
  let body = '';
  for await (const chunk of request) body += chunk;
  const { do: method, args } = JSON.parse(body);
  if (!METHODS.includes(method)) return response.writeHead(400).end();
  response.end(JSON.stringify({ result: cluster[method](...args) ?? null }));
});
control.listen(Number(values.control), '127.0.0.1', () => console.log('ready'));
