// How to point Janus at this rtcscope. The address is the one the dashboard itself was reached by.

export interface SetupStep {
  title: string;
  /** Another way to take the step before. */
  instead?: boolean;
  file: string;
  lines: string;
}

function handler(backend: string): string {
  return `general: {\n\tenabled = true\n\tevents = "all"\n\tgrouping = true\n\tbackend = "${backend}"\n}`;
}

/** `origin` as in window.location.origin, e.g. "http://192.0.2.7:8080". */
export function janus_setup(origin: string): SetupStep[] {
  return [
    { title: 'Let Janus send events', file: '/etc/janus/janus.jcfg', lines: 'events: {\n\tbroadcast = true\n}' },
    { title: 'Send them here', file: '/etc/janus/janus.eventhandler.sampleevh.jcfg', lines: handler(`${origin}/ingest/janus`) },
    { title: 'Or, instead, over WebSocket', instead: true, file: '/etc/janus/janus.eventhandler.wsevh.jcfg', lines: handler(`${origin.replace(/^http/, 'ws')}/ingest/janus/ws`) },
  ];
}

/** Whether Janus on another host could not reach this address. */
export function loopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
