// Shows pages without loading them anew, and shows them again when files have changed. Without it, links and forms work
// as in any page.
"use strict";

const page = () => document.getElementById("page");
const say = (text) => { document.getElementById("status").textContent = text; };

// The element that has the focus, to find it again in the new page.
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const anchor = element.closest("[id]")?.id;
  return { href: element.getAttribute("href"), name: element.getAttribute("name"), anchor };
}

function focus(old) {
  const auto = page().querySelector("[autofocus]");
  if (auto) return auto.focus();
  if (!old) return;
  const within = (old.anchor && document.getElementById(old.anchor)) || page();
  const candidates = [...within.querySelectorAll("a, input, select, textarea, button")];
  const same = candidates.find((it) => (old.href && it.getAttribute("href") === old.href) || (old.name && it.getAttribute("name") === old.name));
  (same ?? candidates[0] ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

// Whether a form has text that a new page would lose, or a question has no answer yet.
function hasEdits() {
  if (document.querySelector("main.message form")) return true;
  return [...document.querySelectorAll("form.edit :is(input, textarea, select)")].some((it) =>
    it.type === "hidden" ? false
      : it.tagName === "SELECT" ? [...it.options].some((option) => option.selected !== option.defaultSelected && it.name === "section")
        : it.value !== it.defaultValue);
}

let asked = 0;
let running = 0;
let isStale = false;

const CHANGED = "Files have changed. Save or cancel to see what is new.";

// Shows the page again after files have changed; after what the user has asked for, and never over what they typed.
function refresh() {
  if (running) isStale = true;
  else if (hasEdits()) say(CHANGED);
  else show(location.pathname + location.search, { replace: true, isRefresh: true });
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
    return say("The server does not answer. Is `tidings serve` still running?");
  }
  const text = await response.text();
  if (number !== asked) return;
  if (!response.headers.get("content-type")?.startsWith("text/html")) return say(text);
  if (options.isRefresh && hasEdits()) return say(CHANGED);
  const next = new DOMParser().parseFromString(text, "text/html");
  const closed = [...document.querySelectorAll("details.hidden:not([open])")].length > 0;
  page().replaceWith(document.adoptNode(next.getElementById("page")));
  if (closed) document.querySelector("details.hidden")?.removeAttribute("open");
  document.title = next.title;
  if (response.status !== 409) {
    const url = new URL(response.url);
    const hash = options.hash ?? "";
    history[options.replace ? "replaceState" : "pushState"]({}, "", url.pathname + url.search + hash);
  }
  scrollTo(0, at);
  focus(old);
  if (options.method === "POST") say(response.ok ? "Written." : "Not written.");
  if (options.method === "POST") setTimeout(() => say(""), 2500);
}

addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname !== "/" || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  show(url.pathname + url.search);
});

addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "post") {
    show(form.getAttribute("action"), { method: "POST", body: data, replace: true });
  } else {
    for (const [name, value] of [...data]) if (!value) data.delete(name);
    show(`/?${data}`);
  }
});

addEventListener("popstate", () => show(location.pathname + location.search, { replace: true }));

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const cancel = document.querySelector("form.edit .buttons a");
  if (cancel) cancel.click();
});

const events = new EventSource("/events");
events.addEventListener("changed", refresh);
