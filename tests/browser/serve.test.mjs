// `tidings serve` in Chromium.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ServedRepository, open, serve, until } from './server.mjs';
import { launch, overflows, themes, violations, widths } from './support.mjs';

const COMMITS = ['feat: start', 'feat(cart): add a wish list (#12)\n\nPeople asked for it.', 'fix: count the change right (#13)', 'chore: tidy up'];

let browser;
const started = [];

before(async () => { browser = await launch(); });
after(async () => {
  await browser?.close();
  for (const { server, repository } of started) {
    server.child.kill();
    repository.remove();
  }
});

/** A repository with version 1.0.0 and some changes, and its server. */
async function world(commits = COMMITS, ...args) {
  const repository = new ServedRepository(commits.slice(0, 1));
  repository.git('tag', 'v1.0.0');
  for (const message of commits.slice(1)) repository.commit(message);
  const server = await serve(repository, ...args);
  started.push({ server, repository });
  return { repository, server };
}

const entry = (page, text) => page.locator('.entries > li', { hasText: text });
const correct = async (page, text) => { await entry(page, text).getByRole('link', { name: /^(Correct|List) / }).click(); };
const titles = (page) => page.locator('.notes .entries .title').allTextContents();
const written = (page) => page.getByRole('status').getByText('Written.').waitFor();

test('page shows entries, outputs and explanations', async () => {
  const { server } = await world();
  const page = await open(browser, server);
  assert.equal(new URL(page.url()).search, '', 'the token leaves the address');
  assert.deepEqual(await titles(page), ['cart: add a wish list', 'count the change right', 'tidy up']);
  assert.match(await page.locator('.next').textContent(), /1\.1\.0/);
  for (const [tab, text] of [['Changelog', '+- **cart:** add a wish list'], ['Text', 'cart: add a wish list'], ['JSON', '"releases"'], ['Markdown', '### Features']]) {
    await page.getByRole('link', { name: tab, exact: true }).click();
    await page.locator('pre', { hasText: text }).waitFor();
  }
  for (const tab of ['GitHub', 'Slack', 'Teams', 'Email']) {
    await page.getByRole('link', { name: tab, exact: true }).click();
    await page.frameLocator('iframe').getByText('add a wish list').first().waitFor();
  }
  await page.goBack();
  await page.frameLocator('iframe').getByText('add a wish list').first().waitFor();
  await page.getByRole('link', { name: 'Entries' }).click();
  await page.getByRole('heading', { name: 'Features' }).waitFor();
  const commit = page.locator('.commits li', { hasText: 'tidy up' });
  await commit.getByRole('link').click();
  await commit.getByText('hidden by the built-in rule for internal types').last().waitFor();
  await commit.locator('[aria-expanded=true]').waitFor();
  await page.getByLabel('Version or range').fill('v1.0.0');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '1.0.0' }).waitFor();
  assert.deepEqual(await titles(page), ['start']);
  await page.goto(`${server.origin}/?from=v1.0.0&to=HEAD`);
  assert.deepEqual(await titles(page), ['cart: add a wish list', 'count the change right']);
  assert.deepEqual(page.faults(), []);
});

