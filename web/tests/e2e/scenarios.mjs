// What people do with the dashboard. Expectations come from the API of the same daemon, so the scenarios hold
// for any data that has at least one conference with a participant who sent media.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { same_figure, same_figures } from './figures.mjs';

const kThemes = ['light', 'dark'];
const kStrip = '[aria-label="State of rtcscope"]';
const name_of = (conference) => conference.room || `(${conference.plugin})`;
const person_name = (participant) => participant.display || `user ${participant.user_id}`;
const row_of = (page, path) => page.locator('main tbody tr', { has: page.locator(`a[data-row][href="${path}"]`) });
const cells_of = (row) => row.locator('td, th').allInnerTexts();

async function in_both_themes(visit, name, full = false) {
  for (const theme of kThemes) {
    await visit.theme(theme);
    console.log(`  ${name}, ${theme}: ${await visit.accessible(`${name} (${theme})`)}`);
    await visit.shot(`${name}-${theme}`, full);
  }
}

/** A conference of which somebody's media was seen, and that participant with a stream; the fullest of the first. */
export async function find_subject(visit) {
  let best = null;
  for (const { id } of (await visit.api('conferences?limit=20')).items) {
    const conference = await visit.api(`conferences/${id}`);
    if (best && best.conference.participants.length >= conference.participants.length) continue;
    for (const { id: person } of conference.participants.filter((one) => one.uplink)) {
      const participant = await visit.api(`participants/${person}`);
      const stream = participant.streams.find((one) => one.direction === 'uplink' && one.packets > 10 && one.jitter_ms !== null);
      if (!stream) continue;
      best = { conference, participant, stream };
      break;
    }
  }
  assert.ok(best, 'there is a conference with a participant who sent media');
  return best;
}

export async function conferences(visit, { conference }) {
  const { page } = visit;
  await page.goto('/');
  await visit.heading('Conferences');
  const row = row_of(page, `/conferences/${conference.id}`);
  await row.waitFor();
  await visit.eventually(async () => {
    const { items } = await visit.api(`conferences?limit=20&state=${conference.ended_at ? 'ended' : 'live'}`);
    for (const one of items) {
      const cells = await cells_of(row_of(page, `/conferences/${one.id}`));
      assert.match(cells[0].toLowerCase(), new RegExp(one.health), 'the row has its health word');
      assert.ok(cells[1].startsWith(name_of(one)), 'the row has its room');
      same_figures(cells.slice(3, 6), one.uplink, `${one.room} uplink`);
      same_figures(cells.slice(6, 9), one.downlink, `${one.room} downlink`);
    }
  });
  await page.locator(kStrip, { hasText: 'Data clock' }).waitFor();
  await in_both_themes(visit, 'conferences', true);
}

/** A filter that fits one room; then the times. */
export async function filters(visit, { conference }) {
  const { page } = visit;
  await page.goto('/');
  await page.getByPlaceholder('Room, server or person').fill(conference.room);
  await page.waitForURL(/q=/);
  await visit.eventually(async () => {
    const names = await page.locator('main a[data-row]').allInnerTexts();
    assert.ok(names.includes(name_of(conference)) && names.every((one) => one.includes(conference.room)), `only ${conference.room}: ${names}`);
  });
  await page.getByPlaceholder('Room, server or person').fill('no such room anywhere');
  await page.getByText('No conference fits these filters.').first().waitFor();
  await page.getByLabel('Time', { exact: true }).selectOption('24h');
  await page.waitForURL(/since=24h/);
  await page.getByLabel('Order', { exact: true }).selectOption('newest');
  await page.waitForURL(/sort=newest/);
}

