// Chromium, and what every scenario needs of it: no console errors, axe, screenshots.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { answer_faults } from '../contract.mjs';

const kPatience_ms = 15_000;
// Without the last ones Chromium tries to reach the Internet, which test machines refuse.
const kFlags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function open_browser() {
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: root ? [...kFlags, '--no-sandbox'] : kFlags });
}

/** A page of the dashboard that remembers what went wrong in it. */
export class Visit {
  constructor(page, out) {
    this.page = page;
    this.out = out;
    this.errors = [];
    /** While true, failing requests are the scenario's own doing. */
    this.expect_failures = false;
    /** The newest answer that the page itself got, by path below /api/v1. */
    this.answers = new Map();
    this.bodies = new Map();
    page.on('response', (response) => void this.#keep(response));
    page.on('pageerror', (error) => this.errors.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      const own = this.expect_failures && message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !own) this.errors.push(`console: ${message.text()}`);
    });
    mkdirSync(out, { recursive: true });
  }

  static async start(browser, base, out, { theme = 'dark', width = 1440, height = 900 } = {}) {
    const context = await browser.newContext({ baseURL: base, viewport: { width, height }, colorScheme: theme, timezoneId: 'Europe/Berlin', bypassCSP: false });
    context.setDefaultTimeout(kPatience_ms);
    return new Visit(await context.newPage(), out);
  }

  async #keep(response) {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/api/v1/')) return;
    const path = pathname.slice('/api/v1/'.length);
    // 304: what the page got for this very address before.
    if (response.status() === 304) this.answers.set(path, this.bodies.get(response.url()));
    if (response.status() !== 200) return;
    try {
      const body = await response.json();
      this.answers.set(path, body);
      this.bodies.set(response.url(), body);
      for (const fault of answer_faults(pathname, body)) this.errors.push(`contract: ${pathname}: ${fault}`);
    } catch {
      // The page went away before the body was read.
    }
  }

  /** Repeats a comparison of screen and answer until it holds: between a poll and its drawing they differ. */
  async eventually(compare) {
    const end = Date.now() + kPatience_ms;
    for (;;) {
      try {
        return await compare();
      } catch (error) {
        if (Date.now() > end) throw error;
        await sleep(100);
      }
    }
  }

  /** The newest answer for a path, as the page has it. */
  answer(path) {
    const body = this.answers.get(path);
    assert.ok(body, `the page has asked for ${path}`);
    return body;
  }

  async end() {
    assert.deepEqual(this.errors, [], 'errors in the browser');
    await this.page.context().close();
  }

  /** JSON of the API, asked beside the page. */
  async api(path) {
    const reply = await this.page.request.get(`/api/v1/${path}`);
    assert.ok(reply.ok(), `${path}: HTTP ${reply.status()}`);
    const body = await reply.json();
    assert.deepEqual(answer_faults(`/api/v1/${path.split('?')[0]}`, body), [], `${path} keeps to docs/api/openapi.yaml`);
    return body;
  }

  async heading(text) {
    await this.page.locator('h1', { hasText: text }).waitFor();
  }

  /** Follows the system's theme, as long as none was chosen by hand. */
  async theme(name) {
    await this.page.emulateMedia({ colorScheme: name });
    await this.page.waitForFunction((wanted) => getComputedStyle(document.documentElement).backgroundColor === (wanted === 'dark' ? 'rgb(12, 18, 24)' : 'rgb(243, 245, 248)'), name);
  }

  async shot(name, full = false) {
    await this.page.screenshot({ path: join(this.out, `${name}.png`), fullPage: full });
  }

  /** Fails on serious and critical violations; returns how many rules were passed. */
  async accessible(where) {
    // evaluate() is not subject to the page's CSP; a script tag would be.
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    const grave = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const text = grave.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 4).map((node) => `    ${node.html.slice(0, 200)}\n    ${node.failureSummary?.split('\n')[1] ?? ''}`).join('\n')}`);
    assert.equal(grave.length, 0, `${where}: axe\n${text.join('\n')}`);
    const light = found.violations.map(({ id }) => id);
    return `${found.passes.length} rules passed${light.length ? `, minor: ${light.join(', ')}` : ''}`;
  }

  /** The page itself must not scroll sideways; wide tables scroll in their panels. */
  async fits(where) {
    const { content, window } = await this.page.evaluate(() => ({ content: document.documentElement.scrollWidth, window: innerWidth }));
    assert.ok(content <= window, `${where}: ${content} px of content in a window of ${window} px`);
  }
}
