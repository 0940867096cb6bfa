// Keeps an open thread up to date: asks for its entries, and touches only those that changed, so that an opened
// <details> stays open and a half-written edit stays written. Without it the page works by reloading.
"use strict";

const thread = document.querySelector("[data-entries]");
const PAUSE = 1000;
let tag = thread && thread.dataset.tag;

function relative(at, now) {
  const seconds = Math.max(0, (now - at) / 1000);
  if (seconds < 60) return "now";
  for (const [unit, length, most] of [["minute", 60, 60], ["hour", 3600, 24], ["day", 86400, 7], ["week", 604800, 4]]) {
    const count = Math.floor(seconds / length);
    if (count < most) return unit === "day" && count === 1 ? "yesterday" : `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  }
  return null; // a day of the calendar does not change
}

function tick(now) {
  for (const time of thread.querySelectorAll("time[data-at]")) {
    const text = relative(new Date(time.dateTime), now);
    if (text !== null && text !== time.textContent) time.textContent = text;
  }
}

function merge(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const known = new Map([...thread.children].map((entry) => [entry.id, entry]));
  let previous = null;
  for (const entry of [...fresh.children]) {
    const old = known.get(entry.id);
    known.delete(entry.id);
    let current = old;
    if (!old) {
      current = document.importNode(entry, true);
      previous ? previous.after(current) : thread.prepend(current);
    } else if (old.dataset.version !== entry.dataset.version && !old.querySelector("details.edit[open]")) {
      const open = [...old.querySelectorAll("details")].map((details) => details.open);
      current = document.importNode(entry, true);
      current.querySelectorAll("details").forEach((details, index) => { if (open[index]) details.open = true; });
      old.replaceWith(current);
    }
    previous = current;
  }
  for (const gone of known.values()) gone.remove();
}

async function poll() {
  try {
    const answer = await fetch(thread.dataset.entries, { headers: tag ? { "If-None-Match": `"${tag}"` } : {}, cache: "no-store" });
    if (answer.status === 200) {
      merge(await answer.text());
      tag = (answer.headers.get("ETag") || "").replace(/^W\/|"/g, "");
    }
    const now = answer.headers.get("X-Sandbox-Now");
    if (now) tick(new Date(now));
    document.documentElement.dataset.live = "yes";
  } catch (error) {
    document.documentElement.dataset.live = "no"; // the sandbox was stopped; keep asking, it may come back
  }
  setTimeout(poll, document.hidden ? 5 * PAUSE : PAUSE);
}

if (thread) setTimeout(poll, PAUSE);
