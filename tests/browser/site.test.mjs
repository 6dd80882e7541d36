// The site that `tidings site` writes, opened from files.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Repository, folder, launch, overflows, themes, violations, watched, widths } from './support.mjs';

const HOSTILE = '</script><img src=x onerror=alert(1)><svg onload=alert(2)> "><a href=javascript:alert(3)>x</a>';

let browser;
let home;
let site;
let url;

/** A shop with packages, components, a migration, a revert, a hostile title, and 130 fixes. */
const shop = (path) => {
  const repository = new Repository(path);
  repository.git('remote', 'add', 'origin', 'https://github.com/example/shop.git');
  repository.write('tidings.toml', `
[[components]]
name = "web"
paths = ["web/**"]
[[components]]
name = "api"
paths = ["api/**"]
`);
  repository.commit('feat: sell books (#1)', 'web/books');
  repository.tag('v1.0.0');
  repository.commit('feat: sell maps (#2)', 'api/maps');
  const flags = repository.commit('feat: sell flags (#3)', 'api/flags');
  for (let number = 0; number < 130; number++) repository.commit(`fix: rounding ${number} <&>`, 'api/price');
  repository.tag('v1.1.0');
  repository.git('revert', '--no-edit', flags);
  repository.commit('feat!: prices carry a currency (#5)\n\nBREAKING CHANGE: `price` is an object.', 'db/migrations/V7__currency.sql');
  repository.commit('fix: 修正退款金額 (#6)', 'web/refund');
  repository.tag('v2.0.0');
  repository.commit('fix(deps): bump tera from 1.0 to 1.1 (#7)', 'lock');
  repository.tag('v2.0.1');
  repository.commit('fix(deps): bump tera from 1.1 to 1.2 (#8)', 'lock');
  repository.commit(`feat: ${HOSTILE}`, 'web/hostile');
  repository.tag('v2.1.0');
  return repository;
};

before(async () => {
  home = folder();
  site = join(home.path, 'site');
  const repository = shop(join(home.path, 'shop'));
  repository.tidings('site', '--output', site, '--locale', 'en', '--locale', 'zh-TW');
  url = pathToFileURL(`${site}/`).href;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  home?.remove();
});

/** Opens a page of the site in a context of its own, and checks afterwards that nothing forbidden has happened. */
const open = async (path, options, use) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const { page, faults } = await watched(context, url);
  try {
    await page.goto(url + path);
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
};

const results = (page) => page.locator('.results .found li');
const status = (page) => page.locator('.results .status');
const waitForStatus = (page, text) => status(page).filter({ hasText: text }).waitFor();

