// The cluster's part on RabbitMQ: where conferences run, and what media agents tell them.

import { randomBytes } from 'node:crypto';

import amqp from 'amqplib';

const EXCHANGE = 'owtRpc';
const QUEUE = { durable: false, autoDelete: true };
const CLUSTER = 'owt-cluster';

/** A process that answers calls: its queue, bound to the exchange by its own name, too. */
async function serve(channel, id, methods) {
  await channel.assertQueue(id, QUEUE);
  await channel.bindQueue(id, EXCHANGE, id);
  const take = (raw) => {
    const message = JSON.parse(raw.content.toString());
    if (message.replyTo === undefined || message.corrID === undefined) return;
    const method = methods[message.method];
    const [data, err] = method ? method(...message.args) : ['error', 'Not support method'];
    const reply = { data, corrID: message.corrID, type: 'callback', err };
    channel.publish(EXCHANGE, message.replyTo, Buffer.from(JSON.stringify(reply)));
  };
  await channel.consume(id, take, { noAck: true });
}

/** Serves cluster manager, conference worker and one conference node a room, and sends the cluster's casts. */
export async function serveBroker(cluster, url) {
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  await channel.assertExchange(EXCHANGE, 'direct', { autoDelete: true, durable: false });
  const worker = `conference-${randomBytes(10).toString('hex')}@127.0.0.1`;
  const nodes = new Map();
  const scheduled = (purpose, room) => (nodes.has(room) ? [worker] : ['error', 'No worker is scheduled']);
  await serve(channel, CLUSTER, { getWorkers: () => [[worker]], getScheduled: scheduled });
  await serve(channel, worker, { queryNode: (room) => (nodes.has(room) ? [nodes.get(room)] : ['error']) });
  const node = (room) => {
    if (!nodes.has(room)) {
      const id = `${worker}_${nodes.size + 1}`;
      nodes.set(room, id);
      return serve(channel, id, {}).then(() => id);
    }
    return Promise.resolve(nodes.get(room));
  };
  cluster.on('join', (room) => node(room));
  cluster.on('cast', async (room, method, args) => {
    channel.publish(EXCHANGE, await node(room), Buffer.from(JSON.stringify({ method, args })));
  });
  return { close: () => connection.close() };
}