test('corrections are written at once, and undone', async () => {
  const { repository, server } = await world();
  const page = await open(browser, server);
  await correct(page, 'add a wish list');
  await page.getByLabel('Title').fill('Wish lists');
  await page.getByLabel('Section').selectOption('Breaking changes');
  await page.getByLabel('what users must do').fill("Call `v2`.\nTwice.");
  await page.getByRole('button', { name: 'Save' }).click();
  await written(page);
  assert.match(await entry(page, 'Wish lists').textContent(), /Call v2\.\s+Twice\./);
  const first = repository.corrections();
  assert.match(first, /\[pull_request\.12\]\ntitle = 'Wish lists'|breaking = true/);
  assert.match(repository.tidings('notes', '--format', 'markdown'), /- \*\*cart:\*\* Wish lists .*\n\n {2}Call `v2`\.\n {2}Twice\./);

  await correct(page, 'count the change right');
  await page.getByLabel('Hide, because').fill('of no interest');
  await page.getByRole('button', { name: 'Hide' }).click();
  await entry(page, 'of no interest').waitFor();
  await correct(page, 'count the change right');
  await page.getByRole('button', { name: 'List it' }).click();
  await page.getByRole('link', { name: 'Correct #13' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Bug fixes' }).count(), 1);

  await correct(page, 'count the change right');
  await page.getByLabel('Merge into').selectOption('#12');
  await page.getByRole('button', { name: 'Merge' }).click();
  await page.getByRole('button', { name: 'List #13 on its own' }).click();
  await entry(page, 'count the change right').getByRole('link', { name: 'Correct #13' }).waitFor();

  await page.getByRole('link', { name: 'Write a summary' }).click();
  await page.getByLabel('Summary').fill('All about **carts**.');
  await page.getByLabel('Highlights').fill("One\nTwo");
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('pre.summary', { hasText: 'All about' }).waitFor();
  assert.match(repository.corrections(), /summary = "All about \*\*carts\*\*\."\nhighlights = \["One", "Two"\]/);

  for (let left = 6; left > 0; left--) {
    const button = page.getByRole('button', { name: /^Undo/ });
    const name = await button.textContent();
    await button.click();
    if (left > 1) await until(async () => (await page.locator('.undo').count()) && (await button.textContent()) !== name, `undo of ${name}`);
  }
  await page.locator('.undo').waitFor({ state: 'detached' });
  assert.equal(repository.corrections(), null, 'the file is gone again');
  assert.deepEqual(page.faults(), []);
});

test('open pages follow commits, files and one another', async () => {
  const { repository, server } = await world();
  const [one, two] = [await open(browser, server), await open(browser, server)];
  repository.commit('feat: pay by card (#20)');
  await entry(one, 'pay by card').waitFor();
  repository.write('tidings.toml', '[[sections]]\nid = "features"\ntitle = "New"\n');
  await one.getByRole('heading', { name: 'New', exact: true }).waitFor();
  repository.write('tidings.toml', "sections = 1\n");
  await one.getByRole('heading', { name: 'The notes cannot be shown' }).waitFor();
  repository.git('rm', '--cached', '--quiet', '--ignore-unmatch', 'tidings.toml');
  repository.write('tidings.toml', '');
  await entry(one, 'pay by card').waitFor();
  await correct(one, 'pay by card');
  await one.getByLabel('Title').fill('Cards');
  await one.keyboard.press('Enter');
  await entry(two, 'Cards').waitFor();
  repository.git('tag', 'v1.1.0');
  await one.getByText('No changes.').waitFor();
  assert.deepEqual([...one.faults(), ...two.faults()], []);
});

test('what someone else has written is merged, or asked about', async () => {
  const { repository, server } = await world();
  const page = await open(browser, server);
  await correct(page, 'add a wish list');
  await page.getByLabel('Title').fill('Mine');
  // Another key of another entry: merged.
  repository.write('.tidings/corrections.toml', "# ours\n[pull_request.13]\ntitle = 'Theirs'\n");
  await page.getByRole('status').getByText('Files have changed').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await entry(page, 'Mine').waitFor();
  assert.equal(repository.corrections(), "# ours\n[pull_request.13]\ntitle = 'Theirs'\n\n[pull_request.12]\ntitle = \"Mine\"\n");
  // The same key: asked.
  await correct(page, 'Theirs');
  await page.getByLabel('Title').fill('Mine too');
  repository.write('.tidings/corrections.toml', repository.corrections().replace("'Theirs'", "'Theirs again'"));
  await page.getByRole('status').getByText('Files have changed').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Someone else has changed this' }).waitFor();
  assert.match(await page.getByRole('table').textContent(), /Theirs again[\s\S]*Mine too/);
  assert.match(repository.corrections(), /Theirs again/);
  await page.getByRole('button', { name: 'Write yours' }).click();
  await entry(page, 'Mine too').waitFor();
  assert.match(repository.corrections(), /title = "Mine too"/);
  assert.deepEqual(page.faults(), []);
});

test('hostile texts stay texts', async () => {
  const hostile = ['<script>alert(1)</script>', '<img src=http://evil.example/x onerror=alert(1)>', '[x](javascript:alert(1))', '"><svg onload=alert(1)>', '{{ 7 * 7 }} {% raw %}'];
  const commits = hostile.map((text, at) => `feat!: ${text} (#${at + 30})\n\nBREAKING CHANGE: ${text}\n\n![i](http://evil.example/i)`);
  const { repository, server } = await world(['feat: start', ...commits]);
  repository.write('.tidings/corrections.toml', `[version."2.0.0"]\nsummary = '''<script src="http://evil.example/s"></script> ![i](http://evil.example/p)'''\n`);
  const page = await open(browser, server);
  for (const address of ['/', '/?edit=%2330', '/?edit=version', '/?tab=forge', '/?tab=slack', '/?tab=teams', '/?tab=mail', '/?tab=json', '/?tab=changelog', '/?explain=%3Cscript%3Ealert(1)%3C/script%3E', '/?target=%22%3E%3Cscript%3Ealert(1)%3C/script%3E']) {
    await page.goto(server.origin + address, { waitUntil: 'load' });
    assert.equal(await page.locator('main script, main img, main svg').count(), 0, address);
  }
  await page.goto(`${server.origin}/`);
  assert.match((await titles(page)).join("\n"), /<script>alert\(1\)<\/script>/);
  // The frames refuse the image of a template; nothing else may be reported.
  assert.deepEqual(page.faults().filter((fault) => !/Content Security Policy/.test(fault)), []);
});

/** Sends a plain request, and returns its status and headers. */
const send = (server, { method = 'GET', path = '/', headers = {}, body } = {}) => new Promise((done, fail) => {
  const { hostname, port } = new URL(server.origin);
  const sent = request({ hostname, port, method, path, headers, setHost: !('Host' in headers) }, (response) => {
    let text = '';
    response.on('data', (data) => { text += data; });
    response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: text }));
  });
  sent.on('error', fail);
  sent.end(body);
});

