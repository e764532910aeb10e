// What people do with the dashboard. Expectations come from the API of the same daemon, so the scenarios hold
// for any data that has at least one conference with a participant who sent media.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const kThemes = ['dark', 'light'];
const name_of = (conference) => conference.room || `(${conference.plugin})`;

async function in_both_themes(visit, name) {
  for (const theme of kThemes) {
    await visit.page.evaluate((chosen) => (document.documentElement.dataset.theme = chosen), theme);
    console.log(`  ${name}, ${theme}: ${await visit.accessible(`${name} (${theme})`)}`);
  }
}

/** A conference of which somebody's media was seen, and that participant with a stream. */
export async function find_subject(visit) {
  for (const conference of (await visit.api('conferences?limit=50')).items) {
    const streams = (await visit.api(`streams?conference_id=${conference.id}&limit=500`)).items;
    const stream = streams.find((one) => one.direction === 'uplink' && one.participant_id && one.packets > 10 && one.jitter_ms !== null);
    if (!stream) continue;
    const participants = (await visit.api(`participants?conference_id=${conference.id}&limit=500`)).items;
    return { conference, participants, stream, participant: participants.find((one) => one.id === stream.participant_id) };
  }
  throw new Error('no conference with a participant who sent media');
}

export async function conferences(visit, { conference }) {
  const { page } = visit;
  await page.goto('/');
  await visit.heading('Conferences');
  const row = page.locator('tbody tr', { hasText: name_of(conference) }).first();
  await row.waitFor();
  const text = await row.innerText();
  assert.match(text, /Bad|Degraded|Good|Unknown/, 'the row has a health word');
  assert.match(text, conference.ended_at ? /\d\d:\d\d:\d\d/ : /Live/, 'the row says whether it is live');
  await page.locator('[aria-label="State of rtcscope"]', { hasText: 'Data clock' }).waitFor();
  await visit.shot('conferences-dark');
  await in_both_themes(visit, 'conferences');
  await visit.shot('conferences-light');
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
  await page.getByRole('link', { name: name_of(conference), exact: true }).first().click();
  await visit.heading(name_of(conference));
}

export async function conference(visit, { conference, participants, participant }) {
  const { page } = visit;
  await page.goto(`/conferences/${conference.id}`);
  await visit.heading(name_of(conference));
  const text = await page.locator('main').innerText();
  for (const { display } of participants) assert.ok(text.includes(display), `participant ${display} is shown`);
  for (const word of ['Uplink', 'Downlink', 'Linked by', 'Timeline']) assert.ok(text.includes(word), `"${word}" is shown`);
  assert.match(text, /proved|likely/, 'a link to packets is explained');
  await in_both_themes(visit, 'conference');
  await visit.shot('conference-light', true);
  await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
  await visit.shot('conference-dark', true);
  await page.locator(`main a[data-row][href="/participants/${participant.id}"]`).click();
  await visit.heading(participant.display);
}

export async function participant(visit, { participant, stream, conference }) {
  const { page } = visit;
  await page.goto(`/participants/${participant.id}`);
  await visit.heading(participant.display);
  await page.locator('canvas').nth(2).waitFor();
  assert.equal(await page.locator('canvas').count(), 3, 'loss, jitter and bitrate are drawn');
  for (const unit of ['% of packets expected', 'ms', 'bit/s']) await page.locator('h3', { hasText: `(${unit})` }).waitFor();
  await page.locator('tr', { hasText: String(stream.ssrc) }).waitFor();
  assert.ok((await page.locator('[role=toolbar] button').count()) > 0, 'events stand on the time axis');
  await sleep(300); // fonts and canvases
  await visit.shot('participant-dark', true);
  await chart_reading(page);
  await in_both_themes(visit, 'participant');
  await visit.shot('participant-table-light');
  await page.keyboard.press('Escape');
  await page.waitForURL(`**/conferences/${conference.id}`);
}

/** Cursor, zoom by dragging, and the table instead of the chart. */
async function chart_reading(page) {
  const plot = page.locator('.u-over').first();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
  await page.locator('.chart li strong').first().waitFor();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&to=\d+/);
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await page.waitForURL((url) => !url.searchParams.has('from'));
  await page.getByRole('button', { name: /Show as table/ }).first().click();
  await page.locator('[role=region] tbody tr').first().waitFor();
}