describe('search', () => {
  test('finds changes of all versions, and shows the page again', () => open('index.html', {}, async (page) => {
    await page.getByRole('searchbox').fill('sell');
    // The title of the revert has the word, too.
    await waitForStatus(page, '4 changes');
    assert.match(await page.locator('.found').innerText(), /1\.1\.0[^]*sell maps[^]*1\.0\.0[^]*sell books/);
    assert.equal(await page.locator('.content').isVisible(), false);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('.content').waitFor();
    assert.equal(await page.locator('.results').isVisible(), false);
  }));

  test('finds Chinese text, several words in any order, and characters that HTML escapes', () => open('versions/1.0.0.html', {}, async (page) => {
    for (const [query, expected] of [['退款', '1 change'], ['maps SELL', '1 change'], ['<&>', '130 changes'], ['onerror', '1 change'], ['amp', 'No matching changes']]) {
      await page.getByRole('searchbox').fill(query);
      await waitForStatus(page, expected);
    }
  }));

  test('result leads to the entry on the page of its version', () => open('since.html', {}, async (page) => {
    await page.getByRole('searchbox').fill('currency');
    await waitForStatus(page, '1 change');
    await results(page).locator('.place a').click();
    await page.waitForURL(/versions\/2\.0\.0\.html#c-[0-9a-f]{12}$/);
    assert.match(await page.locator('li:target').innerText(), /currency/);
  }));

  test('shows more on request, with the focus on the next entry', () => open('index.html', {}, async (page) => {
    await page.getByRole('searchbox').fill('rounding');
    await waitForStatus(page, '130 changes');
    assert.equal(await results(page).count(), 100);
    await page.getByRole('button', { name: 'Show more' }).press('Enter');
    assert.equal(await results(page).count(), 130);
    assert.equal(await page.evaluate(() => document.activeElement.closest('li') === document.querySelectorAll('.found li')[100]), true);
  }));

  test('is part of the address', () => open('index.html#?q=sell&section=features', {}, async (page) => {
    await waitForStatus(page, '3 changes');
    assert.equal(await page.getByRole('searchbox').inputValue(), 'sell');
  }));

  test('filters by section and component', () => open('index.html', {}, async (page) => {
    await page.getByLabel('Section').selectOption('Bug fixes');
    await waitForStatus(page, '131 changes');
    await page.getByLabel('Component').selectOption('web');
    await waitForStatus(page, '1 change');
    assert.match(await results(page).innerText(), /修正退款金額/);
  }));
});

describe('what changed since a version', () => {
  const listed = async (page) => (await page.locator('.upgrade').innerText()).replace(/\s+/g, ' ');

  test('breaking changes and migrations come first, reverted changes are gone', () => open('since.html', {}, async (page) => {
    await page.getByLabel('Your version').selectOption('1.0.0');
    await page.locator('.upgrade h2').first().waitFor();
    assert.deepEqual((await page.locator('.upgrade h2').allInnerTexts()).slice(0, 2), ['Breaking changes', 'Database migrations']);
    const text = await listed(page);
    assert.match(text, /From 1\.0\.0 to 2\.1\.0\. 135 changes/);
    assert.match(text, /V7__currency\.sql/);
    assert.match(text, /sell maps/);
    assert.doesNotMatch(text, /sell flags/);
  }));

  test('revert is listed for a version that has the change', () => open('since.html#from=1.1.0', {}, async (page) => {
    await page.locator('.upgrade h2').first().waitFor();
    const text = await listed(page);
    assert.match(text, /sell flags/);
    assert.doesNotMatch(text, /sell maps/);
  }));

  test('updates of one dependency are one entry, from the first version to the last', () => open('since.html#from=1.0.0', {}, async (page) => {
    const update = page.locator('.upgrade li', { hasText: 'tera' });
    await update.waitFor();
    assert.match(await update.innerText(), /bump tera from 1\.0 to 1\.2/);
    assert.deepEqual(await update.locator('.place a').allInnerTexts(), ['2.1.0', '2.0.1']);
  }));

  test('page of a version leads to it', () => open('versions/1.1.0.html', {}, async (page) => {
    await page.getByRole('link', { name: 'Changes since this version' }).click();
    await page.locator('.upgrade h2').first().waitFor();
    assert.equal(await page.getByLabel('Your version').locator('option:checked').innerText(), '1.1.0');
  }));
});

describe('theme', () => {
  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  test('follows the system, and a choice is remembered on other pages', () => open('index.html', { colorScheme: 'dark' }, async (page) => {
    const dark = await background(page);
    const button = page.getByRole('button', { name: 'Dark theme' });
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    await button.click();
    assert.equal(await button.getAttribute('aria-pressed'), 'false');
    assert.notEqual(await background(page), dark);
    const light = await background(page);
    await page.goto(`${url}versions/2.0.0.html`);
    assert.equal(await background(page), light);
  }));
});

test('everything can be done with the keyboard', () => open('index.html', {}, async (page) => {
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.goto(`${url}since.html`);
  const focused = () => page.evaluate(() => {
    const { activeElement: it } = document;
    const box = it.getBoundingClientRect();
    const outline = getComputedStyle(it).outlineStyle;
    return { name: it.name ?? it.textContent, isVisible: box.width > 0 && box.height > 0, outline };
  });
  const names = [];
  for (let step = 0; step < 14; step++) {
    await page.keyboard.press('Tab');
    const it = await focused();
    names.push(it.name);
    assert.ok(it.isVisible && it.outline !== 'none', `the focus on ${it.name} is not visible`);
    if (it.name === 'from') break;
  }
  assert.equal(names.at(-1), 'from', names.join(', '));
  await page.keyboard.press('ArrowDown');
  await page.locator('.upgrade h2').first().waitFor();
  await page.getByRole('searchbox').focus();
  await page.keyboard.type('currency');
  await page.keyboard.press('Enter');
  await waitForStatus(page, '1 change');
}));

test('switch of the language leads to the same page', () => open('versions/2.0.0.html', {}, async (page) => {
  await page.getByRole('link', { name: '繁體中文' }).click();
  await page.waitForURL(/zh-TW\/versions\/2\.0\.0\.html$/);
  assert.match(await page.locator('main').innerText(), /破壞性變更/);
  await page.getByRole('searchbox').fill('退款');
  await waitForStatus(page, '1 項變更');
}));

test('hostile title is text, and no script of it runs', () => open('versions/2.1.0.html', {}, async (page) => {
  assert.ok((await page.locator('main').innerText()).includes(HOSTILE));
  assert.equal(await page.locator('main img, main svg, main script').count(), 0);
  await page.getByRole('searchbox').fill('onload');
  await waitForStatus(page, '1 change');
  assert.ok((await results(page).innerText()).includes(HOSTILE));
  await page.goto(`${url}since.html#from=2.0.0`);
  await page.locator('.upgrade li').first().waitFor();
  assert.ok((await page.locator('.upgrade').innerText()).includes(HOSTILE));
}));

test('pages are readable without JavaScript', () => open('index.html', { javaScriptEnabled: false }, async (page) => {
  assert.match(await page.locator('main').innerText(), /sell maps/);
  assert.equal(await page.locator('.find').isVisible(), false);
  await page.goto(`${url}since.html`);
  assert.match(await page.locator('main').innerText(), /This page needs JavaScript/);
}));

test('printed page has the notes and no controls, on white', () => open('versions/2.0.0.html', { colorScheme: 'dark' }, async (page) => {
  await page.getByRole('button', { name: 'Dark theme' }).click({ clickCount: 2 });
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  for (const hidden of ['.find', '.theme', '.bar nav', 'footer']) assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
  assert.equal(await page.getByText('prices carry a currency').isVisible(), true);
}));

describe('accessibility and layout', () => {
  const pages = ['index.html', 'versions.html', 'versions/2.0.0.html', 'since.html#from=1.0.0', 'upgrade.html', 'statistics.html', 'index.html#?q=fix', 'zh-TW/index.html'];
  for (const colorScheme of themes) {
    for (const width of widths) {
      test(`${colorScheme} at ${width} pixels`, async () => {
        for (const path of pages) {
          await open(path, { colorScheme, viewport: { width, height: 900 } }, async (page) => {
            if (path.includes('#from')) await page.locator('.upgrade h2').first().waitFor();
            if (path.includes('#?')) await page.locator('.found li, .status:has-text("No")').first().waitFor();
            assert.deepEqual(await violations(page), [], path);
            assert.equal(await overflows(page), false, `${path} is wider than the window`);
          });
        }
      });
    }
  }
});