/** j, Enter and Esc; then into the conference under test. */
export async function keyboard(visit, { conference }) {
  const { page } = visit;
  await page.goto('/');
  await page.locator('main a[data-row]').first().waitFor();
  await page.keyboard.press('j');
  const first = await page.evaluate(() => document.activeElement?.getAttribute('href'));
  assert.match(first ?? '', /^\/conferences\//, 'j takes the first row');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${first}`);
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => url.pathname === '/');
  await page.keyboard.press('?');
  await page.locator('dialog[open]', { hasText: 'Keyboard' }).waitFor();
  await visit.shot('help');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.locator(`main a[data-row][href="/conferences/${conference.id}"]`).click();
  await visit.heading(name_of(conference));
}

export async function conference(visit, { conference, participant }) {
  const { page } = visit;
  await page.goto(`/conferences/${conference.id}`);
  await visit.heading(name_of(conference));
  for (const { id } of conference.participants.slice(0, 8)) {
    await visit.eventually(async () => {
      const one = visit.answer(`conferences/${conference.id}`).participants.find((person) => person.id === id);
      const cells = await cells_of(row_of(page, `/participants/${id}`));
      assert.ok(cells[1].startsWith(person_name(one)), `${cells[1]} is ${person_name(one)}`);
      assert.match(cells[0].toLowerCase(), new RegExp(one.health));
      same_figures(cells.slice(2, 5), one.uplink, `${one.display} uplink`);
      same_figures(cells.slice(5, 8), one.downlink, `${one.display} downlink`);
      for (const { ice_state, dtls_state } of one.connections) assert.ok(cells[8].includes(ice_state) && cells[9].includes(dtls_state), `${cells[8]}, ${cells[9]}`);
    });
  }
  const text = await page.locator('main').innerText();
  for (const word of ['Uplink', 'Downlink', 'Linked by', 'Timeline']) assert.ok(text.includes(word), `"${word}" is shown`);
  assert.match(text, /proved|likely/, 'a link to packets is explained');
  await in_both_themes(visit, 'conference', true);
  await page.locator(`main a[data-row][href="/participants/${participant.id}"]`).click();
  await visit.heading(person_name(participant));
}

export async function participant(visit, { participant, conference }) {
  const { page } = visit;
  await page.goto(`/participants/${participant.id}`);
  await visit.heading(person_name(participant));
  await page.locator('canvas').nth(3).waitFor();
  assert.equal(await page.locator('canvas').count(), 4, 'loss, jitter, bitrate and frames are drawn');
  for (const unit of ['% of packets expected', 'ms', 'bit/s', 'video, frames/s at the tap']) await page.locator('h3', { hasText: `(${unit})` }).waitFor();
  assert.ok((await page.locator('[role=toolbar] button').count()) > 0, 'events stand on the time axis');
  await visit.eventually(async () => {
    for (const stream of visit.answer(`participants/${participant.id}`).streams) {
      const cells = await cells_of(page.locator('tr', { has: page.locator(`[data-ssrc="${stream.direction}-${stream.ssrc}"]`) }).first());
      same_figure(cells[3], stream.packets, `packets of ${stream.ssrc}`);
      same_figure(cells[4], stream.lost, `lost of ${stream.ssrc}`);
      same_figure(cells[6], stream.jitter_ms, `jitter of ${stream.ssrc}`);
      same_figure(cells[7], stream.bitrate_bps, `bitrate of ${stream.ssrc}`);
    }
  });
  await sleep(300); // fonts and canvases
  await in_both_themes(visit, 'participant', true);
  await chart_reading(visit, participant);
  await page.keyboard.press('Escape');
  await page.waitForURL(`**/conferences/${conference.id}`);
}

