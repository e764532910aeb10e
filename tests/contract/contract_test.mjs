// Walks every route of the API over a sample picture and compares what comes with docs/api/openapi.yaml:
// the same routes and parameters both ways, and every answer in the schema of its status.
//
// usage: node contract_test.mjs CONTRACT_SERVER OPENAPI_YAML

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';

const [program, documentPath] = process.argv.slice(2);
const SKIPPED = 77;

let Ajv, addFormats, parse;
try {
  ({ default: Ajv } = await import('ajv/dist/2020.js'));
  ({ default: addFormats } = await import('ajv-formats'));
  ({ parse } = await import('yaml'));
} catch (error) {
  console.log(`skipped: ${error.message.split('\n')[0]} (npm ci in tests/contract)`);
  process.exit(SKIPPED);
}

const text = readFileSync(documentPath, 'utf8');
const document = parse(text);

/**
 * Forbids members that the description does not name. Parts of an allOf are left open: what one of them
 * does not know, another may.
 */
function closed(schema, partOfAllOf = false) {
  if (Array.isArray(schema)) return schema.map((item) => closed(item, partOfAllOf));
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value, key === 'allOf')]),
  );
  const shape = schema.$ref ? resolve(schema.$ref) : schema;
  const describesObject = shape?.allOf || (shape?.properties && shape?.type);
  return describesObject && !partOfAllOf ? { ...copy, unevaluatedProperties: false } : copy;
}

const escaped = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (part) => part.replaceAll('~1', '/').replaceAll('~0', '~');
function resolve(reference) {
  return reference.slice(2).split('/').map(unescaped).reduce((node, key) => node[key], document);
}
const follow = (node) => (node?.$ref ? resolve(node.$ref) : node);

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
// Components are closed where they are referred to, so that an allOf can still join them.
const schemas = Object.fromEntries(
  Object.entries(document.components.schemas).map(([name, schema]) => [name, closed(schema, true)]),
);
ajv.addSchema({ components: { schemas } }, 'openapi');

const compiled = new Map();
function validatorOf(schema) {
  const absolute = JSON.stringify(closed(schema)).replaceAll('"#/components', '"openapi#/components');
  if (!compiled.has(absolute)) compiled.set(absolute, ajv.compile(JSON.parse(absolute)));
  return compiled.get(absolute);
}

