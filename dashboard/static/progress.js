// A run of captures while it lasts: the same lines as the page's own, as often as they change.
const place = document.getElementById("progress");
const state = document.getElementById("state");
const again = document.getElementById("again");

if (place?.dataset.events && "EventSource" in window) {
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
