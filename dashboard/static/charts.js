// Charts that answer: a figure's picture becomes a drawing that can be pointed at, zoomed and walked through by keys.
//
//   <script type="module" src="charts.js" data-chart-library="/static/vega-….js" data-chart-themes="/static/chart_themes.js"></script>
//   <figure class="chart" data-spec="/address/of/spec.json" data-table="id-of-table"><img …></figure>
//
// data-spec: an address, or `#id` of a <script type="application/json">. Where scripts do not run, where the library does
// not come, or where anything else goes wrong, the picture stays.

const OWN = document.querySelector("script[data-chart-library]");
const DARK = matchMedia("(prefers-color-scheme: dark)");
const NEAR = "400px"; // how far below the window a figure may be when its drawing begins
const PAUSE = 150; // milliseconds after which a new width is taken for good
const ZOOM = 0.6; // of the time that is shown, one step in
const AXES = 56; // pixels that the axis of a plot in a composite takes
const SHARED = 34; // of small plots, whose axis stands only once
const COARSE = matchMedia("(pointer: coarse)"); // a finger, which neither hovers nor has keys
const CAN = {
  walk: "Arrow keys go through the values.",
  zoom: "Drag to move, Ctrl and wheel or + and − to zoom, 0 or a double click for all.",
};
const DAY = /(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)/; // lines would break at its hyphens
const FINGER = { walk: "Tap a value to read it.", zoom: "Drag to move." };
const STEPS = [["Zoom in", ZOOM], ["Zoom out", 1 / ZOOM], ["All", null]]; // null: everything

const live = new Map(); // figure -> {spec, view, finalize, parts, width}
let arriving = null;

function library() {
  arriving ??= Promise.all([
    import(new URL(OWN.dataset.chartThemes, document.baseURI).href),
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = OWN.dataset.chartLibrary;
      script.onload = resolve;
      script.onerror = () => reject(new Error("the library did not come"));
      document.head.append(script);
    }),
  ]).then(([themes]) => themes.default);
  return arriving;
}

