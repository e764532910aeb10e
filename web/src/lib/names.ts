// What to call things that may have no name.

import { kAbsent } from './format';

export function conference_name(conference: { plugin: string; room: string }): string {
  return conference.room || (conference.plugin ? `(${conference.plugin})` : '(no room)');
}

export function participant_name(participant: { display: string; user_id: string }): string {
  return participant.display || (participant.user_id ? `user ${participant.user_id}` : '(nobody named)');
}

type Repairing = { codec: string; rtx_of_ssrc: number | null };

/** RFC 4588: known from its codec name, or from the stream it repairs. */
export function is_retransmission(stream: Repairing): boolean {
  return stream.rtx_of_ssrc !== null || stream.codec.toLowerCase() === 'rtx';
}

/** "VP8 video", "opus audio", "retransmission": what a stream carries, in people's words. */
export function stream_name(stream: Repairing & { kind: string; rid: string }): string {
  if (is_retransmission(stream)) return ['retransmission', stream.rid && `(${stream.rid})`].filter(Boolean).join(' ');
  return [stream.codec, stream.kind === 'unknown' ? '' : stream.kind, stream.rid && `(${stream.rid})`].filter(Boolean).join(' ') || 'unknown media';
}

/** How the packets travel: "UDP", "TCP", "TURN over UDP". */
export function path_name(flow: { transport: string; encapsulation: string }): string {
  const transport = flow.transport.toUpperCase();
  if (flow.encapsulation === 'turn') return `TURN over ${transport}`;
  return flow.encapsulation === 'ice_tcp' ? 'ICE-TCP' : transport;
}

/** A reason of the API without the name it begins with, for places where the name stands beside it. */
export function reason_without(name: string, reason: string): string {
  return name !== '' && reason.startsWith(`${name} `) ? reason.slice(name.length + 1) : reason;
}

const kOpaque: Record<string, string> = {
  no_keys: 'no keys are taken',
  late_attach: 'the observer came after the handshake',
  no_key: 'the key of this handshake was not seen',
  unsupported_profile: 'the SRTP profile is not supported',
};

/** What can be read of RTCP: "decrypted", "opaque: the observer came after the handshake". */
export function rtcp_text({ rtcp, rtcp_reason }: { rtcp: string; rtcp_reason: string }): string {
  if (rtcp !== 'opaque') return rtcp || kAbsent;
  return `opaque: ${kOpaque[rtcp_reason] ?? rtcp_reason}`;
}

const kEvidence: Record<string, string> = {
  ufrag_pair: 'ufrag pair',
  ufrag: 'ufrag of one side',
  selected_pair: 'selected pair',
  fingerprint: 'DTLS fingerprint',
  ssrc: 'SSRC',
  candidate: 'candidate',
};

export function evidence_name(kind: string): string {
  return kEvidence[kind] ?? kind.replaceAll('_', ' ');
}

interface Proof {
  /** "SSRC", or "SSRC ×3" when several say the same. */
  name: string;
  /** What exactly, one on each line. */
  detail: string;
}

/** Evidence of a link by kind, in the order of the first of each. */
export function proofs(evidence: readonly { kind: string; detail: string }[]): Proof[] {
  const details = new Map<string, string[]>();
  for (const { kind, detail } of evidence) details.set(kind, [...(details.get(kind) ?? []), detail]);
  return [...details].map(([kind, found]) => ({ name: found.length > 1 ? `${evidence_name(kind)} ×${found.length}` : evidence_name(kind), detail: found.join('\n') }));
}