test('only requests of its own pages are answered', async () => {
  const { repository, server } = await world();
  const { port } = new URL(server.origin);
  const cookie = `tidings-${port}=${server.token}`;
  const status = async (options) => (await send(server, options)).status;
  assert.equal(await status({}), 403);
  assert.equal(await status({ path: '/serve.css' }), 403);
  assert.equal(await status({ path: `/?token=${'0'.repeat(48)}` }), 403);
  assert.equal(await status({ headers: { cookie } }), 200);
  assert.equal(await status({ headers: { cookie: `tidings-${port}=x; ${cookie}x` } }), 403);
  for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${+port + 1}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`]) {
    assert.equal(await status({ headers: { Host: host, cookie } }), 421, host);
    assert.equal(await status({ path: `/?token=${server.token}`, headers: { Host: host } }), 421, host);
  }
  const form = { method: 'POST', path: '/edit', body: 'act=save&id=%2312&title=Evil&seen=' };
  const type = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': form.body.length };
  const own = { ...type, cookie, Origin: server.origin };
  for (const headers of [
    { ...type, Origin: server.origin },
    { ...type, cookie },
    { ...own, Origin: 'http://evil.example' },
    { ...own, Origin: 'null' },
    { ...own, Origin: `http://localhost:${port}` },
    { ...own, 'Sec-Fetch-Site': 'cross-site' },
    { ...own, 'Sec-Fetch-Site': 'same-site' },
  ]) {
    assert.equal(await status({ ...form, headers }), 403, JSON.stringify(headers));
  }
  for (const site of ['same-site', 'cross-site']) {
    const embedded = { cookie, 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' };
    assert.equal(await status({ headers: embedded }), 403, site);
    assert.equal(await status({ headers: { ...embedded, 'Sec-Fetch-Mode': 'navigate' } }), 200, site);
    assert.equal(await status({ ...form, headers: { ...own, Origin: 'null', 'Sec-Fetch-Site': site } }), 403, site);
  }
  assert.equal(await status({ path: '/?from=127.0.0.1:9/x:1&to=HEAD', headers: { cookie } }), 200);
  assert.equal(await status({ ...form, method: 'PUT', headers: own }), 405);
  assert.equal(await status({ path: `${form.path}?${form.body}`, headers: { cookie } }), 405);
  assert.equal(await status({ ...form, headers: { ...own, 'Content-Type': 'text/plain' } }), 415);
  assert.equal(repository.corrections(), null);
  assert.equal(await status({ ...form, headers: own }), 303);
  assert.match(repository.corrections(), /Evil/);

  const { headers, body: entry } = await send(server, { path: `/?token=${server.token}&tab=text&target=%22%3C` });
  assert.match(entry, /content="0;url=\/\?tab=text&amp;target=%22%3C"/);
  assert.match(headers['set-cookie'][0], /HttpOnly; SameSite=Strict$/);
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
  assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
});

test('read-only pages have no forms, and write nothing', async () => {
  const { repository, server } = await world(COMMITS, '--read-only');
  const { port } = new URL(server.origin);
  const cookie = `tidings-${port}=${server.token}`;
  const body = 'act=save&id=%2312&title=x&seen=';
  const headers = { cookie, Origin: server.origin, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length };
  assert.equal((await send(server, { method: 'POST', path: '/edit', headers, body })).status, 409);
  assert.equal(repository.corrections(), null);
  const page = await open(browser, server);
  assert.equal(await page.getByRole('link', { name: /^Correct/ }).count(), 0);
});

