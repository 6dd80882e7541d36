// Shows pages without loading them in full, and shows them again when files have changed. Without it, links and forms
// work as in any page.
"use strict";

const page = () => document.getElementById("page");
const say = (text) => { document.getElementById("status").textContent = text; };

const CHANGED = "Files have changed. Save or cancel to see what is new.";
const LOST = "The server does not answer. Is `tidings serve` still running?";
const DISCARD = "Discard what you have typed?";

// The address of the page that is shown.
let shown = location.pathname + location.search;

// The element that has the focus, to find it again in the new page.
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const anchor = element.closest("[id]")?.id;
  return { href: element.getAttribute("href"), name: element.getAttribute("name"), anchor };
}

function focus(old, isRefresh) {
  const auto = page().querySelector("[autofocus]");
  if (auto && !isRefresh) return auto.focus();
  if (!old) return;
  const within = (old.anchor && document.getElementById(old.anchor)) || page();
  const candidates = [...within.querySelectorAll("a, input:not([type=hidden]), select, textarea:not([hidden]), button")];
  const same = candidates.find((it) => (old.href && it.getAttribute("href") === old.href) || (old.name && it.getAttribute("name") === old.name));
  (same ?? candidates[0] ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

// Whether a form has text that a new page would lose, or a question has no answer yet.
function hasEdits() {
  if (document.querySelector("main.message form")) return true;
  return [...document.querySelectorAll("form.edit :is(input, textarea, select)")].some((it) =>
    it.type === "hidden" || it.hidden ? false
      : it.tagName === "SELECT" ? it.name === "section" && [...it.options].some((option) => option.selected !== option.defaultSelected && option.value)
        : it.value !== it.defaultValue);
}

let asked = 0;
let running = 0;
let isStale = false;

// Shows the page again after files have changed; after what the user has asked for, and never over what they typed.
function refresh() {
  if (running) isStale = true;
  else if (hasEdits()) say(CHANGED);
  else show(shown, { replace: true, isRefresh: true });
}

async function show(address, options = {}) {
  running++;
  try {
    await load(address, options);
  } finally {
    running--;
  }
  if (!running && isStale) {
    isStale = false;
    refresh();
  }
}

async function load(address, options) {
  const number = ++asked;
  const old = focused();
  const at = scrollY;
  let response;
  try {
    response = await fetch(address, { redirect: "follow", ...options });
  } catch {
    return say(LOST);
  }
  const text = await response.text();
  if (number !== asked) return;
  if (!response.headers.get("content-type")?.startsWith("text/html")) return say(text);
  if (options.isRefresh && hasEdits()) return say(CHANGED);
  const next = new DOMParser().parseFromString(text, "text/html");
  if (response.status === 409 && !next.querySelector("main.message form") && options.form?.isConnected) {
    return refuse(options.form, next);
  }
  const isClosed = document.querySelector("details.hidden:not([open])") !== null;
  page().replaceWith(document.adoptNode(next.getElementById("page")));
  if (isClosed) document.querySelector("details.hidden")?.removeAttribute("open");
  document.title = next.title;
  if (response.status !== 409) {
    const url = new URL(response.url);
    shown = url.pathname + url.search;
    if (location.pathname + location.search !== shown) history[options.replace ? "replaceState" : "pushState"]({}, "", shown);
  }
  scrollTo(0, at);
  focus(old, options.isRefresh);
  if (options.method === "POST" && response.ok) {
    say("Written.");
    setTimeout(() => say(""), 2500);
  }
}

// Shows above a form why it was not written. What was typed stays.
function refuse(form, next) {
  form.querySelector("[role=alert]")?.remove();
  const alert = document.adoptNode(next.querySelector("[role=alert]"));
  alert.className = "warning";
  form.prepend(alert);
  say("Not written.");
}

addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname !== "/" || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  const isAnswer = link.closest("form.edit, main.message") !== null;
  if (isAnswer || !hasEdits() || confirm(DISCARD)) show(url.pathname + url.search);
});

addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "post") {
    show(form.getAttribute("action"), { method: "POST", body: data, replace: true, form });
  } else if (!hasEdits() || confirm(DISCARD)) {
    for (const [name, value] of [...data]) if (!value) data.delete(name);
    show(`/?${data}`);
  }
});

addEventListener("popstate", () => {
  const address = location.pathname + location.search;
  if (address === shown) return;
  if (hasEdits() && !confirm(DISCARD)) history.pushState({}, "", shown);
  else show(address, { replace: true });
});

addEventListener("beforeunload", (event) => {
  if (hasEdits()) event.preventDefault();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || hasEdits()) return;
  document.querySelector("form.edit .buttons a")?.click();
});

// A browser allows few connections to a server, so a hidden page has none.
let events = null;

function follow() {
  events?.close();
  events = null;
  if (document.hidden) return;
  events = new EventSource(`/events?seen=${page().dataset.changes ?? 0}`);
  events.addEventListener("changed", refresh);
  events.addEventListener("open", () => { if (document.getElementById("status").textContent === LOST) say(""); });
  events.addEventListener("error", () => say(LOST));
}

addEventListener("visibilitychange", follow);
follow();
