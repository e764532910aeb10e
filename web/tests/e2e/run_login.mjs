// The dashboard of a daemon that asks for tokens, in headless Chromium: the login page, wrong and right tokens,
// a session that is revoked, and the way out.
//
// usage: node run_login.mjs RTCSCOPE RECORDING OUT      (after npm run build)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open_browser, Visit } from './browser.mjs';
import { start_daemon } from './daemon.mjs';

const [rtcscope, recording, out] = process.argv.slice(2);
if (!out) throw new Error('usage: node run_login.mjs RTCSCOPE RECORDING OUT');
const folder = mkdtempSync(join(tmpdir(), 'rtcscope-login-'));
const tokens = ['--tokens', join(folder, 'tokens')];

function make_token(name, role) {
  return execFileSync(rtcscope, ['token', 'create', ...tokens, '--name', name, '--role', role], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

const box = (page) => page.getByLabel('Token');

async function login_page(visit) {
  const { page } = visit;
  visit.expect_failures = true;
  await page.goto('/events');
  await box(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'token', 'the keyboard is where the token goes');
  for (const theme of ['light', 'dark']) {
    await visit.theme(theme);
    console.log(`  login, ${theme}: ${await visit.accessible(`login (${theme})`)}`);
    await visit.shot(`login-${theme}`);
  }
  await page.keyboard.type('rs_wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'not valid' }).waitFor();
  await visit.accessible('login refused');
  await visit.shot('login-refused');
}

async function log_in(visit, token) {
  await box(visit.page).fill(token);
  await visit.page.keyboard.press('Enter');
}

async function in_and_out(visit, token) {
  const { page } = visit;
  await log_in(visit, token);
  await visit.heading('Events'); // the page that was asked for
  visit.expect_failures = false;
  await page.reload();
  await visit.heading('Events');
  assert.equal(await page.evaluate(() => document.cookie), '', 'no script reads the cookie');
  const [cookie] = await page.context().cookies();
  assert.equal(cookie.httpOnly && cookie.sameSite, 'Strict');
  assert.ok(!cookie.value.includes(token));
  await page.locator('tbody .what', { hasText: 'ops logged in from 127.0.0.1' }).first().waitFor();
  await visit.accessible('logged in');
  await visit.shot('logged-in');
  visit.expect_failures = true;
  await page.getByRole('button', { name: 'Log out' }).click();
  await box(page).waitFor();
  await page.goto('/');
  await box(page).waitFor();
}

/** A token that is taken away ends its sessions, and the open page shows it. */
async function revoked(visit, base, admin) {
  const { page } = visit;
  const authorization = `Bearer ${admin}`;
  const made = await (await fetch(`${base}/api/v1/tokens`, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'guest', role: 'viewer' }) })).json();
  await log_in(visit, made.token);
  await visit.heading('Conferences');
  const gone = await fetch(`${base}/api/v1/tokens/${made.id}`, { method: 'DELETE', headers: { authorization } });
  assert.equal(gone.status, 204);
  await box(page).waitFor();
  // The store is written in batches: what was just done is there a moment later.
  const wanted = ['login', 'login_failed', 'logout', 'token_created', 'token_revoked'];
  let missing = wanted;
  for (let look = 0; look < 100 && missing.length > 0; ++look) {
    const audit = await (await fetch(`${base}/api/v1/events?kind=audit`, { headers: { authorization } })).json();
    const actions = audit.items.map(({ detail }) => detail.action);
    missing = wanted.filter((action) => !actions.includes(action));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(missing, [], 'actions that are not in the audit');
}

const admin = make_token('ops', 'admin');
const daemon = await start_daemon(rtcscope, recording, tokens, { authorization: `Bearer ${admin}` });
const browser = await open_browser();
try {
  const visit = await Visit.start(browser, daemon.url, out);
  await login_page(visit);
  await in_and_out(visit, admin);
  await revoked(visit, daemon.url, admin);
  await visit.end();
  const narrow = await Visit.start(browser, daemon.url, out, { width: 420, height: 860 });
  narrow.expect_failures = true;
  await narrow.page.goto('/');
  await box(narrow.page).waitFor();
  await narrow.fits('login on a telephone');
  await narrow.shot('login-narrow');
  await narrow.end();
  console.log('the login holds');
} finally {
  await browser.close();
  await daemon.stop();
  rmSync(folder, { recursive: true });
}