test('server stops with its repository, and when interrupted', async () => {
  const { server } = await world();
  server.child.kill('SIGINT');
  assert.equal(await server.ended, 0);
  const other = await world();
  other.repository.remove();
  assert.equal(await other.server.ended, 0);
});

test('keyboard alone suffices', async () => {
  const { repository, server } = await world();
  const page = await open(browser, server);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
  for (let presses = 0; (await focused()) !== 'Correct #12'; presses++) {
    assert.ok(presses < 60, 'the link is reached');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByLabel('Title').waitFor();
  await until(async () => page.evaluate(() => document.activeElement?.getAttribute('name') === 'title'), 'the title has the focus');
  await page.keyboard.press('Escape');
  await page.getByLabel('Title').waitFor({ state: 'detached' });
  await until(async () => (await focused()) === 'Correct #12', 'the focus returns');
  await page.keyboard.press('Enter');
  await page.getByLabel('Title').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await entry(page, 'By keyboard').waitFor();
  assert.match(repository.corrections(), /By keyboard/);
});

test('axe finds nothing, in both themes and three widths', async () => {
  const { server } = await world([...COMMITS, "feat!: drop v1 (#14)\n\nBREAKING CHANGE: use v2"]);
  for (const colorScheme of themes) {
    for (const width of widths) {
      const page = await open(browser, server, { colorScheme, viewport: { width, height: 900 } });
      for (const address of ['/', '/?edit=%2312&explain=v1.0.0', '/?edit=version', '/?tab=changelog', '/?tab=forge', '/?target=nonsense', '/?tab=slack']) {
        await page.goto(server.origin + address, { waitUntil: 'load' });
        assert.deepEqual(await violations(page), [], `${address} ${colorScheme} ${width}`);
        assert.equal(await overflows(page), false, `${address} is wider than ${width}`);
      }
      await page.context().close();
    }
  }
});

test('5,000 entries are shown, and one of them is corrected', async () => {
  const { repository, server } = await world(['feat: start']);
  repository.commitAll(Array.from({ length: 5000 }, (_, at) => `feat: entry ${at} of many (#${at + 100})`));
  const page = await open(browser, server);
  await until(async () => (await page.locator('.entries > li').count()) === 5000, 'all entries are shown');
  await page.locator('#entry-2600').getByRole('link', { name: 'Correct #2600' }).click();
  await page.getByLabel('Title').fill('One of many');
  await page.keyboard.press('Enter');
  await entry(page, 'One of many').waitFor();
  assert.match(repository.corrections(), /\[pull_request\.2600\]/);
});

/** Whether each control of the page is inside its entry. */
const clipped = (page) => page.evaluate(() => [...document.querySelectorAll('form.edit :is(input, select, textarea, button)')]
  .filter((control) => control.type !== 'hidden' && !control.hidden)
  .filter((control) => {
    const [own, entry] = [control, control.closest('li, .version')].map((it) => it.getBoundingClientRect());
    return own.right > entry.right + 1 || own.left < entry.left - 1;
  }).map((control) => control.outerHTML));

test('forms fit beside long titles', async () => {
  const long = `feat: let customers save ${'several '.repeat(20)}delivery addresses (#50)`;
  const { server } = await world([...COMMITS, long]);
  for (const width of [320, ...widths]) {
    const page = await open(browser, server, { viewport: { width, height: 900 } });
    await page.goto(`${server.origin}/?edit=%2313`);
    assert.deepEqual(await clipped(page), [], `at ${width} pixels`);
    await page.context().close();
  }
});

test('typed text is kept until it is written or discarded', async () => {
  const { repository, server } = await world();
  const page = await open(browser, server);
  const asked = [];
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => { asked.push(dialog.message()); dialog.dismiss(); });
  await correct(page, 'count the change right');
  await page.getByLabel('Title').fill('Typed');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Slack' }).click();
  await page.getByRole('link', { name: 'Skip to the notes' }).focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.getByLabel('Title').inputValue(), 'Typed');
  assert.deepEqual(asked, ['Discard what you have typed?']);
  // A refusal keeps the form.
  repository.write('.tidings/corrections.toml', '[version."9.9.9"]\nsummary = "x"\n');
  repository.git('tag', 'v1.1.0');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('form.edit').getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('Title').inputValue(), 'Typed');
  // The reason has a form of its own.
  repository.git('tag', '--delete', 'v1.1.0');
  await page.getByLabel('Title').fill('count the change right');
  await page.getByLabel('Hide, because').fill('of no interest');
  await page.keyboard.press('Enter');
  await entry(page, 'of no interest').waitFor();
  assert.match(repository.corrections(), /hide = "of no interest"/);
});

