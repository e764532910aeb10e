// What ICE, DTLS and TURN did on a flow, as lines for people. A line that would say nothing is left out.
import { format_count, format_ms } from './format';
import type { Flow } from './model';

export interface Line {
  name: string;
  text: string;
}

const kStates: Record<Flow['ice_state'], string> = {
  none: '',
  checking: 'checking',
  connected: 'connected',
  nominated: 'nominated',
  consent_lost: 'consent lost',
  failed: 'failed',
};
const kFailures: Record<Flow['ice_failure'], string> = {
  '': '',
  no_answer: 'no check was answered',
  error_response: 'checks were refused',
  consent_expired: 'no answer for 30 s',
};
const kIntegrity: Record<Flow['ice_integrity'], string> = {
  verified: 'verified with the password of the description',
  mismatch: 'does not fit the password of the description',
  unknown: '',
};
const kFingerprints: Record<Flow['fingerprint_check_client'], string> = {
  match: 'as described',
  mismatch: 'not the described one',
  hidden: 'hidden by DTLS 1.3',
  unknown: '',
};

/** Keeps the lines that say something. */
function told(lines: [string, string][]): Line[] {
  return lines.filter(([, text]) => text !== '').map(([name, text]) => ({ name, text }));
}

const counted = (count: number) => (count === 0 ? '' : format_count(count));
const both_ways = (up: number, down: number) => (up + down === 0 ? '' : `${format_count(up)} / ${format_count(down)}`);

function ice_lines(flow: Flow): Line[] {
  const failure = kFailures[flow.ice_failure];
  return told([
    ['ICE', kStates[flow.ice_state] + (failure ? `: ${failure}` : '')],
    ['ICE controlling', flow.ice_controlling],
    ['Checks up / down', both_ways(flow.ice_checks_up, flow.ice_checks_down)],
    ['Answers up / down', both_ways(flow.ice_answers_up, flow.ice_answers_down)],
    ['ICE errors', flow.ice_errors === 0 ? '' : `${format_count(flow.ice_errors)}, last ${flow.ice_last_error ?? 'without a code'}`],
    ['ICE restarts', counted(flow.ice_restarts)],
    ['Message integrity', kIntegrity[flow.ice_integrity]],
    ['GOOG-PING', counted(flow.goog_pings)],
    ['DTLS inside checks', counted(flow.dtls_in_stun)],
    ['Server answers in', flow.ice_server_answer_ms === null ? '' : format_ms(flow.ice_server_answer_ms)],
  ]);
}

function dtls_lines(flow: Flow): Line[] {
  return told([
    ['Key exchange', flow.dtls_group],
    ['Offered versions', flow.dtls_offered_versions.join(', ')],
    ['Offered SRTP profiles', flow.offered_srtp_profiles.join(', ')],
    ['Repeated handshake messages', counted(flow.dtls_repeated_messages)],
    ['Cookie asked for', counted(flow.dtls_hello_verify_requests)],
    ['Another key share asked for', counted(flow.dtls_hello_retry_requests)],
    ['DTLS alert', flow.dtls_alert + (flow.dtls_alert_sender ? ` from the ${flow.dtls_alert_sender}` : '')],
    ['Certificate of the client', kFingerprints[flow.fingerprint_check_client]],
    ['Certificate of the server', kFingerprints[flow.fingerprint_check_server]],
    ['Data channel packets up / down', both_ways(flow.data_packets_up, flow.data_packets_down)],
    ['Data channel bytes up / down', both_ways(flow.data_bytes_up, flow.data_bytes_down)],
  ]);
}

function turn_lines(flow: Flow): Line[] {
  return told([
    ['TURN', flow.turn_state],
    ['Relayed address', flow.turn_relayed_endpoint],
    ['TURN lifetime', flow.turn_lifetime_s === null ? '' : `${flow.turn_lifetime_s} s`],
    ['TURN permissions', counted(flow.turn_permissions)],
    ['TURN channels', counted(flow.turn_channels)],
    ['TURN error', flow.turn_last_error === null ? '' : `${flow.turn_last_error}`],
    ['Tunnel', flow.tunnels],
    ['VLAN', flow.vlan_id === null ? '' : `${flow.vlan_id}`],
  ]);
}

export function transport_lines(flow: Flow): { ice: Line[]; dtls: Line[]; turn: Line[] } {
  return { ice: ice_lines(flow), dtls: dtls_lines(flow), turn: turn_lines(flow) };
}
