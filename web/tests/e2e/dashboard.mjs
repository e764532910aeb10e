// Clicks through the dashboard of a running rtcscope (or of the mock server) in headless Chromium.
//
// usage: node dashboard.mjs BASE_URL OUT [--empty]
//
// OUT gets the screenshots. --empty: the daemon has seen nothing, only the first steps are checked.
// Exit status 0 if every scenario holds.
import { open_browser, Visit } from './browser.mjs';
import * as scenarios from './scenarios.mjs';

const [base, out, mode] = process.argv.slice(2);
if (!base || !out) throw new Error('usage: node dashboard.mjs BASE_URL OUT [--empty]');

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
  if (mode === '--empty') {
    await run(browser, 'empty', {}, (visit) => scenarios.empty(visit, base));
  } else {
    let subject = null;
    await run(browser, 'subject', {}, async (visit) => (subject = await scenarios.find_subject(visit)));
    console.log(`conference ${subject.conference.room}, participant ${subject.participant.display}`);
    for (const name of ['conferences', 'keyboard', 'conference', 'participant', 'flows', 'search', 'system', 'silence', 'problems']) {
      await run(browser, name, {}, (visit) => scenarios[name](visit, subject));
    }
    await run(browser, 'narrow', { width: 900, height: 900 }, (visit) => scenarios.narrow(visit, subject));
  }
  console.log('the dashboard holds');
} catch (error) {
  console.error(`FAIL ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
