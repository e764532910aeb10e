// The management API: MAuth, rooms and what is in them, tokens.

import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';

import { withoutTracks } from './cluster.mjs';
import { authenticate } from './mauth.mjs';

class Fault extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

const page = (list, query) => {
  const size = Number(query.get('per_page')) || 0;
  const number = Number(query.get('page')) || 1;
  return size > 0 ? list.slice((number - 1) * size, number * size) : list;
};

const roomJson = (room) => ({ _id: room.id, name: room.name, inputLimit: -1, participantLimit: -1, roles: [] });

function get(cluster, parts, query, service) {
  if (parts[0] === 'services') {
    // Others than the super service may ask for themselves alone.
    if (parts[1] === service) return { _id: service, name: 'sampleService', rooms: [...cluster.rooms.keys()] };
    throw new Fault(403, 1102, 'Permission denied');
  }
  if (parts[0] !== 'v1' || parts[1] !== 'rooms') throw new Fault(404, 1001, 'Resource not found');
  if (parts.length === 2) return page([...cluster.rooms.values()].map(roomJson), query);
  const room = cluster.rooms.get(parts[2]);
  if (!room) throw new Fault(404, 1003, 'Room not found');
  if (parts.length === 3) return roomJson(room);
  if (room.broken) throw new Fault(500, 1301, 'Operation failed');
  if (parts[3] === 'participants') return [...room.participants.values()];
  if (parts[3] === 'streams') return [...room.streams.values()].map(withoutTracks);
  if (parts[3] in room.others) return room.others[parts[3]];
  throw new Fault(404, 1001, 'Resource not found');
}

function makeToken(cluster, parts, body, portal) {
  const room = parts[0] === 'v1' && parts[3] === 'tokens' ? cluster.rooms.get(parts[2]) : undefined;
  if (!room) throw new Fault(404, 1003, 'Room not found');
  if (!body.user) throw new Fault(400, 1201, 'Name or role not valid');
  return cluster.addToken(room.id, body.user, body.role, portal.host, portal.secure);
}

/** Drops a participant, or sets the status of a stream's media; what else the server could do is not here. */
function change(cluster, method, [version, rooms, room, resource, id], updates) {
  const place = version.startsWith('v1') && rooms === 'rooms' ? cluster.rooms.get(room) : undefined;
  if (!place) throw new Fault(404, 1003, 'Room not found');
  if (method === 'DELETE' && resource === 'participants') {
    if (!place.participants.has(id)) throw new Fault(404, 1005, 'Participant not found');
    return cluster.drop(room, id);
  }
  const stream = resource === 'streams' ? place.streams.get(id) : undefined;
  if (!stream) throw new Fault(404, 1004, 'Stream not found');
  for (const { op, path, value } of updates) {
    const [, , kind, field] = path.split('/');
    if (op !== 'replace' || field !== 'status') throw new Fault(500, 1301, 'Operation failed');
    for (const track of stream.media.tracks) if (track.type === kind) track.status = value;
  }
  return withoutTracks(stream);
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(400, 1201, 'Failed to parse JSON body');
  }
}

async function answer(cluster, options, request) {
  const url = new URL(request.url, 'http://owt');
  const who = authenticate(request.headers.authorization, options.services);
  if (who.status !== 200) throw new Fault(who.status, who.code, who.message);
  const parts = url.pathname.split('/').filter((part) => part !== '');
  if (request.method === 'DELETE') return { html: change(cluster, 'DELETE', parts) ?? '' };
  if (request.method === 'PATCH') return { json: change(cluster, 'PATCH', parts, await bodyOf(request)) };
  if (request.method === 'GET') return { json: get(cluster, parts, url.searchParams, who.service) };
  if (request.method === 'POST') return { html: makeToken(cluster, parts, await bodyOf(request), options.portal) };
  throw new Fault(404, 1001, 'Resource not found');
}

/** Listens on options.port; options.tls has key and cert. `counts.refused` counts failed authentications. */
export function serveRest(cluster, options) {
  const counts = { requests: 0, refused: 0 };
  const handle = async (request, response) => {
    counts.requests += 1;
    try {
      const { json, html } = await answer(cluster, options, request);
      const type = html === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
      response.writeHead(200, { 'Content-Type': type }).end(html ?? JSON.stringify(json));
    } catch (fault) {
      counts.refused += fault.status === 401 ? 1 : 0;
      const error = { code: fault.code ?? 2001, message: fault.message };
      const send = () =>
        response.writeHead(fault.status ?? 500, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }));
      // The server lets those wait whom it does not know.
      setTimeout(send, fault.status === 401 ? Math.random() * 1000 : 0);
    }
  };
  const server = options.tls ? createSecure(options.tls, handle) : createPlain(handle);
  return new Promise((resolve) => server.listen(options.port, '127.0.0.1', () => resolve(counts)));
}
