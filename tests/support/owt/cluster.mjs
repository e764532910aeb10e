// What an OWT cluster knows: rooms, who is in them, and what they stream. Tells its listeners what changes.

import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';

const hex = (octets) => randomBytes(octets).toString('hex');

/** A stream as the management API v1 shows it: one audio and one video, and no ids of tracks. */
export function withoutTracks(stream) {
  const media = {};
  for (const kind of ['audio', 'video']) {
    const track = stream.media.tracks.find((candidate) => candidate.type === kind);
    if (track) media[kind] = { status: track.status, source: track.source, format: track.format };
  }
  return { ...stream, media };
}

/**
 * Emits 'join' (room, participant), 'leave' (room, id), 'stream' (room, {id, status, data?}), 'drop' (room, id),
 * 'cast' (room, method, args): the last is what media agents send to the conference's node.
 */
export class Cluster extends EventEmitter {
  rooms = new Map();
  tokens = new Map();

  addRoom(name) {
    const id = hex(12);
    const others = { 'streaming-outs': [], recordings: [], sipcalls: [], analytics: [] };
    this.rooms.set(id, { id, name, participants: new Map(), streams: new Map(), others });
    return id;
  }

  removeRoom(room) {
    this.rooms.delete(room);
  }

  /** A single-use token as POST /tokens gives it; the portal's address is in it. */
  addToken(room, user, role, host, secure) {
    const tokenId = hex(12);
    this.tokens.set(tokenId, { room, user, role });
    const token = { tokenId, host, secure, signature: Buffer.from(hex(32)).toString('base64') };
    return Buffer.from(JSON.stringify(token)).toString('base64');
  }

  takeToken(text) {
    const { tokenId } = JSON.parse(Buffer.from(text, 'base64').toString());
    const token = this.tokens.get(tokenId);
    if (!token || !this.rooms.has(token.room)) throw new Error('Invalid login token.');
    this.tokens.delete(tokenId);
    return token;
  }

  join(room, user, role = 'presenter', id = randomBytes(15).toString('base64url')) {
    const permission = { publish: { audio: true, video: true }, subscribe: { audio: true, video: true } };
    const participant = { id, user, role, permission };
    this.rooms.get(room).participants.set(id, participant);
    this.emit('join', room, participant);
    return id;
  }

  leave(room, id) {
    const place = this.rooms.get(room);
    if (!place?.participants.delete(id)) return;
    for (const stream of [...place.streams.values()]) {
      if (stream.info.owner === id) this.unpublish(room, stream.id);
    }
    this.emit('leave', room, id);
  }

  /** What the agents tell of a transport: its answer, that it is ready, and its tracks. */
  connect(room, transport, operation, direction, sdp, tracks) {
    this.emit('cast', room, 'onTransportProgress', [transport, { type: 'answer', sdp }]);
    for (const track of tracks) {
      const id = `${transport}-${track.mid}${track.rid ? `:${track.rid}` : ''}`;
      const update = { type: 'track-added', trackId: id, mediaType: track.type, mediaFormat: track.format, direction };
      const more = { operationId: operation, mid: track.mid, rid: track.rid, active: true };
      this.emit('cast', room, 'onTrackUpdate', [transport, { ...update, ...more }]);
    }
    this.emit('cast', room, 'onTrackUpdate', [transport, { type: 'tracks-complete', operationId: operation }]);
    this.emit('cast', room, 'onTransportProgress', [transport, { type: 'ready' }]);
  }

  /** A client's first publication gives its transport the name (SDK 5.x). */
  publish(room, owner, sdp, tracks, transport) {
    const id = hex(16);
    const via = transport ?? id;
    this.connect(room, via, id, 'in', sdp, tracks);
    const listed = tracks.map((track) => ({
      id: `${via}-${track.mid}${track.rid ? `:${track.rid}` : ''}`,
      status: 'active',
      source: track.type === 'audio' ? 'mic' : 'camera',
      ...track,
    }));
    const info = { owner, type: 'webrtc', inViews: ['common'], attributes: {} };
    const stream = { id, type: 'forward', media: { tracks: listed }, info };
    this.rooms.get(room).streams.set(id, stream);
    this.emit('stream', room, { id, status: 'add', data: stream });
    return { stream: id, transport: via };
  }

  unpublish(room, id) {
    if (this.rooms.get(room).streams.delete(id)) this.emit('stream', room, { id, status: 'remove' });
  }

  add(room, resource) {
    const id = hex(16);
    this.rooms.get(room).others[resource].push({ id, media: { audio: { from: 'common' } } });
    return id;
  }

  drop(room, id) {
    this.emit('drop', room, id);
    this.leave(room, id);
  }
}
