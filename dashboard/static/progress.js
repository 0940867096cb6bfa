// A run of captures while it lasts: the same lines as the page's own, as often as they change.
const place = document.getElementById("progress");
const state = document.getElementById("state");
const again = document.getElementById("again");

// a page that is told need not be loaded again: the address without the header that does so
const here = new URL(location.href);
const goesOn = Boolean(place?.dataset.events);

if (goesOn && !here.searchParams.has("watched")) {
  here.searchParams.set("watched", "");
  location.replace(here);
} else if (goesOn) {
  history.replaceState(null, "", here.pathname);
  const source = new EventSource(place.dataset.events);
  source.addEventListener("open", () => { again.hidden = true; });
  source.addEventListener("progress", (event) => {
    const news = JSON.parse(event.data);
    place.innerHTML = news.html;
    // read aloud only when it changes
    if (state.textContent !== news.state) state.textContent = news.state;
    if (news.over) source.close();
  });
  source.addEventListener("gone", () => { source.close(); again.hidden = false; });
  source.addEventListener("error", () => { again.hidden = source.readyState !== EventSource.CLOSED; });
}
