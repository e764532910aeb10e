// Clicks through the dashboard of a running rtcscope (or of the mock server) in headless Chromium.
//
// usage: node dashboard.mjs [BASE_URL] OUT [--empty]      BASE_URL: $RTCSCOPE_URL when not given
//
// OUT gets the screenshots. --empty: the daemon has seen nothing, only the first steps are checked.
// Exit status 0 if every scenario holds.
import { parseArgs } from 'node:util';
import { open_browser, Visit } from './browser.mjs';
import * as scenarios from './scenarios.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { empty: { type: 'boolean', default: false } } });
const out = positionals.pop();
const base = (positionals.pop() ?? process.env.RTCSCOPE_URL ?? '').replace(/\/$/, '');
if (!base || !out) throw new Error('usage: node dashboard.mjs [BASE_URL] OUT [--empty]');

const kDesktop = ['conferences', 'filters', 'keyboard', 'conference', 'participant', 'flows', 'events', 'search', 'system', 'themes', 'silence', 'problems'];

async function run(browser, name, options, scenario) {
  const start = Date.now();
  const visit = await Visit.start(browser, base, out, options);
  try {
    await scenario(visit);
    await visit.end();
  } catch (error) {
    await visit.shot(`failed-${name}`).catch(() => {});
    throw new Error(`${name}: ${error.message}\n${visit.errors.join('\n')}`, { cause: error });
  }
  console.log(`ok ${name} (${Date.now() - start} ms)`);
}

const browser = await open_browser();
try {
  if (values.empty) {
    await run(browser, 'empty', {}, (visit) => scenarios.empty(visit, base));
    await run(browser, 'empty-narrow', { width: 420, height: 860 }, async (visit) => {
      await visit.page.goto('/');
      await visit.page.locator('h2', { hasText: 'Nothing to show yet' }).waitFor();
      await visit.fits('empty on a telephone');
      await visit.shot('empty-narrow', true);
    });
  } else {
    let subject = null;
    await run(browser, 'subject', {}, async (visit) => (subject = await scenarios.find_subject(visit)));
    console.log(`conference ${subject.conference.room}, participant ${subject.participant.display}`);
    for (const name of kDesktop) await run(browser, name, {}, (visit) => scenarios[name](visit, subject));
    await run(browser, 'narrow', { width: 420, height: 860 }, (visit) => scenarios.narrow(visit, subject));
  }
  console.log('the dashboard holds');
} catch (error) {
  console.error(`FAIL ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
