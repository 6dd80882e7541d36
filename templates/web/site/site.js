// The script of all pages: the theme, the search, and the comparison with the newest version. It loads the data
// scripts of the site when they are first needed, and sends no requests anywhere else.
'use strict';
(() => {
  const html = document.documentElement;
  html.classList.add('js');

  // The theme, set before the page is drawn.
  const THEME = 'tidings-theme';
  const stored = () => { try { return localStorage.getItem(THEME); } catch { return null; } };
  const store = (theme) => { try { localStorage.setItem(THEME, theme); } catch { /* Not remembered. */ } };
  const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
  const theme = stored();
  if (theme === 'dark' || theme === 'light') html.dataset.theme = theme;
  const isDark = () => html.dataset.theme ? html.dataset.theme === 'dark' : systemIsDark.matches;

  // The data, which the data scripts pass to these functions.
  let index = null;
  const parts = [];
  window.tidings = {
    index(data) { index = data; },
    part(number, entries, attention) { parts[number - 1] = { entries, attention }; },
  };
  let root = '';
  const loads = new Map();
  const load = (path) => {
    if (!loads.has(path)) {
      loads.set(path, new Promise((resolve, reject) => {
        const script = document.createElement('script');
        script.src = root + path;
        script.onload = resolve;
        script.onerror = () => { loads.delete(path); reject(new Error(path)); };
        document.head.append(script);
      }));
    }
    return loads.get(path);
  };
  const loadParts = async (count) => {
    await load('data/index.js');
    const wanted = [];
    for (let number = 1; number <= Math.min(count, index.parts); number++) wanted.push(load(`data/changes-${number}.js`));
    await Promise.all(wanted);
  };

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  // The entries are escaped by the program that made the site.
  const item = (entry, ...links) => {
    const made = document.createElement('li');
    made.innerHTML = entry;
    const place = element('span', undefined, { class: 'place' });
    place.append(...links);
    made.prepend(place, ' ');
    return made;
  };
  const versionName = ([name, , , pkg]) => (pkg ? `${pkg} ${name}` : name);
  const permalink = (version, anchor, text) =>
    element('a', text, { href: `${root}${version[1]}#${anchor}` });
  const counted = (form, count) => (count === 1 ? form.dataset.one : form.dataset.many).replace('{count}', count);

  // The text of an entry for the search: without tags and escapes.
  const PLAIN = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  const texts = new WeakMap();
  const searchable = (entry) => {
    if (!texts.has(entry)) {
      const text = entry[3].replace(/<[^>]*>/g, ' ').replace(/&(?:lt|gt|quot|#39|amp);/g, (escape) => PLAIN[escape]);
      texts.set(entry, text.toLowerCase());
    }
    return texts.get(entry);
  };

  const startTheme = () => {
    const button = document.querySelector('.theme');
    const show = () => button.setAttribute('aria-pressed', String(isDark()));
    button.addEventListener('click', () => {
      const next = isDark() ? 'light' : 'dark';
      html.dataset.theme = next;
      store(next);
      show();
    });
    systemIsDark.addEventListener('change', show);
    show();
  };

  const startSearch = () => {
    const form = document.querySelector('.find form');
    const [content, results] = [document.querySelector('.content'), document.querySelector('.results')];
    const [status, found] = [results.querySelector('.status'), results.querySelector('.found')];
    const reset = form.querySelector('[type=reset]');
    const BATCH = 100;
    let run = 0;
    const wanted = () => {
      const data = new FormData(form);
      const get = (name) => (data.get(name) || '').trim();
      return { q: get('q'), section: get('section'), component: get('component'), package: get('package') };
    };
    const matches = (want) => {
      const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
      const section = want.section && index.sections.findIndex(([id]) => id === want.section);
      const isWanted = (entry) => {
        const version = index.versions[entry[0]];
        if (want.section && entry[1] !== section) return false;
        if (want.component && !entry[4].includes(want.component)) return false;
        if (want.package && version[3] !== want.package) return false;
        const name = versionName(version).toLowerCase();
        return words.every((word) => searchable(entry).includes(word) || name === word);
      };
      return parts.flatMap((part) => part.entries.filter(isWanted));
    };
    const show = (all, from) => {
      let list = null;
      let last = from > 0 ? all[from - 1][0] : -1;
      if (last >= 0) list = found.querySelector('ul:last-of-type');
      for (const entry of all.slice(from, from + BATCH)) {
        const version = index.versions[entry[0]];
        if (entry[0] !== last) {
          const heading = element('h2');
          heading.append(element('a', versionName(version), { href: root + version[1] }));
          if (version[2]) heading.append(' ', element('time', version[2]));
          list = element('ul');
          found.append(heading, list);
          last = entry[0];
        }
        list.append(item(entry[3], permalink(version, entry[2], '#')));
      }
      if (from + BATCH < all.length) {
        const more = element('button', form.dataset.more, { type: 'button', class: 'more' });
        more.addEventListener('click', () => {
          const next = found.lastElementChild.previousElementSibling.lastElementChild;
          more.remove();
          show(all, from + BATCH);
          (next.nextElementSibling || next.parentElement.nextElementSibling)?.querySelector('a')?.focus();
        });
        found.append(more);
      }
    };
    const update = async () => {
      const want = wanted();
      const own = ++run;
      const isActive = Object.values(want).some(Boolean);
      reset.hidden = !isActive;
      content.hidden = isActive;
      results.hidden = !isActive;
      const query = new URLSearchParams(Object.entries(want).filter(([, value]) => value)).toString();
      const hash = query ? `#?${query}` : location.hash.startsWith('#?') ? '#' : location.hash;
      if (hash !== location.hash) history.replaceState(null, '', hash || '#');
      if (!isActive) return;
      if (!index) status.textContent = form.dataset.loading;
      try {
        await load('data/index.js');
        await loadParts(index.parts);
      } catch {
        status.textContent = form.dataset.failed;
        return;
      }
      if (own !== run) return;
      const all = matches(want);
      found.replaceChildren();
      status.textContent = all.length ? counted(form, all.length) : form.dataset.none;
      show(all, 0);
    };
    let timer = 0;
    form.addEventListener('input', (event) => {
      clearTimeout(timer);
      timer = setTimeout(update, event.target.type === 'search' ? 150 : 0);
    });
    form.addEventListener('submit', (event) => { event.preventDefault(); update(); });
    form.addEventListener('reset', () => { setTimeout(() => { update(); form.elements.q.focus(); }); });
    const restore = () => {
      if (!location.hash.startsWith('#?')) return;
      for (const [name, value] of new URLSearchParams(location.hash.slice(2))) {
        const field = form.elements[name];
        if (field) field.value = value;
      }
      update();
    };
    addEventListener('hashchange', restore);
    restore();
  };

  const startSince = () => {
    const form = document.querySelector('form.since');
    if (!form) return;
    const [find, output] = [document.querySelector('.find form'), document.querySelector('.upgrade')];
    const chosenLine = () => Number(form.elements.line?.value || 0);
    const picker = () => form.querySelector(`[data-line="${chosenLine()}"] select`);
    let run = 0;
    // Whether the version at a position lacks what has these ranges.
    const lacks = (ranges, at) => {
      if (ranges === null) return false;
      if (typeof ranges === 'number') return at >= ranges;
      for (let i = 0; i < ranges.length; i += 2) if (at >= ranges[i] && at < ranges[i + 1]) return true;
      return false;
    };
    const heading = (text, className) => {
      const section = element('section', undefined, { class: className });
      section.append(element('h2', text));
      return section;
    };
    const link = (entry) => permalink(index.versions[entry[0]], entry[2], index.versions[entry[0]][0]);
    const escaped = (text) => text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);
    // Changes that are one entry: the newest one, and for the updates of a dependency, the version before the oldest.
    const joined = (entries) => {
      const groups = new Map();
      for (const entry of entries) {
        const key = entry.length > 6 ? entry[6] : entry;
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(entry);
      }
      return [...groups.values()];
    };
    const joinedItem = (group) => {
      const [newest, oldest] = [group[0], group.at(-1)];
      const isUpdate = group.length > 1 && newest[7] && oldest[7];
      const text = isUpdate ? newest[3].replace(escaped(newest[7]), () => escaped(oldest[7])) : newest[3];
      return item(text, ...group.flatMap((entry, at) => (at ? [', ', link(entry)] : [link(entry)])));
    };
    const sections = (groups, ids) => ids.flatMap((id) => {
      const own = groups.filter(([newest]) => index.sections[newest[1]][0] === id);
      if (!own.length) return [];
      const made = heading(index.sections[own[0][0][1]][1], id === 'breaking' ? 'changes breaking' : 'changes');
      const list = element('ul');
      list.append(...own.map(joinedItem));
      made.append(list);
      return [made];
    });
    const notices = (items) => {
      const kinds = new Map();
      for (const [, kind, title, paths, more] of items.reverse()) {
        const key = `${kind}\n${title}`;
        if (!kinds.has(key)) kinds.set(key, { kind, title, lines: new Set() });
        for (const path of paths) kinds.get(key).lines.add(path);
        if (more) kinds.get(key).lines.add(more);
      }
      const sorted = [...kinds.values()].sort((a, b) => (b.kind === 'migration') - (a.kind === 'migration'));
      return sorted.map(({ title, lines }) => {
        const made = heading(title, 'attention');
        const list = element('ul');
        for (const line of lines) list.append(element('li', line));
        made.append(list);
        return made;
      });
    };
    const update = async () => {
      for (const label of form.querySelectorAll('[data-line]')) label.hidden = label.dataset.line !== String(chosenLine());
      const [number, value, own] = [chosenLine(), picker().value, ++run];
      output.replaceChildren();
      if (value === '') return;
      const at = Number(value);
      output.append(element('p', find.dataset.loading));
      try {
        await load('data/index.js');
        await loadParts(index.lines[number].last[at]);
      } catch {
        output.replaceChildren(element('p', find.dataset.failed));
        return;
      }
      if (own !== run) return;
      const line = index.lines[number];
      const isOfLine = (item) => index.versions[item[0]][3] === line.package && lacks(item[5], at);
      const used = parts.slice(0, line.last[at]);
      const entries = joined(used.flatMap((part) => part.entries.filter(isOfLine)));
      const attention = used.flatMap((part) => part.attention.filter(isOfLine));
      const [from, to] = [index.versions[line.from[at]], index.versions[line.newest]];
      const ends = form.dataset.ends.replace('{from}', versionName(from)).replace('{to}', versionName(to));
      const ids = index.sections.map(([id]) => id);
      output.replaceChildren(
        element('p', ends),
        element('p', entries.length ? counted(find, entries.length) : form.dataset.nothing, { class: 'facts' }),
        ...sections(entries, ids.filter((id) => id === 'breaking')),
        ...notices(attention),
        ...sections(entries, ids.filter((id) => id !== 'breaking')),
      );
      const hash = `#from=${encodeURIComponent(from[0])}${line.package ? `&package=${encodeURIComponent(line.package)}` : ''}`;
      history.replaceState(null, '', hash);
    };
    form.addEventListener('input', update);
    form.addEventListener('submit', (event) => event.preventDefault());
    const query = new URLSearchParams(location.hash.slice(1));
    if (query.has('from')) {
      const option = (select, text) => [...select.options].find((it) => it.text === text)?.value;
      if (form.elements.line) form.elements.line.value = option(form.elements.line, query.get('package')) ?? '0';
      picker().value = option(picker(), query.get('from')) ?? '';
      update();
    }
  };

  document.addEventListener('DOMContentLoaded', () => {
    root = document.body.dataset.root;
    startTheme();
    startSearch();
    startSince();
  });
})();
