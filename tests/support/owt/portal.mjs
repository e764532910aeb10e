// The portal: signalling over socket.io as participants see it (protocol 1.2).

import { createServer } from 'node:http';

import { Server } from 'socket.io';

const SDKS_THAT_RECONNECT = ['Objective-C', 'C++', 'Android', 'JavaScript'];
const RECONNECTION_TIMEOUT_MS = 60_000;

function roomState(cluster, id) {
  const room = cluster.rooms.get(id);
  const participants = [...room.participants.values()].map(({ id, user, role }) => ({ id, user, role }));
  return { id, views: ['common'], participants, streams: [...room.streams.values()] };
}

class Connection {
  constructor(cluster, socket) {
    Object.assign(this, { cluster, socket, room: undefined });
    socket.on('login', (login, callback) => this.login(login, callback));
    socket.on('logout', (callback) => {
      this.leave();
      if (typeof callback === 'function') callback('ok');
    });
    socket.on('disconnect', () => setTimeout(() => this.leave(), this.reconnects ? RECONNECTION_TIMEOUT_MS : 0));
  }

  login(login, callback) {
    try {
      if (!['1.0', '1.1', '1.2'].includes(login.protocol)) throw new Error('Unknown client protocol');
      const sdk = login.userAgent?.sdk;
      if (!sdk?.type || !sdk?.version) throw new Error('User agent info is incorrect');
      this.reconnects = SDKS_THAT_RECONNECT.includes(sdk.type);
      const { room, user, role } = this.cluster.takeToken(login.token);
      this.room = room;
      const id = this.socket.id;
      this.cluster.join(room, user, role, id);
      const { permission } = this.cluster.rooms.get(room).participants.get(id);
      callback('ok', { id, user, role, permission, room: roomState(this.cluster, room) });
    } catch (error) {
      callback('error', error.message);
      this.socket.disconnect();
    }
  }

  leave() {
    if (this.room === undefined) return;
    const room = this.room;
    this.room = undefined;
    this.cluster.leave(room, this.socket.id);
  }

  tell(room, event, data) {
    if (this.room === room) this.socket.emit(event, data);
  }
}

/** Listens on options.port. `counts.connections` counts the sockets that are open now. */
export function servePortal(cluster, options) {
  const server = createServer();
  const io = new Server(server, { allowEIO3: true, pingInterval: options.pingIntervalMs, pingTimeout: 60_000 });
  const connections = new Set();
  const counts = { logins: 0, connections: 0 };
  io.on('connection', (socket) => {
    const connection = new Connection(cluster, socket);
    connections.add(connection);
    counts.logins += 1;
    counts.connections += 1;
    socket.on('disconnect', () => {
      connections.delete(connection);
      counts.connections -= 1;
    });
  });
  const all = (room, event, data, except) => {
    for (const connection of connections) {
      if (connection.socket.id !== except) connection.tell(room, event, data);
    }
  };
  cluster.on('join', (room, { id, user, role }) => all(room, 'participant', { action: 'join', data: { id, user, role } }, id));
  cluster.on('leave', (room, id) => all(room, 'participant', { action: 'leave', data: id }));
  cluster.on('stream', (room, change) => all(room, 'stream', change));
  cluster.on('drop', (room, id) => {
    for (const connection of connections) {
      if (connection.socket.id !== id) continue;
      connection.tell(room, 'drop');
      connection.socket.disconnect();
    }
  });
  return new Promise((resolve) => server.listen(options.port, '127.0.0.1', () => resolve(counts)));
}