/** Cursor, zoom by dragging, and the table instead of the chart. */
async function chart_reading(visit, participant) {
  const { page } = visit;
  const plot = page.locator('.u-over').first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
  await page.locator('.chart li strong').first().waitFor();
  await visit.shot('participant-cursor');
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&to=\d+/);
  await visit.eventually(async () => assert.equal(await page.locator('canvas').count(), 4));
  await visit.shot('participant-zoomed');
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await page.waitForURL((url) => !url.searchParams.has('from'));
  await page.getByRole('button', { name: /Show as table/ }).nth(2).click();
  const rows = page.locator('[role=region] tbody tr');
  await visit.eventually(async () => {
    const series = visit.answer(`participants/${participant.id}/series`);
    const [bitrate] = series.streams.filter((one) => one.direction === 'uplink');
    const heads = await page.locator('[role=region] thead th').allInnerTexts();
    const sum = async (index) => (await cells_of(rows.nth(index))).slice(1);
    const columns = series.streams.filter((one) => one.direction === 'uplink').length;
    assert.equal(heads.length - 1, columns, 'a column for each uplink stream');
    const at = Math.max(0, bitrate.bitrate_bps.findIndex((value) => value !== null));
    const shown = (await sum(at)).map((text) => text.trim());
    const wanted = series.streams.filter((one) => one.direction === 'uplink').map((one) => one.bitrate_bps[at]);
    wanted.forEach((value) => assert.ok(shown.some((text) => fits(text, value)), `${value} is among ${shown}`));
  });
}

function fits(text, value) {
  try {
    same_figure(text, value, '');
    return true;
  } catch {
    return false;
  }
}

export async function flows(visit) {
  const { page } = visit;
  await page.goto('/flows');
  await visit.heading('Flows');
  await page.locator('tbody tr').first().waitFor();
  await page.getByRole('button', { name: 'Packets up' }).click();
  await page.waitForURL(/sort=-packets_up/);
  await visit.eventually(async () => {
    const most = Math.max(...visit.answer('flows').items.map((flow) => flow.packets_up));
    const [row] = await page.locator('tbody tr').all();
    same_figure((await cells_of(row))[3], most, 'the flow with the most packets is first');
  });
  await page.locator('tbody button', { hasText: 'More' }).first().click();
  await page.getByText('SRTP profile', { exact: true }).waitFor();
  await in_both_themes(visit, 'flows');
  await page.getByText('Unmatched', { exact: true }).click();
  await page.waitForURL(/owner=unmatched/);
  const { items } = await visit.api('flows?unmatched=true&limit=100');
  await visit.eventually(async () => assert.equal(await page.locator('tbody .unmatched').count(), items.length, 'as many unmatched flows as the API has'));
}

export async function events(visit, { participant }) {
  const { page } = visit;
  await page.goto('/events');
  await visit.heading('Events');
  await visit.eventually(async () => {
    const [newest] = visit.answer('events').items;
    assert.ok((await page.locator('tbody .what').first().innerText()).includes(newest.text), 'the newest event is first');
  });
  await in_both_themes(visit, 'events');
  await page.goto(`/events?participant_id=${participant.id}&kind=joined`);
  await page.locator('tbody .what', { hasText: 'joined' }).first().waitFor();
  await page.locator(`tbody a[data-row][href^="/participants/${participant.id}?from="]`).first().click();
  await visit.heading(person_name(participant));
  await page.waitForURL(/from=\d+&to=\d+/);
}

export async function search(visit, { participant, stream }) {
  const { page } = visit;
  await page.goto('/');
  await visit.heading('Conferences');
  await page.keyboard.press('/');
  await page.keyboard.type(person_name(participant));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=/);
  await page.locator('main tbody tr', { hasText: 'Participant' }).first().waitFor();
  await in_both_themes(visit, 'search');
  await page.goto(`/search?q=${stream.ssrc}`);
  await page.locator('main tbody tr', { hasText: 'Stream' }).locator(`a[href="/participants/${participant.id}"]`).first().click();
  await visit.heading(person_name(participant));
}

