// One row of the flow table: what it sorts by and what the filter finds.
import type { Flow } from './model';
import { path_name } from './names';
import type { Owner } from './owners.svelte';
import { href } from './url_state';

export interface FlowRowData {
  flow: Flow;
  /** Display name; '' when unmatched. */
  owner: string;
  /** Of the owner; '' when not known. */
  room: string;
  /** Address of the owner's page; null when there is none. */
  owner_href: string | null;
}

/** A connection may own the flow although nobody knows whose connection it is. */
export function flow_row(flow: Flow, owner: Owner | null): FlowRowData {
  if (flow.participant_id === null) {
    const conference = flow.conference_id === null ? null : href('conference', flow.conference_id);
    return { flow, owner: flow.connection_id === null ? '' : 'somebody', room: '', owner_href: conference };
  }
  return { flow, owner: owner?.participant ?? flow.participant_id, room: owner?.conference ?? '', owner_href: href('participant', flow.participant_id) };
}

/** Whether a text is an address that the API can look for: IPv4 or IPv6, with or without a port. */
export function is_address(text: string): boolean {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(:\d{1,5})?$/.exec(text);
  if (v4) return v4.slice(1, 5).every((part) => Number(part) <= 255);
  const v6 = /^\[([0-9a-f:.]+)\](:\d{1,5})?$/i.exec(text)?.[1] ?? text;
  return v6.includes(':') && URL.canParse(`http://[${v6}]`);
}

export interface FlowColumn {
  key: string;
  name: string;
  numeric: boolean;
  /** Left out on narrow screens. */
  minor?: boolean;
  /** Whether figures stand to the right; as `numeric` if not said. */
  right?: boolean;
  title: string;
}

export const kFlowColumns: readonly FlowColumn[] = [
  { key: 'owner', name: 'Owner', numeric: false, title: 'Participant whose connection carries it' },
  { key: 'client_endpoint', name: 'Client → server', numeric: false, title: '' },
  { key: 'path', name: 'Path', numeric: false, title: '', minor: true },
  { key: 'packets_up', name: 'Packets up', numeric: true, title: 'Client to server', minor: true },
  { key: 'packets_down', name: 'Packets down', numeric: true, title: 'Server to client', minor: true },
  { key: 'bytes', name: 'Bytes', numeric: true, title: 'Both ways', minor: true },
  { key: 'ice_round_trip_ms', name: 'ICE round trip', numeric: true, title: 'From the server to the client and back, last connectivity check', minor: true },
  { key: 'confidence', name: 'Linked by', numeric: true, right: false, title: 'What proved the owner', minor: true },
  { key: 'last_packet', name: 'Last packet', numeric: true, title: '', minor: true },
];

export function flow_key(row: FlowRowData, key: string): string | number | null {
  const { flow } = row;
  switch (key) {
    case 'owner':
      return row.owner;
    case 'path':
      return path_name(flow);
    case 'bytes':
      return flow.bytes_up + flow.bytes_down;
    case 'client_endpoint':
      return flow.client_endpoint;
    case 'packets_up':
      return flow.packets_up;
    case 'packets_down':
      return flow.packets_down;
    case 'ice_round_trip_ms':
      return flow.ice_round_trip_ms;
    case 'confidence':
      return flow.connection_id ? flow.confidence : null;
    default:
      return flow.last_packet;
  }
}

/** `wanted` in lower case; '' fits everything. */
export function flow_matches(row: FlowRowData, wanted: string): boolean {
  const { flow } = row;
  const text = [row.owner || 'unmatched', row.room, flow.client_endpoint, flow.server_endpoint, flow.client_ufrag, flow.server_ufrag, flow.interface, path_name(flow)];
  return text.join('\n').toLowerCase().includes(wanted);
}
