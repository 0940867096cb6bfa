// What makes the pages with an answer better where scripts run: copying a command, and word of newer numbers.

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // the browser does not allow it: selected, it is one key away
      getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

// on a phone the tabs are one line that scrolls: the one that is open comes into sight, the page stays where it is
for (const tabs of document.querySelectorAll(".tabs")) {
  const here = tabs.querySelector("[aria-current]");
  if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.clientWidth) / 2;
}

const note = document.querySelector("[data-freshness]");
const FIRST = 3000, LONGEST = 30000, TRIES = 40;

async function look(pause, left) {
  if (left === 0) return;
  await new Promise((done) => { setTimeout(done, pause); });
  if (document.hidden) return look(pause, left);
  try {
    const address = new URL(note.dataset.freshness, location.href);
    address.searchParams.set("as_of", note.dataset.asOf);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return undefined;
    const said = await answer.json();
    tell(said);
    if (said.newer) return undefined;
  } catch {
    // the network is away: the link stays
  }
  return look(Math.min(pause * 1.5, LONGEST), left - 1);
}

function tell(said) {
  const list = note.querySelector("[data-missing]");
  if (list && said.missing.length) {
    list.replaceChildren(...said.missing.map((sentence) => {
      const item = document.createElement("li");
      item.textContent = sentence;
      return item;
    }));
  }
  if (said.newer) {
    const link = note.querySelector("[data-newer] a");
    link.textContent = "Newer numbers are here: show them";
    link.classList.add("button");
  }
}

if (note) {
  note.setAttribute("aria-live", "polite");
  look(FIRST, TRIES);
}
