// `tidings serve` on a repository, and pages of it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Repository, folder, program, watched } from './support.mjs';

/** A temporary repository whose commits are messages. */
export class ServedRepository extends Repository {
  constructor(messages) {
    const home = folder();
    super(join(home.path, 'shop'));
    this.remove = home.remove;
    this.git('remote', 'add', 'origin', 'https://github.com/acme/shop.git');
    for (const message of messages) this.commit(message);
  }

  /** Adds many commits at once. */
  commitAll(messages) {
    const commits = messages.map((message, at) => {
      const from = at ? '' : 'from refs/heads/main^0\n';
      return `commit refs/heads/main\ncommitter Ada <ada@example.org> ${1780000000 + at} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n${from}\n`;
    });
    execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: this.path, input: commits.join('') });
    this.git('reset', '--hard', '--quiet', 'main');
  }

  /** The corrections file; null if there is none. */
  corrections() {
    const file = join(this.path, '.tidings/corrections.toml');
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }
}

/** Starts the server, and resolves when it listens. */
export function serve(repository, ...args) {
  const child = spawn(program, ['--repo', repository.path, '--offline', 'serve', '--port', '0', ...args], {
    env: { PATH: process.env.PATH, HOME: repository.path, GIT_CONFIG_GLOBAL: '/dev/null' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = { child, messages: '', ended: new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal))) };
  child.stderr.on('data', (data) => { server.messages += data; });
  return new Promise((done, fail) => {
    let printed = '';
    child.stdout.on('data', (data) => {
      printed += data;
      if (!printed.includes('\n')) return;
      const url = new URL(printed.split('\n')[0]);
      done(Object.assign(server, { url: url.href, origin: url.origin, token: url.searchParams.get('token') }));
    });
    child.on('exit', () => fail(new Error(`the server ended: ${server.messages}`)));
  });
}

/** Opens the page. `faults()` are what must not happen; a refused form and the end of a connection may. */
export async function open(browser, server, options = {}) {
  const { page, faults } = await watched(await browser.newContext(options), `${server.origin}/`);
  page.faults = () => faults.filter((fault) => !/status of 4(09|22)|^console info: |^failed: .*\/events\?|^request: data:/.test(fault));
  await page.goto(server.url, { waitUntil: 'load' });
  await page.waitForURL((url) => !url.searchParams.has('token'), { waitUntil: 'load' });
  return page;
}

/** Waits until a condition holds. */
export async function until(condition, what) {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error(`did not happen: ${what}`);
}
