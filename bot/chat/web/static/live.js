// What the pages do better with a script; everything works without it.
"use strict";

const news = document.getElementById("news");

function say(text) {
  news.textContent = "";
  requestAnimationFrame(() => { news.textContent = text; });
}

// Bookmarks: the form is sent by the script, and every copy of the pill shows the answer.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.mark");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ keep: button.value }),
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const { kept, count } = await answer.json();
    for (const one of document.querySelectorAll(`form.mark[data-paper="${form.dataset.paper}"]`)) show(one, kept, count);
    say(kept ? "Bookmarked" : "Bookmark removed");
  } catch {
    say("The bookmark could not be saved. Is the bot still running?");
    form.classList.add("trouble");
    setTimeout(() => form.classList.remove("trouble"), 4000);
  } finally {
    delete form.dataset.busy;
  }
});

function show(form, kept, count) {
  const button = form.querySelector("button");
  button.value = kept ? "0" : "1";
  button.setAttribute("aria-pressed", String(kept));
  button.setAttribute("aria-label", button.getAttribute("aria-label").replace(/kept by \d+$/, `kept by ${count}`));
  form.querySelector(".count").textContent = count || "Bookmark";
}

// Live: the server says that something changed, the page fetches itself and takes over what differs.
let stream = null;
let refreshing = false;
let again = false;

function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource(`/events?since=${encodeURIComponent(document.body.dataset.pulse)}`);
  stream.addEventListener("changed", refresh);
}

function rest() {
  if (stream) stream.close();
  stream = null;
}

async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) adopt(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The stream reconnects by itself and says again what changed.
  } finally {
    refreshing = false;
    if (again) { again = false; refresh(); }
  }
}

function adopt(fresh) {
  document.body.dataset.pulse = fresh.body.dataset.pulse;
  if (document.getElementById("no-thread") && fresh.getElementById("thread")) {
    location.reload();
    return;
  }
  if (fresh.querySelector("#days > li")) document.querySelector(".timeline .empty")?.remove();
  for (const form of document.querySelectorAll("form.mark")) {
    const other = fresh.querySelector(`form.mark[data-paper="${form.dataset.paper}"]`);
    if (!other || form.dataset.busy) continue;
    const pressed = other.querySelector("button").getAttribute("aria-pressed") === "true";
    show(form, pressed, Number.parseInt(other.querySelector(".count").textContent, 10) || 0);
  }
  let arrived = 0;
  for (const list of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(list.id);
    if (other) arrived += merge(list, other);
  }
  if (arrived) say(arrived === 1 ? "One new message" : `${arrived} new messages`);
}

// Messages that are new are put in their place; those that changed are replaced, unless someone is in them.
function merge(list, other) {
  const scroll = list.closest(".scroll");
  const end = list.id === "days" && atEnd(scroll);
  let arrived = 0;
  let last = null;
  for (const item of [...other.children]) {
    const old = document.getElementById(item.id);
    if (old && (alike(old, item) || old.contains(document.activeElement))) { last = old; continue; }
    const added = document.importNode(item, true);
    if (old) {
      const open = Boolean(old.querySelector("details[open]"));
      for (const part of added.querySelectorAll("details")) part.open = open;
      old.replaceWith(added);
    } else {
      added.classList.add("arrived");
      if (last) last.after(added); else list.prepend(added);
      arrived += 1;
    }
    last = added;
  }
  if (end) toEnd(scroll);
  return arrived;
}

function alike(old, item) {
  const copy = old.cloneNode(true);
  copy.classList.remove("arrived");
  if (!copy.className) copy.removeAttribute("class");
  for (const part of copy.querySelectorAll("details")) part.open = false;
  return copy.isEqualNode(item);
}

function atEnd(scroll) {
  return scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
}

function toEnd(scroll) {
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}

document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
addEventListener("pagehide", rest);
addEventListener("pageshow", listen);

// Ctrl+K, or ⌘K: to the command box.
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const box = document.getElementById("command");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// A chat opens at its newest message, or at the day that is open.
const timeline = document.getElementById("timeline");
if (timeline) {
  const open = timeline.querySelector(".message.open");
  if (open && timeline.clientHeight < timeline.scrollHeight) {
    timeline.scrollTop = open.offsetTop - timeline.clientHeight / 2 + open.offsetHeight / 2;
  } else {
    toEnd(timeline);
  }
}
listen();
