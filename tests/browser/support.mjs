// Repositories and pages for the browser tests.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

export const program = process.env.TIDINGS_BIN && resolve(process.env.TIDINGS_BIN);
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

if (!program || !existsSync(program)) throw new Error('TIDINGS_BIN must name the built program');

/** The widths at which pages are checked: a phone, a laptop, a wide screen. */
export const widths = [360, 1280, 2000];
export const themes = ['light', 'dark'];

/** A browser; it must be closed. Chromium's sandbox does not run as root, as in a container. */
export const launch = () => chromium.launch({
  executablePath: browserPath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

/** An empty folder, deleted by `remove`. */
export const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'tidings-browser-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const environment = (home) => ({
  PATH: process.env.PATH,
  HOME: home,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
});

/** A git repository in a folder, with commits one day apart. */
export class Repository {
  constructor(path) {
    this.path = path;
    this.day = 0;
    mkdirSync(path, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args) {
    const date = new Date(Date.UTC(2026, 0, 1 + this.day, 12)).toISOString();
    const env = { ...environment(this.path), GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    return execFileSync('git', args, { cwd: this.path, env, encoding: 'utf8' }).trim();
  }

  write(path, text) {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }

  /** Commits a change of a file, which is new by default, and returns the ID. */
  commit(message, path = `file-${this.day}`) {
    this.day += 1;
    this.write(path, String(this.day));
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  tag(name) {
    this.git('tag', name);
  }

  tidings(...args) {
    const env = { ...environment(this.path), SOURCE_DATE_EPOCH: '1772323200' };
    return execFileSync(program, args, { cwd: this.path, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/**
 * A page that records what must not happen: messages on the console, errors, dialogs, and requests to other places than
 * those that start with `origin`.
 */
export const watched = async (context, origin) => {
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => faults.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) faults.push(`request: ${request.url()}`);
  });
  page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`));
  return { page, faults };
};

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The violations that axe-core finds on a page, one line each. */
export const violations = async (page) => {
  // Through the debugger: the page's Content-Security-Policy allows no inline script.
  await page.evaluate(axeSource);
  // Without `preload`, which would request the style sheet.
  const found = await page.evaluate(() => globalThis.axe.run(document, { preload: false }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
};

/** Whether a page is wider than the window. */
export const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