function mustMatch(schema, value, where) {
  const validate = validatorOf(schema);
  assert.ok(validate(value), `${where}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 600)}`);
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const operationOf = (route) =>
  operations.find(({ method, path }) => method === route.method && path === route.path)?.operation;
const queryOf = (operation) => (operation.parameters ?? []).map(follow).filter((one) => one.in === 'query');

let child, url, token, routes, ids, owt;
before(async () => {
  child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  ({ url, token, routes, ids, owt } = JSON.parse(line));
});
after(async () => {
  child.stdin.end();
  await once(child, 'exit');
});

const kFeed = `Basic ${Buffer.from('user:password').toString('base64')}`;
/** With what opens the path, unless the headers say otherwise. */
function fetch(address, init = {}) {
  const authorization = address.startsWith(`${url}/ingest/`) ? kFeed : `Bearer ${token}`;
  return globalThis.fetch(address, { ...init, headers: { authorization, ...init.headers } });
}

/** Sends a request and holds the answer against what the operation documents for its status. */
async function ask(route, target, init = {}) {
  const reply = await fetch(url + target, init);
  const where = `${init.method ?? route.method} ${target} -> ${reply.status}`;
  const described = follow(operationOf(route)?.responses[reply.status]);
  assert.ok(described, `${where}: this status is not described`);
  assert.match(reply.headers.get('x-request-id') ?? '', /^[0-9a-f]{16}$/, where);
  const type = reply.headers.get('content-type');
  const body = await reply.text();
  if (!described.content) {
    assert.equal(body, '', where);
    return { reply, where };
  }
  assert.ok(Object.keys(described.content).includes(type), `${where}: ${type}`);
  const value = type.endsWith('json') ? JSON.parse(body) : body;
  if (init.method !== 'HEAD') mustMatch(described.content[type].schema, value, where);
  return { reply, value, where };
}

const UNKNOWN_ID = 'feedfeedfeedfeed';
const UNKNOWN_UUID = 'feedfeed-feed-4eed-8eed-feedfeedfeed';
const targets = (route) =>
  route.path.includes('{id}') ? (ids[route.path] ?? [isOurs(route) ? UNKNOWN_ID : UNKNOWN_UUID]).map((id) => route.path.replace('{id}', id)) : [route.path];
/** What must be there for the route to answer at all. */
const needed = (route) => (route.query.some((one) => one.required) ? '?q=alice' : '');
const isOwts = ({ path }) => path.startsWith('/owt/');
const isOurs = ({ path }) => !path.startsWith('/v1/') && !isOwts({ path });
const gets = () => routes.filter((route) => route.method === 'GET' && isOurs(route) && !route.path.startsWith('/api/v1/live'));

/** One value that a parameter takes, and some that it does not. */
function valuesOf(parameter) {
  switch (parameter.type) {
    case 'text':
      return { good: 'a', bad: ['x'.repeat(parameter.maximum + 1), ...(parameter.minimum > 0 ? [''] : [])] };
    case 'word':
      return { good: parameter.words[0], bad: ['', 'purple'] };
    case 'integer':
      return { good: parameter.minimum, bad: [parameter.minimum - 1, parameter.maximum + 1, 'x', ''] };
    case 'boolean':
      return { good: 'true', bad: ['1', ''] };
    case 'id':
      return { good: UNKNOWN_ID, bad: ['12', 'x'.repeat(16), ''] };
    case 'time':
      return { good: '2026-11-21T06:10:54Z', bad: ['yesterday', ''] };
    default:
      return { good: '192.0.2.7:51612', bad: ['example.org', ''] };
  }
}

function typeIn(schema) {
  if (schema.$ref?.endsWith('/Id')) return 'id';
  if (schema.$ref?.endsWith('/TimeParameter')) return 'time';
  if (schema.enum) return 'word';
  return schema.type === 'string' ? 'text' : schema.type;
}

test('routes are the described operations, both ways', () => {
  const name = ({ method, path, operation, operation_id }) =>
    `${method} ${path} ${operation_id ?? operation.operationId}`;
  assert.deepEqual(routes.map(name).sort(), operations.map(name).sort());
});

test('each operation names the role that its route needs', () => {
  for (const route of routes) assert.equal(operationOf(route)['x-role'], route.role, route.operation_id);
});

test('query parameters are the described ones, with their types and bounds', () => {
  for (const route of routes.filter(isOurs)) {
    const described = queryOf(operationOf(route)).map(({ name, required = false, schema }) => ({
      name,
      required,
      type: typeIn(schema),
      ...(schema.enum && { words: schema.enum }),
      ...(schema.type === 'integer' && { minimum: schema.minimum, maximum: schema.maximum }),
      ...(typeIn(schema) === 'text' && { minimum: schema.minLength ?? 0, maximum: schema.maxLength }),
    }));
    // An address is described as a text.
    const offered = route.query.map((one) =>
      one.type === 'address' ? { ...one, type: 'text', minimum: 0, maximum: 64 } : one,
    );
    const sorted = (list) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
    const plain = (list) => sorted(list).map((one) => ({ ...one }));
    assert.deepEqual(plain(offered), plain(described), route.path);
  }
});

test('every thing of the sample has its described shape', async () => {
  for (const route of gets()) {
    const speaksWebSocket = '101' in operationOf(route).responses;
    for (const target of targets(route)) {
      const { reply } = await ask(route, target + needed(route));
      assert.equal(reply.status, speaksWebSocket ? 426 : 200, target);
    }
  }
});

test('what is described with 101 becomes a WebSocket', async () => {
  const sockets = gets().filter((route) => '101' in operationOf(route).responses);
  assert.ok(sockets.length > 0);
  for (const route of sockets) {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      Authorization: kFeed,
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const asked = request(url + route.path, { headers }).end();
    const [reply, socket] = await once(asked, 'upgrade');
    assert.equal(reply.statusCode, 101);
    // RFC 6455, 1.3: the answer to this key.
    assert.equal(reply.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    socket.destroy();
  }
});

test('lists show the sample, and pages of one item are the same list', async () => {
  for (const route of gets()) {
    if (!route.query.some((one) => one.name === 'cursor')) continue;
    const [target] = targets(route);
    const { value: all } = await ask(route, target);
    assert.ok(all.items.length > 0, `${target} is empty`);
    const items = [];
    for (let cursor = ''; cursor !== null; ) {
      const page = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const { value } = await ask(route, `${target}?limit=1${page}`);
      assert.ok(value.items.length <= 1, target);
      items.push(...value.items);
      cursor = value.next;
    }
    assert.deepEqual(items, all.items, target);
  }
});

test('parameters take what they should and refuse the rest', async () => {
  for (const route of gets()) {
    const [target] = targets(route);
    for (const parameter of route.query) {
      if (parameter.name === 'cursor') continue;
      const { good, bad } = valuesOf(parameter);
      const others = parameter.required ? '?' : `${needed(route)}${needed(route) ? '&' : '?'}`;
      const with_ = (value) => `${target}${others}${parameter.name}=${encodeURIComponent(value)}`;
      assert.equal((await ask(route, with_(good))).reply.status, 200, with_(good));
      for (const value of bad) {
        const { reply, value: problem } = await ask(route, with_(value));
        assert.equal(reply.status, 400, with_(value));
        assert.match(problem.detail, new RegExp(parameter.name));
      }
    }
    const unknown = await ask(route, `${target}?colour=red`);
    assert.equal(unknown.reply.status, 400);
    assert.match(unknown.value.detail, /colour/);
  }
});

test('a cursor of nobody is refused', async () => {
  for (const route of gets()) {
    if (!route.query.some((one) => one.name === 'cursor')) continue;
    const [target] = targets(route);
    assert.equal((await ask(route, `${target}?cursor=nonsense`)).reply.status, 400, target);
  }
});

test('what is not there is 404, and what is no identifier is 400', async () => {
  for (const route of gets().filter(({ path }) => path.includes('{id}'))) {
    assert.equal((await ask(route, route.path.replace('{id}', UNKNOWN_ID))).reply.status, 404, route.path);
    assert.equal((await ask(route, route.path.replace('{id}', 'x'))).reply.status, 400, route.path);
  }
});

test('other methods are 405 with Allow', async () => {
  for (const route of routes.filter(isOurs)) {
    const [target] = targets(route);
    const reply = await fetch(url + target, { method: 'PATCH' });
    assert.equal(reply.status, 405, target);
    const methods = routes.filter(({ path }) => path === route.path).map(({ method }) => method);
    assert.equal(reply.headers.get('allow'), methods.map((one) => (one === 'GET' ? 'GET, HEAD' : one)).join(', '));
    mustMatch({ $ref: '#/components/schemas/Problem' }, await reply.json(), target);
  }
});

test('HEAD is GET without the body', async () => {
  for (const route of gets()) {
    const target = targets(route)[0] + needed(route);
    const plain = { headers: { 'accept-encoding': 'identity' } };
    const get = await fetch(url + target, plain);
    const head = await fetch(url + target, { ...plain, method: 'HEAD' });
    assert.equal(head.status, get.status, target);
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
      assert.equal(head.headers.get(name), get.headers.get(name), `${target} ${name}`);
    }
    await get.text();
    assert.equal(await head.text(), '');
  }
});

test('what is described with 304 has a weak tag that gives it', async () => {
  for (const route of gets().filter((one) => operationOf(one).responses['304'])) {
    const target = targets(route)[0] + needed(route);
    const { reply } = await ask(route, target);
    const etag = reply.headers.get('etag');
    assert.match(etag ?? '', /^W\/"[0-9a-f]{16}"$/, target);
    const again = await ask(route, target, { headers: { 'if-none-match': etag } });
    assert.equal(again.reply.status, 304, target);
  }
});

test('the feed is answered as described', async () => {
  const route = routes.find(({ operation_id }) => operation_id === 'ingest_janus');
  const authorization = kFeed;
  const post = (body, headers) => ask(route, route.path, { method: 'POST', body, headers });
  assert.equal((await post('{}', { authorization })).reply.status, 200);
  const refused = await post('{}', { authorization: 'Basic eDp5' });
  assert.equal(refused.reply.status, 401);
  assert.match(refused.reply.headers.get('www-authenticate'), /^Basic realm=/);
  assert.equal((await post('{}', { authorization, 'content-encoding': 'br' })).reply.status, 415);
  assert.equal((await post('{}', { authorization, 'content-encoding': 'gzip' })).reply.status, 400);
  assert.equal((await post('x'.repeat(8 * 1024 * 1024 + 1), { authorization })).reply.status, 413);
});

test('every operation that names a role denies strangers as described', async () => {
  for (const route of routes.filter(({ role }) => role !== 'none')) {
    const init = { method: route.method, headers: { authorization: '' } };
    const { reply } = await ask(route, targets(route)[0] + needed(route), init);
    assert.equal(reply.status, 401, route.operation_id);
  }
});

test('tokens are made, listed and revoked as described', async () => {
  const of = (operation_id) => routes.find((route) => route.operation_id === operation_id);
  const send = (route, target, body, headers = { 'content-type': 'application/json' }) =>
    ask(route, target, { method: route.method, body: JSON.stringify(body), headers });
  const [make, revoke, list] = ['create_token', 'revoke_token', 'list_tokens'].map(of);
  const { reply, value: made } = await send(make, make.path, { name: 'grafana', role: 'viewer', expires_at: null });
  assert.equal(reply.status, 201);
  const asViewer = { headers: { authorization: `Bearer ${made.token}` } };
  assert.equal((await ask(of('list_hosts'), '/api/v1/hosts', asViewer)).reply.status, 200);
  assert.equal((await ask(list, list.path, asViewer)).reply.status, 403);
  const { value: listed } = await ask(list, list.path);
  assert.deepEqual(listed.items.map(({ name }) => name), ['contract', 'grafana']);
  const wrong = [{}, { name: 'x' }, { name: '', role: 'viewer' }, { name: 'x', role: 'king' }, { name: 'x', role: 'viewer', more: 1 },
                 { name: 'x', role: 'viewer', expires_at: 'soon' }, []];
  for (const body of wrong) assert.equal((await send(make, make.path, body)).reply.status, 400, JSON.stringify(body));
  assert.equal((await send(make, make.path, {}, { 'content-type': 'text/plain' })).reply.status, 415);
  assert.equal((await send(make, make.path, { name: 'x'.repeat(5000) })).reply.status, 413);
  const target = revoke.path.replace('{id}', made.id);
  assert.equal((await ask(revoke, target, { method: 'DELETE' })).reply.status, 204);
  assert.equal((await ask(revoke, target, { method: 'DELETE' })).reply.status, 404);
  assert.equal((await ask(of('list_hosts'), '/api/v1/hosts', asViewer)).reply.status, 401);
});

test('a login gives a cookie that the logout takes away', async () => {
  const of = (operation_id) => routes.find((route) => route.operation_id === operation_id);
  const login = (text) =>
    ask(of('login'), '/api/v1/login', {
      method: 'POST',
      body: JSON.stringify({ token: text }),
      headers: { 'content-type': 'application/json' },
    });
  const { reply, value } = await login(token);
  assert.equal(reply.status, 200);
  assert.deepEqual(value, { name: 'contract', role: 'admin', by_login: true });
  const cookie = reply.headers.get('set-cookie').split(';')[0];
  const asBrowser = (more = {}) => ({ cookie, authorization: '', ...more });
  const session = () => ask(of('show_caller'), '/api/v1/session', { headers: asBrowser() });
  assert.equal((await session()).value.by_login, true);
  const logout = (headers) => ask(of('logout'), '/api/v1/logout', { method: 'POST', headers });
  assert.equal((await logout(asBrowser())).reply.status, 403);
  assert.equal((await logout(asBrowser({ 'x-rtcscope-csrf': '1' }))).reply.status, 204);
  assert.equal((await session()).reply.status, 401);
  const statuses = [];
  for (let i = 0; i < 12; ++i) statuses.push((await login('rs_wrong')).reply.status);
  assert.equal(statuses[0], 401);
  assert.equal(statuses.at(-1), 429);
});

/** A client's report, or a question about reports. */
function peermetrics(operation_id, body, { query = '', id = UNKNOWN_UUID } = {}) {
  const route = routes.find((one) => one.operation_id === operation_id);
  const target = route.path.replace('{id}', id) + query;
  return ask(route, target, { method: route.method, ...(body && { body: JSON.stringify(body) }) });
}

test('what clients report comes back as described', async () => {
  const done = async (...question) => {
    const { reply, value, where } = await peermetrics(...question);
    assert.equal(reply.status, 200, `${where} ${JSON.stringify(value)}`);
    return value;
  };
  const organization = (await done('pm_create_organization', { name: 'Example' })).data;
  const app = (await done('pm_create_app', { name: 'calls', organization: organization.id })).data;
  const who = { apiKey: app.api_key, conferenceId: 'room', userId: 'alice' };
  const { token: init } = await done('pm_initialize', { ...who, userName: 'Alice' });
  const { token: session } = await done('pm_create_session', { token: init, platform: { os: { name: 'Linux' } }, delta: 5 });
  const report = { token: session };
  await done('pm_update_session', { ...report, devices: [{ label: 'mic' }] });
  await done('pm_report_media_event', { ...report, data: { error: { name: 'NotAllowedError', message: 'no' } } });
  await done('pm_report_browser_event', { ...report, eventName: 'custom', data: { x: 1 } });
  const made = await done('pm_report_connection_event', { ...report, eventName: 'addConnection', peerId: 'sfu', isSfu: true });
  const connection = { ...report, peerId: made.peer_id, connectionId: made.connection_id };
  await done('pm_report_connection_event', { ...connection, eventName: 'onconnectionstatechange', data: 'connected' });
  await done('pm_report_connection_events', { ...report, data: [{ ...connection, eventName: 'ondatachannel' }] });
  await done('pm_report_stats', { ...connection, data: { connection: { local: { candidateType: 'relay' } } } });
  await done('pm_report_track', { ...connection, event: 'ontrack', trackId: 't', data: { kind: 'audio', label: 'mic' } });
  await done('pm_report_track_event', { ...connection, event: 'mute', trackId: 't' });
  await done('pm_show_page_url', who);
  const lists = routes.filter(({ method, path }) => method === 'GET' && path.startsWith('/v1/') && !path.includes('{id}'));
  const list = async (operation_id, query) => (await done(operation_id, null, { query })).data;
  const [conference] = await list('pm_list_conferences', `?appId=${app.id}`);
  for (const { operation_id } of lists) {
    const query = operation_id === 'pm_search' ? '?query=alice' : `?appId=${app.id}&conferenceId=${conference.id}`;
    await done(operation_id, null, { query });
    if (queryOf(operationOf(routes.find((one) => one.operation_id === operation_id))).some(({ name }) => name === 'limit')) {
      assert.ok('count' in (await done(operation_id, null, { query: `${query}&limit=1` })), operation_id);
    }
  }
  await done('pm_show_conference_graphs', null, { id: conference.id });
  await done('pm_stop_conference', who);
  await done('pm_run_job', { task: 'summary', payload: { conference_id: conference.id } });
  const one = {
    pm_show_conference: conference.id,
    pm_list_conference_events: conference.id,
    pm_show_conference_graphs: conference.id,
    pm_show_participant: (await list('pm_list_participants', `?appId=${app.id}`))[0].id,
    pm_show_session: (await list('pm_list_sessions', `?appId=${app.id}`))[0].id,
    pm_show_connection: made.connection_id,
    pm_show_issue: (await list('pm_list_issues', `?appId=${app.id}`))[0].id,
    pm_show_organization: organization.id,
    pm_show_app: app.id,
  };
  for (const [operation_id, id] of Object.entries(one)) {
    await done(operation_id, null, { id });
    assert.equal((await peermetrics(operation_id)).reply.status, 400, operation_id);
    assert.equal((await peermetrics(operation_id, null, { id: '17' })).reply.status, 404, operation_id);
  }
  await done('pm_update_organization', { name: 'Other' }, { id: organization.id });
  await done('pm_update_app', { domain: 'meet.example' }, { id: app.id });
  await done('pm_reset_app_key', null, { id: app.id });
  await done('pm_delete_app', null, { id: app.id });
  await done('pm_delete_organization', null, { id: organization.id });
});

test('what clients may not is refused as described', async () => {
  for (const route of routes.filter((one) => one.path.startsWith('/v1/') && one.method !== 'GET')) {
    const target = route.path.replace('{id}', UNKNOWN_UUID);
    const { reply } = await ask(route, target, { method: route.method, body: '{"token":"x"}' });
    assert.ok([400, 401].includes(reply.status), route.operation_id);
    const other = await fetch(url + target, { method: 'PATCH' });
    assert.equal(other.status, 405, target);
    mustMatch({ $ref: '#/components/schemas/PmError' }, await other.json(), target);
  }
  const route = routes.find(({ operation_id }) => operation_id === 'pm_initialize');
  assert.equal((await ask(route, route.path, { method: 'POST', body: 'x'.repeat(70_000) })).reply.status, 413);
});

test('what OWT is told comes as described', async () => {
  const signed = (key) => {
    const hex = createHmac('sha256', key).update('1795241454000,77').digest('hex');
    const fields = { signature_method: 'HMAC_SHA256', serviceid: owt.id, cnonce: '77', timestamp: '1795241454000', signature: Buffer.from(hex).toString('base64') };
    return `MAuth realm=http://marte3.dit.upm.es${Object.entries(fields).map(([name, value]) => `,mauth_${name}=${value}`).join('')}`;
  };
  const headers = { authorization: signed(owt.key) };
  const seen = new Set();
  const shown = async (version, path, target) => {
    const route = routes.find((one) => one.method === 'GET' && one.path === `/owt/${version}/rooms${path}`);
    seen.add(route.operation_id);
    const { reply, value, where } = await ask(route, `/owt/${version}/rooms${target}`, { headers });
    assert.equal(reply.status, 200, where);
    const stranger = await ask(route, `/owt/${version}/rooms${target}`, { headers: { authorization: signed('wrong') } });
    assert.equal(stranger.reply.status, 401, where);
    assert.equal(stranger.value.error.code, 1101, where);
    return value;
  };
  for (const version of ['v1', 'v1.1']) {
    for (const { _id } of await shown(version, '', '')) {
      await shown(version, '/{room}', `/${_id}`);
      for (const { id } of await shown(version, '/{room}/participants', `/${_id}/participants`)) {
        await shown(version, '/{room}/participants/{participant}', `/${_id}/participants/${id}`);
      }
      for (const { id } of await shown(version, '/{room}/streams', `/${_id}/streams`)) {
        await shown(version, '/{room}/streams/{stream}', `/${_id}/streams/${id}`);
      }
    }
  }
  const [{ _id }] = await shown('v1', '', '');
  for (const { method, path, operation_id } of routes.filter((one) => isOwts(one) && one.method !== 'GET')) {
    seen.add(operation_id);
    const target = path.replace('{room}', _id).replace('{participant}', '42').replace('{stream}', '1');
    const told = async (authorization) => (await ask({ method, path }, target, { method, headers: { authorization } })).reply.status;
    assert.deepEqual([await told(signed(owt.key)), await told(signed('wrong'))], [403, 401], operation_id);
  }
  assert.deepEqual([...seen].sort(), routes.filter(isOwts).map(({ operation_id }) => operation_id).sort());
  const route = routes.find(({ operation_id }) => operation_id === 'owt_show_room');
  assert.equal((await ask(route, `/owt/v1/rooms/${'f'.repeat(24)}`, { headers })).reply.status, 404);
});

test('what is pushed comes as described', async () => {
  const route = routes.find(({ operation_id }) => operation_id === 'show_live');
  const ended = new AbortController();
  const reply = await fetch(`${url}${route.path}?topics=events,host=${UNKNOWN_ID}`, { signal: ended.signal });
  assert.equal(reply.status, 200);
  assert.deepEqual(Object.keys(operationOf(route).responses['200'].content), [reply.headers.get('content-type')]);
  const { value } = await reply.body.getReader().read();
  assert.equal(new TextDecoder().decode(value), 'retry: 3000\n\n');
  ended.abort();
  for (const topics of ['everything', 'conference=1', '']) {
    assert.equal((await ask(route, `${route.path}?topics=${topics}`)).reply.status, 400, topics);
  }
  const socket = routes.find(({ operation_id }) => operation_id === 'show_live_socket');
  assert.equal((await ask(socket, socket.path)).reply.status, 426);
  const headers = {
    Authorization: `Bearer ${token}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const [answer, opened] = await once(request(url + socket.path, { headers }).end(), 'upgrade');
  assert.equal(answer.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  opened.destroy();
});

test('the document that is served is the one in the repository', async () => {
  assert.equal(await (await fetch(`${url}/api/v1/openapi.yaml`)).text(), text);
});

test('examples in the description match their schemas', () => {
  for (const { path, operation } of operations) {
    for (const [status, response] of Object.entries(operation.responses)) {
      for (const content of Object.values(follow(response).content ?? {})) {
        for (const { value } of Object.values(content.examples ?? {})) {
          mustMatch(content.schema, value, `${path} ${status} example`);
        }
      }
    }
  }
});
