// How far an analysis is, as the server says it; without scripts the page looks again by itself.

const place = document.querySelector("[data-events]");

function put(name, text) {
  const found = place.querySelector(`[data-${name}]`);
  if (found.textContent !== text) found.textContent = text;
}

if (place) {
  // a page that is told need not be loaded again: the address without the header that does so
  const here = new URL(location.href);
  if (!here.searchParams.has("watched")) {
    here.searchParams.set("watched", "");
    location.replace(here);
  } else {
    history.replaceState(null, "", here.pathname);
    const told = new EventSource(place.dataset.events);
    const bar = place.querySelector("[data-share]");
    let elapsed = Number(place.querySelector("[data-elapsed]").textContent);
    setInterval(() => { elapsed += 1; put("elapsed", String(elapsed)); }, 1000);
    told.addEventListener("progress", (event) => {
      const now = JSON.parse(event.data);
      put("phase", now.phase);
      put("rows", now.rows);
      elapsed = now.elapsed;
      if (now.share === null) bar.removeAttribute("value");
      else bar.value = now.share;
    });
    // whoever may see it no more, or whom nobody answers, loads the page, which says why
    told.addEventListener("gone", () => { told.close(); location.reload(); });
    told.addEventListener("error", () => {
      if (told.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
    });
    told.addEventListener("end", () => { told.close(); location.reload(); });
  }
}
