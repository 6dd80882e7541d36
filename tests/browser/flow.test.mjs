// From the preview to what is published: corrections on the page are in every output.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ServedRepository, open, serve } from './server.mjs';
import { folder, launch } from './support.mjs';

test('corrections on the page are in the release, the changelog and the site', async () => {
  const repository = new ServedRepository(['feat: start']);
  const output = folder();
  repository.tag('v1.0.0');
  repository.commit('feat(cart): add a wish list (#12)');
  repository.commit('fix: count the change right (#13)');
  repository.commit('fix: typo in a log line (#14)');
  const server = await serve(repository);
  const browser = await launch();
  try {
    const page = await open(browser, server);
    const correct = async (id) => {
      await page.getByRole('link', { name: `Correct ${id}` }).click();
      await page.getByLabel('Title').waitFor();
    };
    await correct('#12');
    await page.getByLabel('Title').fill('Wish lists for every cart');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.entries', { hasText: 'Wish lists for every cart' }).waitFor();
    await correct('#13');
    await page.getByLabel('Section').selectOption('Breaking changes');
    await page.getByLabel('what users must do').fill('Expect amounts in cents.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.note', { hasText: 'Expect amounts in cents.' }).waitFor();
    await correct('#14');
    await page.getByLabel('Hide, because').fill('only developers see it');
    await page.getByRole('button', { name: 'Hide' }).click();
    await page.locator('.hidden', { hasText: 'only developers see it' }).waitFor();
    assert.match(await page.locator('.next').textContent(), /2\.0\.0/);
    await page.getByRole('link', { name: 'GitHub', exact: true }).click();
    await page.frameLocator('iframe').getByText('Expect amounts in cents.').waitFor();
    assert.deepEqual(page.faults(), []);
  } finally {
    await browser.close();
    server.child.kill();
  }
  const checked = (text, what) => {
    assert.match(text, /Wish lists for every cart/, what);
    assert.match(text, /Breaking changes[\s\S]*count the change right[\s\S]*Expect amounts in cents\./, what);
    assert.doesNotMatch(text, /typo in a log line/, what);
  };
  repository.tag('v2.0.0');
  checked(repository.tidings('publish', 'v2.0.0', '--dry-run'), 'the release');
  repository.tidings('changelog', '--as', 'v2.0.0', '--write');
  checked(readFileSync(join(repository.path, 'CHANGELOG.md'), 'utf8'), 'the changelog');
  repository.tidings('site', '--output', join(output.path, 'site'));
  checked(readFileSync(join(output.path, 'site/versions/2.0.0.html'), 'utf8'), 'the site');
  output.remove();
  repository.remove();
});
