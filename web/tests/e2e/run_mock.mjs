// Runs the browser test against the mock server's worlds, and looks at the states that a healthy daemon does
// not show: lost packets, a clock that stands still, a crowd.
//
// usage: node run_mock.mjs [OUT]      (after npm run build)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { open_browser, Visit } from './browser.mjs';

const here = new URL('.', import.meta.url).pathname;
const out = process.argv[2] ?? join(here, 'out');

async function with_mock(flags, work) {
  const child = spawn(process.execPath, [join(here, '../mock_server.mjs'), '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    await work(/listening on (\S+)/.exec(line)[1]);
  } finally {
    child.kill('SIGTERM');
  }
}

async function dashboard(base, folder, ...flags) {
  const child = spawn(process.execPath, [join(here, 'dashboard.mjs'), base, join(out, folder), ...flags], { stdio: 'inherit' });
  const [status] = await once(child, 'exit');
  assert.equal(status, 0, `dashboard.mjs on the ${folder} world`);
}

async function look(base, folder, work) {
  const browser = await open_browser();
  try {
    const visit = await Visit.start(browser, base, join(out, folder));
    await work(visit);
    await visit.end();
  } finally {
    await browser.close();
  }
}

await with_mock(['--world', 'full'], (base) => dashboard(base, 'full'));
await with_mock(['--world', 'empty'], (base) => dashboard(base, 'empty', '--empty'));
await with_mock(['--world', 'many', '--drops', '--frozen'], (base) =>
  look(base, 'many', async (visit) => {
    await visit.page.goto('/');
    await visit.page.getByRole('status').filter({ hasText: 'Capture lost packets' }).waitFor();
    await visit.page.getByRole('status').filter({ hasText: 'Data was lost inside rtcscope' }).waitFor();
    await visit.page.getByRole('alert').filter({ hasText: 'no new packet or event has come' }).waitFor();
    await visit.shot('banners');
    await visit.page.locator('main a[data-row]').first().click();
    await visit.page.locator('h2', { hasText: 'Participants' }).waitFor();
    assert.equal(await visit.page.locator('main a[data-row]').count(), 40, 'forty participants');
    await visit.shot('conference-of-40', true);
  }),
);
console.log('all worlds hold');