test('forms work without JavaScript', async () => {
  const { repository, server } = await world();
  const page = await open(browser, server, { javaScriptEnabled: false });
  await page.waitForURL(`${server.origin}/`);
  await correct(page, 'count the change right');
  await page.getByLabel('Title').fill('Without a script');
  await page.getByRole('button', { name: 'Save' }).click();
  await entry(page, 'Without a script').waitFor();
  assert.match(repository.corrections(), /Without a script/);
});

test('undo keeps what another program wrote, also while the edit was written', async () => {
  const { repository, server } = await world();
  const { port } = new URL(server.origin);
  repository.write('.tidings/corrections.toml', '# ours\n');
  const post = (path, body) => send(server, {
    method: 'POST', path, body,
    headers: { cookie: `tidings-${port}=${server.token}`, Origin: server.origin, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length },
  });
  const edits = [];
  for (let number = 0; number < 20; number++) {
    edits.push(post('/edit', `act=save&id=%2312&title=Mine${number}&seen=`).then(() => {}));
    repository.tidings('edit', '--from', list(repository, `keep #13 - Theirs ${number}`));
  }
  await Promise.all(edits);
  assert.match(repository.corrections(), /title = "Theirs 19"/);
  for (let number = 1; number <= 20; number++) await post('/undo', `number=${21 - number}`);
  assert.match(repository.corrections(), /# ours/);
  assert.match(repository.corrections(), /title = "Theirs 19"/);
});

/** A file with a list for `tidings edit`. */
function list(repository, text) {
  repository.write('list.txt', `${text}\n`);
  return 'list.txt';
}

test('one of several packages is shown, and a wrong target leaves the picker', async () => {
  const repository = new ServedRepository([]);
  repository.write('tidings.toml', '[[packages]]\nname = "api"\npaths = ["api/**"]\n[[packages]]\nname = "web"\npaths = ["web/**"]\n');
  repository.commit('feat: sell books', 'api/books');
  repository.commit('fix: round prices', 'web/prices');
  const server = await serve(repository);
  started.push({ server, repository });
  const page = await open(browser, server);
  assert.deepEqual(await titles(page), ['sell books']);
  await page.getByLabel('Package').selectOption('web');
  await page.getByRole('button', { name: 'Show' }).click();
  await entry(page, 'round prices').waitFor();
  await page.getByLabel('Version or range').fill('v9.9.9');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('Version or range').inputValue(), 'v9.9.9');
});

test('release on the page has the template of the project', async () => {
  const { repository, server } = await world();
  repository.write('body.tera', '<b>own</b> body{% for r in releases %}{% endfor %}');
  repository.write('tidings.toml', '[publish]\ntemplate = "body.tera"\n');
  const page = await open(browser, server);
  await page.goto(`${server.origin}/?tab=forge`);
  await page.frameLocator('iframe').getByText('own body').waitFor();
});

test('eight tabs are open at once', async () => {
  const { server } = await world();
  const first = await open(browser, server);
  for (let tab = 0; tab < 8; tab++) {
    const page = await first.context().newPage();
    await page.goto(`${server.origin}/`, { waitUntil: 'load', timeout: 10_000 });
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
  }
});

test('corrections are followed after their folder was removed and created again', async () => {
  const { repository, server } = await world();
  const page = await open(browser, server);
  const titled = (title) => repository.write('.tidings/corrections.toml', `[pull_request.12]\ntitle = "${title}"\n`);
  for (const title of ['First', 'Second']) {
    titled(title);
    await entry(page, title).waitFor();
    titled(`${title} again`);
    await entry(page, `${title} again`).waitFor();
    rmSync(join(repository.path, '.tidings'), { recursive: true });
    await entry(page, 'add a wish list').waitFor();
  }
});

test('an address reads no file as a language', async () => {
  const { repository, server } = await world();
  repository.write('secret.toml', 'password = "hidden-value"\n');
  const { port } = new URL(server.origin);
  const { status, body } = await send(server, {
    path: `/?locale=${encodeURIComponent(join(repository.path, 'secret.toml'))}`,
    headers: { cookie: `tidings-${port}=${server.token}` },
  });
  assert.equal(status, 200);
  assert.doesNotMatch(body, /hidden-value/);
});