async function specification(figure) {
  const from = figure.dataset.spec;
  if (from.startsWith("#")) return JSON.parse(document.getElementById(from.slice(1)).textContent);
  const answer = await fetch(from, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the specification did not come: ${answer.status}`);
  return answer.json();
}

function theme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "dark" || (chosen !== "light" && DARK.matches) ? "dark" : "light";
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

// What stands around the drawing: finding, subtitle and keys as text that wraps, and what keys and pointer can do.
function surroundings(figure, spec) {
  const about = spec.usermeta ?? {};
  const box = element("div", "chart-live");
  const plot = element("div", "chart-plot");
  const said = element("p", "chart-said");
  const zooms = JSON.stringify(spec).includes('"bind":"scales"');
  const can = COARSE.matches ? FINGER : CAN;
  const help = element("p", "chart-help", zooms ? `${can.walk} ${can.zoom}` : can.walk);
  const tools = element("div", "chart-tools");
  const steps = zooms ? STEPS.map(([words]) => element("button", "", words)) : [];
  for (const step of steps) step.type = "button";
  tools.append(...steps, help);
  const keys = element("ul", "chart-keys");
  for (const { role, words } of about.keys ?? []) {
    const key = element("li", "");
    const swatch = element("span", "chart-swatch");
    swatch.dataset.role = role;
    key.append(...(role ? [swatch] : []), words);
    keys.append(key);
  }
  help.id = `chart-help-${++surroundings.count}`;
  said.setAttribute("aria-live", "polite");
  plot.tabIndex = 0;
  plot.setAttribute("role", "application");
  plot.setAttribute("aria-roledescription", "interactive chart");
  plot.setAttribute("aria-label", spec.description ?? about.title ?? "chart");
  plot.setAttribute("aria-describedby", [help.id, figure.dataset.table].filter(Boolean).join(" "));
  const subtitle = element("p", "chart-subtitle");
  subtitle.append(...(about.subtitle ?? "").split(DAY).map((part, place) => (place % 2 ? element("span", "span", part) : part)));
  box.append(element("p", "chart-title", about.title), subtitle);
  if (keys.childElementCount) box.append(keys);
  box.append(plot, tools, said);
  const inner = plot.appendChild(element("div", "chart-canvas"));
  // its words are the plot's label, what is said, and the table; the drawing's own marks would be read as nameless pictures
  inner.setAttribute("aria-hidden", "true");
  return { box, plot, said, keys, inner, steps };
}
surroundings.count = 0;

// As wide as the page has room, which decides how long names may be. Small plots side by side: as many as fit.
function fitted(spec, width) {
  const cells = spec.usermeta?.cells;
  if (!cells) return { ...spec, params: roomy(spec, width) };
  const columns = Math.max(1, Math.min(cells.most, Math.floor((width + cells.between) / (cells.least + cells.between))));
  const cell = Math.floor((width - (columns - 1) * cells.between) / columns);
  const wide = (place) => Math.max(80, cell - (spec.concat ? AXES : SHARED) - (cells.beside?.[place] ?? 0));
  const made = { ...spec, columns, params: roomy(spec, cell) };
  if (spec.concat) made.concat = spec.concat.map((part, place) => ({ ...part, width: wide(place) }));
  else made.spec = { ...spec.spec, width: wide(0) };
  return made;
}

const roomy = (spec, value) => spec.params?.map((one) => (one.name === "room" ? { ...one, value } : one));

// A name that is cut says all of itself where it is pointed at.
function entitled(inner) {
  for (const shown of inner.querySelectorAll("svg text")) {
    const { text } = shown.__data__ ?? {};
    if (typeof text !== "string" || text === shown.textContent || shown.firstElementChild) continue;
    const title = document.createElementNS(shown.namespaceURI, "title");
    title.textContent = text;
    shown.append(title);
  }
}

async function draw(figure, state) {
  const themes = await library();
  const config = themes[theme()];
  const { inner, keys } = state.parts;
  const width = room(state);
  state.finalize?.();
  const drawn = await window.vegaEmbed(inner, fitted(state.spec, width), {
    mode: "vega-lite",
    renderer: "svg",
    actions: false,
    logLevel: 1, // errors; it warns of panels that have nothing to show
    ast: true, // with the library's interpreter: no text becomes code
    defaultStyle: false,
    config,
    loader: { load: refused, sanitize: refused },
    tooltip: { id: "chart-tooltip", theme: "chart", disableDefaultStyle: true },
  });
  for (const swatch of keys.querySelectorAll(".chart-swatch")) {
    const look = config.style[swatch.dataset.role] ?? {};
    swatch.style.background = look.color ?? "transparent";
    swatch.style.outline = look.strokeDash ? `1px dashed ${look.stroke}` : "";
  }
  entitled(inner);
  Object.assign(state, { view: drawn.view, finalize: drawn.finalize, width });
}

// How much room the page has; a drawing that needs more to be read scrolls.
function room({ spec, parts: { plot, inner } }) {
  const least = spec.usermeta?.least ?? 0;
  plot.classList.toggle("is-wide", least > plot.clientWidth);
  inner.style.minWidth = `${least}px`;
  return plot.clientWidth;
}

const refused = () => Promise.reject(new Error("a chart loads nothing"));

async function show(figure) {
  const state = { spec: await specification(figure) };
  state.parts = surroundings(figure, state.spec);
  const { box, plot } = state.parts;
  box.classList.add("is-drawing");
  figure.prepend(box);
  try {
    await draw(figure, state);
  } catch (problem) {
    box.remove();
    throw problem;
  }
  for (const picture of figure.querySelectorAll(":scope > picture, :scope > img, :scope > a")) picture.hidden = true;
  box.classList.remove("is-drawing");
  figure.dataset.live = "yes";
  live.set(figure, state);
  plot.addEventListener("keydown", (event) => key(state, event));
  plot.addEventListener("blur", () => leave(state));
  plot.addEventListener("click", (event) => tap(state, event));
  state.parts.steps.forEach((step, place) => step.addEventListener("click", () => zoom(state, STEPS[place][1])));
  widths.observe(plot);
}

async function again(figure) {
  const state = live.get(figure);
  await draw(figure, state).catch(() => restore(figure));
}

function restore(figure) {
  live.get(figure)?.parts.box.remove();
  live.delete(figure);
  delete figure.dataset.live;
  for (const picture of figure.querySelectorAll(":scope > picture, :scope > img, :scope > a")) picture.hidden = false;
}

// Everything that says something when it is pointed at, with its middle on the page.
function stops(state) {
  const around = state.parts.inner.getBoundingClientRect();
  const found = [];
  for (const shape of state.parts.inner.querySelectorAll("svg path, svg text")) {
    const words = shape.__data__?.tooltip;
    if (typeof words !== "string" || !words) continue;
    const box = shape.getBoundingClientRect();
    const x = (Math.max(box.left, around.left) + Math.min(box.right, around.right)) / 2;
    const y = box.top + box.height / 2;
    if (box.right > around.left + 1 && box.left < around.right - 1) found.push({ shape, words, x, y });
  }
  return found.sort((a, b) => Math.round(a.y - b.y) || a.x - b.x);
}

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

function key(state, event) {
  const way = WAYS[event.key];
  if (event.key === "Escape") return leave(state);
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if ("+-=0".includes(event.key)) {
    if (zoom(state, event.key === "0" ? null : event.key === "-" ? 1 / ZOOM : ZOOM)) event.preventDefault();
    return;
  }
  if (!way && event.key !== "Home" && event.key !== "End") return;
  const all = stops(state);
  if (!all.length) return;
  event.preventDefault();
  const here = all.find((stop) => stop.shape.__data__ === state.near) ?? null;
  const level = all.filter((stop) => Math.abs(stop.y - (here ?? all[0]).y) < 1);
  const line = level.length > 1 ? level : all;
  if (way && !here) return point(state, all[0]);
  if (event.key === "Home") return point(state, line[0]);
  if (event.key === "End") return point(state, line.at(-1));
  const [right, down] = way;
  const ahead = (stop) => right * (stop.x - here.x) + down * (stop.y - here.y);
  const aside = (stop) => Math.abs(right ? stop.y - here.y : stop.x - here.x);
  const next = all
    .filter((stop) => ahead(stop) > 0.2)
    .reduce((best, stop) => (best && ahead(best) + 4 * aside(best) <= ahead(stop) + 4 * aside(stop) ? best : stop), null);
  const along = all.some((stop) => (right ? Math.abs(stop.x - here.x) : Math.abs(stop.y - here.y)) > 1);
  // where all stand in one line, both pairs of keys go along it
  point(state, next ?? (along ? here : all[all.indexOf(here) + right + down] ?? here));
}

function point(state, stop) {
  const { said, inner, plot } = state.parts;
  inner.querySelector(".is-near")?.classList.remove("is-near");
  stop.shape.classList.add("is-near");
  state.near = stop.shape.__data__;
  said.textContent = stop.words.replaceAll("\n", ", ");
  const place = { bubbles: true, clientX: stop.x, clientY: stop.y };
  if (plot.classList.contains("is-wide")) {
    stop.shape.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = stop.shape.getBoundingClientRect();
    Object.assign(place, { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 });
  }
  stop.shape.dispatchEvent(new PointerEvent("pointermove", place));
}

// A finger does not hover: what it taps, or what is nearest to it, says its value until another place is tapped.
function tap(state, event) {
  if (event.pointerType === "mouse" || event.pointerType === "") return; // a mouse has read it already
  const away = (low, high, at) => Math.max(low - at, 0, at - high);
  const far = ({ shape }) => {
    const box = shape.getBoundingClientRect();
    return Math.hypot(away(box.left, box.right, event.clientX), away(box.top, box.bottom, event.clientY));
  };
  const all = stops(state).map((stop) => [far(stop), stop]);
  // of several below the finger, what is drawn last lies on top
  const nearest = all.reduce((best, one) => (best && best[0] < one[0] ? best : one), null);
  if (nearest) point(state, nearest[1]);
}

function leave(state) {
  state.parts.inner.querySelector(".is-near")?.classList.remove("is-near");
  state.near = null;
  document.getElementById("chart-tooltip")?.classList.remove("visible");
}

// Of plots beside one another, each has its own part of the time.
function zoom(state, by) {
  let any = false;
  for (const name of Object.keys(state.view.getState().signals)) {
    const [, place] = /^zoom(\d*)_(?:left|at)$/.exec(name) ?? [];
    if (place === undefined) continue;
    any = true;
    if (by === null) {
      state.view.signal(name, null);
      continue;
    }
    const [from, to] = state.view.scale(place ? `concat_${place}_x` : "x").domain().map(Number);
    const near = Number(state.near?.datum.from ?? state.near?.datum.at ?? NaN);
    const centre = near >= from && near <= to ? near : (from + to) / 2;
    state.view.signal(name, [centre + (from - centre) * by, centre + (to - centre) * by]);
  }
  if (any) state.view.runAsync();
  return any;
}

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    clearTimeout(target.later);
    target.later = setTimeout(() => {
      const figure = target.closest("figure.chart");
      const state = live.get(figure);
      if (!state || Math.abs(target.clientWidth - state.width) <= 1) return;
      if (state.spec.usermeta?.cells) return again(figure);
      state.width = target.clientWidth;
      state.view.signal("room", room(state)).resize().runAsync().then(() => entitled(state.parts.inner));
    }, PAUSE);
  }
});

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      show(target).catch(() => {
        target.dataset.live = "no";
      });
    }
  },
  { rootMargin: NEAR },
);

const elsewhere = (event) => {
  for (const state of live.values()) if (state.near && !state.parts.box.contains(event.target)) leave(state);
};

const redraw = () => [...live.keys()].forEach(again);

if (OWN?.dataset.chartLibrary) {
  document.querySelectorAll("figure.chart[data-spec]").forEach((figure) => near.observe(figure));
  DARK.addEventListener("change", redraw);
  document.addEventListener("pointerdown", elsewhere);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
