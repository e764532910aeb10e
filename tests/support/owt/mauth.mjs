// MAuth as OWT's management_api/auth verifies it: parser and comparison with all their quirks.

import { createHmac } from 'node:crypto';

/** Splits at commas, drops six characters of each name, and keeps of several "=" in a value only the last ones. */
export function parseHeader(header) {
  const fields = {};
  for (const piece of header.split(',')) {
    const [name, ...rest] = piece.split('=');
    fields[name.slice(6)] = rest.map((part) => (part === '' ? '=' : part)).join('');
  }
  return fields;
}

/** Base64 of the hexadecimal text of the HMAC, which is what makes it 88 characters long. */
export function signatureOf(fields, key) {
  let text = `${fields.timestamp},${fields.cnonce}`;
  if (fields.username !== undefined && fields.role !== undefined) text += `,${fields.username},${fields.role}`;
  const hex = createHmac('sha256', key).update(text).digest('hex');
  return Buffer.from(hex).toString('base64');
}

/**
 * Who asks: {status: 200, user, role} or what the server answers instead. `services` maps ids to keys.
 * Any timestamp and nonce will do: the server's check for repetitions is commented out.
 */
export function authenticate(header, services) {
  const refused = { status: 401, code: 1101, message: 'WWW-Authenticate: MAuth realm="http://marte3.dit.upm.es"' };
  if (header === undefined) return refused;
  const fields = parseHeader(header);
  if (!/^[0-9a-f]{24}$/i.test(fields.serviceid ?? '')) {
    return { status: 500, code: 2001, message: `Cast to ObjectId failed for value "${fields.serviceid}"` };
  }
  const key = services.get(fields.serviceid);
  if (key === undefined || fields.signature_method !== 'HMAC_SHA256') return refused;
  if (signatureOf(fields, key) !== fields.signature) return refused;
  const known = fields.username !== undefined && fields.role !== undefined;
  return {
    status: 200,
    service: fields.serviceid,
    ...(known ? { user: Buffer.from(fields.username, 'base64').toString('utf8'), role: fields.role } : {}),
  };
}
