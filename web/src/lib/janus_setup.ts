// How to point Janus at this rtcscope. The address is the one the dashboard itself was reached by.

export interface SetupStep {
  file: string;
  lines: string;
}

/** `origin` as in window.location.origin, e.g. "http://192.0.2.7:8080". */
export function janus_setup(origin: string): SetupStep[] {
  return [
    { file: '/etc/janus/janus.jcfg', lines: 'events: {\n\tbroadcast = true\n}' },
    {
      file: '/etc/janus/janus.eventhandler.sampleevh.jcfg',
      lines: `general: {\n\tenabled = true\n\tevents = "all"\n\tgrouping = true\n\tbackend = "${origin}/ingest/janus"\n}`,
    },
  ];
}

/** Whether Janus on another host could not reach this address. */
export function loopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
