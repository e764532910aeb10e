// Runs the browser test against the mock server's worlds, and looks at the states that a healthy daemon does
// not show: lost packets, a clock that stands still, a crowd, the probes of other hosts.
//
// usage: node run_mock.mjs [OUT]      (after npm run build)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { open_browser, Visit } from './browser.mjs';
import { same_figure } from './figures.mjs';

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

/** What the media server says of people is text, whatever it looks like. */
async function hostile_name(visit) {
  const kName = '<img src=x onerror="document.title=1">&amp;';
  const { items } = await visit.api(`search?q=${encodeURIComponent('<img')}`);
  await visit.page.goto(`/participants/${items[0].id}`);
  await visit.heading(kName);
  assert.equal(await visit.page.locator('h1').innerText(), kName);
  assert.equal(await visit.page.locator('main img').count(), 0, 'no element is made of a name');
}

async function banners(visit) {
  await visit.page.goto('/');
  await visit.page.getByRole('status').filter({ hasText: 'Capture lost packets' }).waitFor();
  await visit.page.getByRole('status').filter({ hasText: 'Data was lost inside rtcscope' }).waitFor();
  await visit.page.getByRole('alert').filter({ hasText: 'no new packet or event has come' }).waitFor();
  for (const theme of ['light', 'dark']) {
    await visit.theme(theme);
    await visit.accessible(`banners (${theme})`);
    await visit.shot(`banners-${theme}`);
  }
  await visit.page.locator('main a[data-row]').first().click();
  await visit.page.locator('h2', { hasText: 'Participants' }).waitFor();
  assert.equal(await visit.page.locator('main a[data-row]').count(), 40, 'forty participants');
  await visit.shot('conference-of-40', true);
  await visit.page.locator('main a[data-row]').nth(5).click();
  await visit.page.locator('label', { hasText: 'Downlink' }).click();
  await visit.page.getByText('The 12 worst of').waitFor();
  await visit.page.locator('canvas').nth(3).waitFor();
  await visit.shot('participant-of-40');
}

async function finished_replay(visit) {
  await visit.page.goto('/');
  await visit.page.getByRole('status').filter({ hasText: 'The recording has come to its end' }).waitFor();
  await new Promise((resolve) => setTimeout(resolve, 7000)); // longer than the silence that would be an alarm
  assert.equal(await visit.page.getByRole('alert').count(), 0, 'the end of a recording is no alarm');
  await visit.shot('replay-ended');
}

async function system_page(visit, name) {
  for (const theme of ['light', 'dark']) {
    await visit.theme(theme);
    await visit.accessible(`${name} (${theme})`);
    await visit.shot(`${name}-${theme}`, true);
  }
  await visit.page.setViewportSize({ width: 420, height: 860 });
  await visit.fits(`${name} on a telephone`);
  await visit.shot(`${name}-narrow`, true);
  await visit.page.setViewportSize({ width: 1440, height: 900 });
}

/** The lines of a cell, without the mark of an alert before the first. */
const lines_of = (cell) => cell.split('\n').map((line) => line.trim()).filter((line) => !/^([▲△]|bad:|degraded:|)$/.test(line));

/** A row a probe, and nothing of a capture that serve does not have. */
async function probes(visit) {
  const { page } = visit;
  await page.goto('/system');
  await page.locator('h2', { hasText: 'Probes' }).waitFor();
  await visit.eventually(async () => {
    for (const one of visit.answer('stats').bus.probes) {
      const cells = await page.locator('main tr', { has: page.locator('th', { hasText: one.host }) }).locator('td').allInnerTexts();
      const [state, watches, ...figures] = cells.map(lines_of);
      assert.ok(watches[0] === one.source && (!one.error || watches[1] === one.error), `${watches} of ${one.host}`);
      assert.ok(!one.silent || state[0] === 'silent', `${state} of ${one.host}`);
      [one.packets, one.kernel_drops, one.lost, one.waiting].forEach((value, index) => same_figure(figures[index][0], value, `figure ${index} of ${one.host}`));
    }
  });
  for (const state of ['OK', 'catching up', 'trouble', 'silent', 'ended']) await page.locator('main td', { hasText: state }).first().waitFor();
  for (const heading of ['Capture', 'What the frames were']) assert.equal(await page.locator('h2', { hasText: heading }).count(), 0, `no "${heading}" without a capture`);
  await page.getByRole('alert').filter({ hasText: '1 probe is silent' }).waitFor();
  await page.getByRole('status').filter({ hasText: "batches of the probes' reports not received" }).waitFor();
  await system_page(visit, 'probes');
}

async function probes_away(visit) {
  await visit.page.goto('/system');
  await visit.page.getByRole('alert').filter({ hasText: "queue of the probes' reports does not answer" }).waitFor();
  assert.equal(await visit.page.getByRole('alert').count(), 1, 'one alarm for one fault');
  await system_page(visit, 'probes-away');
}

async function no_probes(visit) {
  await visit.page.goto('/system');
  await visit.page.getByText('No probe has reported yet').waitFor();
  await system_page(visit, 'no-probes');
}

await with_mock(['--world', 'full', '--serve', '--drops'], (base) => look(base, 'serve', probes));
await with_mock(['--world', 'full', '--serve', '--frozen'], (base) => look(base, 'serve', probes_away));
await with_mock(['--world', 'empty', '--serve'], (base) => look(base, 'serve', no_probes));
await with_mock(['--world', 'full'], (base) => dashboard(base, 'full'));
await with_mock(['--world', 'full'], (base) => look(base, 'full', hostile_name));
await with_mock(['--world', 'empty'], (base) => dashboard(base, 'empty', '--empty'));
await with_mock(['--world', 'many', '--drops', '--frozen'], (base) => look(base, 'many', banners));
await with_mock(['--world', 'full', '--replay'], (base) => look(base, 'replay', finished_replay));
console.log('all worlds hold');