export async function flows(visit) {
  const { page } = visit;
  const { items } = await visit.api('flows?limit=100');
  await page.goto('/flows');
  await visit.heading('Flows');
  await page.locator('tbody tr').first().waitFor();
  await page.getByRole('button', { name: 'Packets up' }).click();
  await page.waitForURL(/sort=-packets_up/);
  const highest = Math.max(...items.map((flow) => flow.packets_up));
  const shown = (await page.locator('tbody tr').first().locator('td').nth(3).innerText()).replace(/\D/g, '');
  assert.ok(Number(shown) >= highest, `the flow with the most packets is first: ${shown}, at least ${highest}`);
  await page.locator('tbody button', { hasText: 'More' }).first().click();
  await page.locator('dt', { hasText: 'SRTP profile' }).waitFor();
  await in_both_themes(visit, 'flows');
  await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
  await visit.shot('flows-dark');
}

export async function search(visit, { participant, stream }) {
  const { page } = visit;
  await page.goto('/');
  await visit.heading('Conferences');
  await page.keyboard.press('/');
  await page.keyboard.type(participant.display);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=/);
  await page.locator('main tbody tr', { hasText: 'Participant' }).first().waitFor();
  await visit.shot('search-dark');
  await in_both_themes(visit, 'search');
  await page.goto(`/search?q=${stream.ssrc}`);
  await page.locator('main tbody tr', { hasText: 'Stream' }).locator('a').first().click();
  await visit.heading(participant.display);
}

export async function system(visit) {
  const { page } = visit;
  await page.goto('/system');
  await visit.heading('System');
  await page.locator('h2', { hasText: 'Capture' }).waitFor();
  const text = await page.locator('main').innerText();
  for (const word of ['Interface', 'Store queue', 'HEP', 'Version']) assert.ok(text.includes(word), `"${word}" is shown`);
  await in_both_themes(visit, 'system');
  await visit.shot('system-light');
}

/** The browser keeps its page while the daemon falls silent: the banner must say so, and go when it speaks again. */
export async function silence(visit) {
  const { page } = visit;
  await page.goto('/');
  await visit.heading('Conferences');
  await page.locator('[aria-label="State of rtcscope"]', { hasText: 'packets' }).waitFor();
  assert.equal(await page.locator('[role=alert]').count(), 0, 'no alarm while answers come');
  visit.expect_failures = true;
  await page.route('**/api/**', (route) => route.abort());
  const banner = page.locator('[role=alert]', { hasText: 'The live data has stopped' });
  await banner.waitFor();
  await visit.shot('stopped-dark');
  await in_both_themes(visit, 'stopped');
  await page.unroute('**/api/**');
  await banner.waitFor({ state: 'detached' });
  visit.expect_failures = false;
}

/** Errors of the API are shown by their title and detail. */
export async function problems(visit) {
  const { page } = visit;
  visit.expect_failures = true;
  const reply = await page.request.get('/api/v1/conferences/999999999999');
  assert.equal(reply.status(), 404);
  const { title } = await reply.json();
  await page.goto('/conferences/999999999999');
  await page.locator('[role=alert]', { hasText: title }).waitFor();
  await page.goto('/nowhere');
  await visit.heading('There is no such page');
  visit.expect_failures = false;
}

/** 900 px wide: nothing is cut off. */
export async function narrow(visit, { conference, participant }) {
  for (const [name, path] of [['conferences', '/'], ['conference', `/conferences/${conference.id}`], ['participant', `/participants/${participant.id}`], ['flows', '/flows'], ['system', '/system']]) {
    await visit.page.goto(path);
    await visit.page.locator('h1').first().waitFor();
    await sleep(500);
    await visit.fits(`${name} at 900 px`);
    await visit.shot(`${name}-narrow`);
  }
}

/** Nothing seen yet: the next step is on the page, with this daemon's own address. */
export async function empty(visit, base) {
  const { page } = visit;
  await page.goto('/');
  await page.locator('h2', { hasText: 'Nothing to show yet' }).waitFor();
  const text = await page.locator('main').innerText();
  assert.ok(text.includes(`backend = "${base}/ingest/janus"`), 'the lines for Janus name this daemon');
  assert.ok(text.includes('broadcast = true'));
  await visit.shot('empty-dark');
  await in_both_themes(visit, 'empty');
  await visit.shot('empty-light');
}
