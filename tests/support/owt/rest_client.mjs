// Asks OWT's management API as the REST client of its SDK does (owt-client-javascript, src/sdk/rest/API.js).
//
// usage: rest_client.mjs URL ID:KEY [METHOD RESOURCE [JSON]]...
//
// URL ends with '/'; resources are below v1/. Prints a line of JSON for each: {"status", "body"}. METHOD may be
// REPEAT: the request before, with the same signature.

import { createHmac, randomBytes } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

const [url, service, ...wishes] = process.argv.slice(2);
const colon = service.indexOf(':');
const [id, key] = [service.slice(0, colon), service.slice(colon + 1)];

function sign() {
  const timestamp = new Date().getTime();
  const cnonce = randomBytes(8).toString('hex');
  const hex = createHmac('sha256', key).update(`${timestamp},${cnonce}`).digest('hex');
  return (
    'MAuth realm=http://marte3.dit.upm.es,mauth_signature_method=HMAC_SHA256' +
    `,mauth_serviceid=${id},mauth_cnonce=${cnonce},mauth_timestamp=${timestamp}` +
    `,mauth_signature=${Buffer.from(hex).toString('base64')}`
  );
}

function send(method, resource, body, authorization) {
  const target = new URL(`v1/${resource}`, url);
  const headers = { Host: target.hostname, Authorization: authorization };
  if (body) Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  else headers['Content-Type'] = 'text/plain;charset=UTF-8';
  const options = { hostname: target.hostname, port: target.port, path: target.pathname + target.search, method, headers };
  return new Promise((resolve, reject) => {
    const asked = (target.protocol === 'https:' ? secureRequest : plainRequest)(options, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      reply.on('end', () => resolve({ status: reply.statusCode, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

let last;
while (wishes.length > 0) {
  const method = wishes.shift();
  if (method !== 'REPEAT') {
    const resource = wishes.shift();
    const body = wishes[0]?.startsWith('[') || wishes[0]?.startsWith('{') ? wishes.shift() : undefined;
    last = [method, resource, body, sign()];
  }
  console.log(JSON.stringify(await send(...last)));
}
