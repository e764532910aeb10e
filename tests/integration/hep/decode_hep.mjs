// Takes the messages of send_hep over UDP, TCP or TLS and compares what npm's hep-js reads with what was sent.
//
// usage: node decode_hep.mjs SEND_HEP udp|tcp|tls
//
// Exit status 0 if every field is right, 77 if hep-js is not installed.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

const MESSAGES = 6;
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

/** A certificate of its own authority, for a server on 127.0.0.1, and the file that a client believes. */
function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'rtcscope-hep-'));
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=collector', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', file], { stdio: 'ignore' });
  process.on('exit', () => rmSync(folder, { recursive: true }));
  return { key: readFileSync(keyFile), cert: readFileSync(file), file };
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
  const server = transport === 'tls' ? createTlsServer(certificate) : createServer();
  const messages = new Promise((resolve) => {
    server.on(transport === 'tls' ? 'secureConnection' : 'connection', async (connection) => {
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
    rcinfo: header(5, 1763710254, CLIENT_TO_SERVER),
    payload: {
      sender_information: { ntp_timestamp_sec: 0xe9a00000, ntp_timestamp_usec: 0x40000000, rtp_timestamp: 960, packets: 50, octets: 4000 },
      sender_information_ssrc: 0xdeadbeef,
      ssrc: 1,
      type: 201,
      report_count: 1,
      report_blocks: [{ source_ssrc: 0xdeadbeef, fraction_lost: 26, packets_lost: -3, highest_seq_no: 66000, ia_jitter: 96, lsr: 16384, dlsr: 65536 }],
    },
  },
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
  {
    rcinfo: header(100, 1763710259, CLIENT_TO_SERVER),
    payload: {
      time: '2025-11-21T07:30:59.250Z',
      kind: 'issue',
      issue: 'high_loss',
      severity: 'warning',
      state: 'started',
      started_at: '2025-11-21T07:30:59.250Z',
      text: 'Zoë loses packets.',
      evidence: { loss_ratio: '0.02' },
      room: '1234',
      participant: 'Zoë "Z"',
      id: '000000000000001e',
      conference: '00000000000000c0',
      connection: '00000000000000cc',
    },
  },
  {
    rcinfo: {
      ...header(1, 1763710268, { srcIp: '198.51.100.7', srcPort: 5062, dstIp: '192.0.2.9', dstPort: 5080 }),
      correlation_id: 'call-1@janus',
    },
    payload: 'OPTIONS sip:bob@192.0.2.9:5080 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK1\r\n' +
      'From: <sip:janus@198.51.100.7>;tag=1\r\nTo: <sip:bob@192.0.2.9>\r\nCall-ID: call-1@janus\r\nCSeq: 1 OPTIONS\r\n' +
      'Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n',
  },
];

const decoder = await loadDecoder();
const certificate = transport === 'tls' ? makeCertificate() : null;
const collector = await collect();
const options = certificate ? ['35,5,100,1', certificate.file] : [];
const sender = spawn(sendHep, [`${transport}://127.0.0.1:${collector.port}`, ...options], { stdio: ['ignore', 'inherit', 'inherit'] });
const [status] = await once(sender, 'exit');
assert.equal(status, 0, 'send_hep failed');

const decoded = (await collector.messages).map((message) => decoder.decapsulate(message));
assert.equal(decoded.length, MESSAGES);
decoded.forEach(({ rcinfo, payload }, i) => {
  assert.deepEqual({ rcinfo, payload: rcinfo.payloadType === 1 ? payload : JSON.parse(payload) }, WANT[i]);
});
console.log(`${decoded.length} messages over ${transport}, every field as sent`);
