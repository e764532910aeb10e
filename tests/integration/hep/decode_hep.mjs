// Takes the messages of send_hep over UDP or TCP and compares what npm's hep-js reads with what was sent.
//
// usage: node decode_hep.mjs SEND_HEP udp|tcp
//
// Exit status 0 if every field is right, 77 if hep-js is not installed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const MESSAGES = 3;
const [sendHep, transport] = process.argv.slice(2);

async function loadDecoder() {
  try {
    return (await import('hep-js')).default;
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.log('skipped: hep-js is not installed; run npm ci in tests/integration/hep');
    process.exit(77);
  }
}

/** Cuts a TCP stream at the lengths that the messages' own headers give. */
function split(stream) {
  const messages = [];
  for (let at = 0; at < stream.length; ) {
    const length = stream.readUInt16BE(at + 4);
    messages.push(stream.subarray(at, at + length));
    at += length;
  }
  return messages;
}

/** A collector on a port of the kernel's choice: its address and the messages that will have come. */
async function collect() {
  if (transport === 'udp') {
    const socket = createSocket('udp4');
    const messages = new Promise((resolve) => {
      const datagrams = [];
      socket.on('message', (datagram) => {
        if (datagrams.push(datagram) < MESSAGES) return;
        socket.close();
        resolve(datagrams);
      });
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return { port: socket.address().port, messages };
  }
  const server = createServer();
  const messages = new Promise((resolve) => {
    server.on('connection', async (connection) => {
      const parts = [];
      for await (const part of connection) parts.push(part);
      server.close();
      resolve(split(Buffer.concat(parts)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, messages };
}

const IDS = { correlation_id: 'janus:7000/12', captureId: 2001, capturePass: 's3cret', hepNodeName: 'media_host_1' };
const CLIENT_TO_SERVER = { srcIp: '192.0.2.1', srcPort: 50000, dstIp: '198.51.100.7', dstPort: 10020 };
const SERVER_TO_CLIENT = { srcIp: '198.51.100.7', srcPort: 10020, dstIp: '192.0.2.1', dstPort: 50000 };

function header(payloadType, timeSeconds, addresses) {
  return { protocolFamily: 2, protocol: 17, payloadType, timeSeconds, timeUseconds: 250000, ...addresses, ...IDS };
}

const STREAM = {
  CORRELATION_ID: 'janus:7000/12',
  RTP_SIP_CALL_ID: 'janus:7000/12',
  STYPE: 'rtcscope',
  SSRC: '0xdeadbeef',
  REPORT_NAME: '198.51.100.7-10020',
  DIR: 1,
  PARTY: 1,
  SRC_IP: '198.51.100.7',
  SRC_PORT: 10020,
  DST_IP: '192.0.2.1',
  DST_PORT: 50000,
  CODEC_PT: 111,
  CODEC_NAME: 'opus',
  CLOCK: 48000,
  ROOM: '1234',
  DISPLAY: 'Zoë "Z"',
  KIND: 'audio',
};

const WANT = [
  {
    rcinfo: header(35, 1763710264, SERVER_TO_CLIENT),
    payload: {
      ...STREAM,
      TYPE: 'PERIODIC',
      REPORT_TS: 1763710264250000,
      REPORT_START: 1763710254,
      REPORT_END: 1763710264,
      TL_BYTE: 49000,
      TOTAL_PK: 490,
      EXPECTED_PK: 500,
      PACKET_LOSS: 10,
      OUT_ORDER: 0,
      CAPTURE_DROPS: 0,
      DELTA: 20.408,
      JITTER: 10.5,
      MAX_JITTER: 10.5,
      MEAN_JITTER: 6,
    },
  },
  {
    rcinfo: header(35, 1763710266, SERVER_TO_CLIENT),
    payload: {
      ...STREAM,
      TYPE: 'FINAL',
      REPORT_TS: 1763710266250000,
      REPORT_START: 1763710254,
      REPORT_END: 1763710266,
      TL_BYTE: 60100,
      TOTAL_PK: 601,
      EXPECTED_PK: 612,
      PACKET_LOSS: 11,
      OUT_ORDER: 2,
      CAPTURE_DROPS: 3,
      DELTA: 20,
      MAX_DELTA: 180.5,
      JITTER: 2.25,
      MAX_JITTER: 10.5,
      MEAN_JITTER: 6,
      TOTAL_BYTES: 60100,
      TOTAL_PACKETS: 601,
      TOTAL_EXPECTED_PK: 612,
      TOTAL_PACKET_LOSS: 11,
    },
  },
  {
    rcinfo: header(100, 1763710267, CLIENT_TO_SERVER),
    payload: {
      time: '2025-11-21T07:31:07.250Z',
      kind: 'hangup',
      text: 'PeerConnection closed: DTLS alert',
      room: '1234',
      participant: 'Zoë "Z"',
      conference: '00000000000000c0',
      connection: '00000000000000cc',
    },
  },
];

const decoder = await loadDecoder();
const collector = await collect();
const sender = spawn(sendHep, [`${transport}://127.0.0.1:${collector.port}`], { stdio: ['ignore', 'inherit', 'inherit'] });
const [status] = await once(sender, 'exit');
assert.equal(status, 0, 'send_hep failed');

const decoded = (await collector.messages).map((message) => decoder.decapsulate(message));
assert.equal(decoded.length, MESSAGES);
decoded.forEach(({ rcinfo, payload }, i) => {
  assert.deepEqual({ rcinfo, payload: JSON.parse(payload) }, WANT[i]);
});
console.log(`${decoded.length} messages over ${transport}, every field as sent`);