export async function system(visit) {
  const { page } = visit;
  await page.goto('/system');
  await visit.heading('System');
  await page.locator('h2', { hasText: 'Capture' }).waitFor();
  const fact = async (name) => page.locator('main dl > div', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) }).locator('dd').first().innerText();
  await visit.eventually(async () => {
    const stats = visit.answer('stats');
    same_figure(await fact('Written'), stats.store.written, 'store writes');
    same_figure(await fact('Deliveries'), stats.feed.deliveries, 'deliveries');
    same_figure(await fact('Unmatched with media'), stats.flows.unmatched, 'unmatched');
    same_figure((await cells_of(page.locator('main tr', { hasText: 'UDP datagrams' })))[1], stats.decode.datagrams, 'datagrams');
    for (const one of stats.capture.interfaces) {
      const cells = await cells_of(page.locator('main tr', { has: page.locator('th', { hasText: new RegExp(`^${one.name}$`) }) }));
      same_figure(cells[1], one.packets, `packets of ${one.name}`);
      same_figure(cells[3], one.kernel_drops, `ring overruns of ${one.name}`);
    }
  });
  await in_both_themes(visit, 'system', true);
}

/** The system's theme, until one is chosen; the choice survives a reload. */
export async function themes(visit) {
  const { page } = visit;
  const ground = () => page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor);
  await page.goto('/system');
  await visit.theme('light');
  const light = await ground();
  await visit.theme('dark');
  const dark = await ground();
  assert.notEqual(light, dark);
  await page.getByRole('button', { name: 'Change to light mode' }).click();
  assert.equal(await ground(), light, 'the switch outweighs the system');
  await page.reload();
  await visit.heading('System');
  assert.equal(await ground(), light, 'the choice survives');
}

/** The browser keeps its page while the daemon falls silent: the banner must say so, and go when it speaks again. */
export async function silence(visit) {
  const { page } = visit;
  await page.goto('/');
  await visit.heading('Conferences');
  await page.locator(kStrip, { hasText: 'packets' }).waitFor();
  const banner = page.locator('[role=alert]', { hasText: 'The live data has stopped' });
  assert.equal(await banner.count(), 0, 'no alarm while answers come');
  visit.expect_failures = true;
  await page.route('**/api/**', (route) => route.abort());
  await banner.waitFor();
  await in_both_themes(visit, 'stopped');
  await page.unroute('**/api/**');
  await banner.waitFor({ state: 'detached' });
  visit.expect_failures = false;
}

/** Errors of the API are shown by their title and detail. */
export async function problems(visit) {
  const { page } = visit;
  visit.expect_failures = true;
  const reply = await page.request.get('/api/v1/conferences/00000000000000ff');
  assert.equal(reply.status(), 404);
  const { title, detail } = await reply.json();
  await page.goto('/conferences/00000000000000ff');
  await page.locator('main [role=alert]', { hasText: title }).filter({ hasText: detail }).waitFor();
  await visit.shot('problem');
  await page.goto('/nowhere');
  await visit.heading('There is no such page');
  visit.expect_failures = false;
}

/** A telephone: nothing is cut off, and the page does not scroll sideways. */
export async function narrow(visit, { conference, participant }) {
  const places = { conferences: '/', conference: `/conferences/${conference.id}`, participant: `/participants/${participant.id}`, flows: '/flows', events: '/events', system: '/system' };
  for (const [name, path] of Object.entries(places)) {
    await visit.page.goto(path);
    await visit.page.locator('h1').first().waitFor();
    await visit.page.locator('main .panel').first().waitFor();
    await sleep(600);
    await visit.fits(`${name} on a telephone`);
    await visit.shot(`${name}-narrow`, true);
  }
}

/** Nothing seen yet: the next step is on the page, with this daemon's own address. */
export async function empty(visit, base) {
  const { page } = visit;
  await page.goto('/');
  await page.locator('h2', { hasText: 'Nothing to show yet' }).waitFor();
  const text = await page.locator('main').innerText();
  assert.ok(text.includes(`backend = "${base}/ingest/janus"`), 'the lines for Janus name this daemon');
  assert.ok(text.includes(`backend = "${base.replace('http', 'ws')}/ingest/janus/ws"`), 'and the address of its WebSocket');
  assert.ok(text.includes('broadcast = true'));
  await in_both_themes(visit, 'empty', true);
}
