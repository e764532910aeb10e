// One row of the flow table: what it sorts by and what the filter finds.
import type { Flow } from './model';
import { path_name } from './names';

export interface FlowRowData {
  flow: Flow;
  /** "alice in room 1234"; '' when unmatched. */
  owner: string;
  /** Address of the owner's page; null when unmatched. */
  owner_href: string | null;
}

export interface FlowColumn {
  key: string;
  name: string;
  numeric: boolean;
  /** Whether figures stand to the right; as `numeric` if not said. */
  right?: boolean;
  title: string;
}

export const kFlowColumns: readonly FlowColumn[] = [
  { key: 'owner', name: 'Owner', numeric: false, title: 'Participant whose connection carries it' },
  { key: 'client_endpoint', name: 'Client', numeric: false, title: '' },
  { key: 'server_endpoint', name: 'Server', numeric: false, title: '' },
  { key: 'path', name: 'Path', numeric: false, title: '' },
  { key: 'packets_up', name: 'Packets up', numeric: true, title: 'Client to server' },
  { key: 'packets_down', name: 'Packets down', numeric: true, title: 'Server to client' },
  { key: 'bytes', name: 'Bytes', numeric: true, title: 'Both ways' },
  { key: 'ice_round_trip_ms', name: 'ICE round trip', numeric: true, title: 'From the server to the client and back, last connectivity check' },
  { key: 'confidence', name: 'Linked by', numeric: true, right: false, title: 'What proved the owner' },
  { key: 'last_packet', name: 'Last packet', numeric: true, title: '' },
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
    case 'server_endpoint':
      return flow.server_endpoint;
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
  const text = [row.owner || 'unmatched', flow.client_endpoint, flow.server_endpoint, flow.client_ufrag, flow.server_ufrag, flow.interface, path_name(flow)];
  return text.join('\n').toLowerCase().includes(wanted);
}
