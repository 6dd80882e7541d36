// Makes the picture of the page in the documentation: node picture.mjs
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { serve } from './server.mjs';
import { folder, launch } from './support.mjs';

const root = resolve(import.meta.dirname, '../..');
const home = folder();
execFileSync('bash', [join(root, 'docs/shop.sh')], { cwd: home.path, env: { PATH: process.env.PATH, HOME: home.path, GIT_CONFIG_GLOBAL: '/dev/null' }, stdio: 'ignore' });
const server = await serve({ path: join(home.path, 'shop') });
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1180, height: 760 } })).newPage();
await page.goto(server.url, { waitUntil: 'load' });
await page.getByRole('link', { name: /^Correct / }).nth(1).click();
await page.getByLabel('Title').waitFor();
await page.screenshot({ path: join(root, 'docs/pictures/serve.png') });
await browser.close();
server.child.kill();
home.remove();
