// A picture that lives: plotly's own figure from a plain dictionary, drawn anew in place when it changes.

const pageConfig = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}");

// Plotly's bundle is served by the kit's own part of the Jupyter server, once for all pictures of the page.
const plotly = () => (window.kitPlotly ??= new Promise((resolve, reject) => {
  const script = document.createElement("script");
  script.src = `${pageConfig().baseUrl ?? "/"}kit/plotly.min.js`;
  script.onload = () => resolve(window.Plotly);
  script.onerror = reject;
  document.head.append(script);
}));

// The ring round what was noted just now; without a place it cannot be seen, and no trace comes or goes for it.
const RING = "just noted";
const isNoted = ({ name, x }) => name === RING && x[0] !== null;
const withoutRing = ({ data, layout }) => ({ layout, data: data.map((trace) => (trace.name === RING ? { ...trace, x: [null], y: [null] } : trace)) });

// Axes that say from where to where they reach do not move with the points.
const holdsStill = ({ data, layout }) => data.every(({ type, xaxis = "x", yaxis = "y" }) => type === "scatter"
  && [xaxis, yaxis].every((name) => layout[name.replace(/^./, "$&axis")]?.range));

// Where only points came or went, plotly draws the traces that they belong to: no axis, no label, no other trace.
function drawInto(plot, library) {
  const colours = colouring(plot), coloured = (part) => colours(JSON.stringify(part));
  let shown = null;
  const frame = ({ x, y, hovertext, marker, ...trace }) => ({ ...trace, marker: { ...marker, size: null } });
  const told = ({ data, layout }) => ({ traces: data.map((trace) => JSON.stringify(trace)), frame: JSON.stringify([data.map(frame), layout]) });
  return async (figure, drawn) => {
    const was = shown, now = shown = told(figure);
    if (was?.frame !== now.frame || !holdsStill(figure)) {
      await library.react(plot, coloured(figure.data), coloured(figure.layout), { ...CONFIG, responsive: true });
      drawn();
      return;
    }
    const last = (trace, place) => figure.data.findLastIndex(({ yaxis }) => yaxis === trace.yaxis) === place; // an axis without any is emptied
    const traces = [...figure.data.keys()].filter((place) => was.traces[place] !== now.traces[place] || last(figure.data[place], place));
    const moved = { data: coloured(traces.map((place) => figure.data[place])), traces };
    plot.once("plotly_transitioning", () => queueMicrotask(drawn)); // said just before it draws, all at once; the animation ends a frame later
    await library.animate(plot, moved, { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: false } });
  };
}

function tableNode(drawn) {
  const cell = (tag) => (words) => { const node = document.createElement(tag); node.textContent = words; return node; };
  const row = (tag, cells) => { const node = document.createElement("tr"); node.append(...cells.map(cell(tag))); return node; };
  const table = () => {
    const node = document.createElement("table");
    node.append(row("th", drawn.columns), ...drawn.rows.map((cells) => row("td", cells)));
    return node;
  };
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = drawn.table_label;
  const scroll = document.createElement("div");
  scroll.className = "kit-scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", drawn.table_label);
  details.append(summary, scroll);
  details.ontoggle = () => scroll.replaceChildren(...(details.open ? [table()] : []));
  return details;
}

function showPicture(model, holder) {
  const sentence = document.createElement("p");
  sentence.className = "kit-sentence";
  const plot = document.createElement("div");
  plot.className = "kit-plot";
  const table = document.createElement("div");
  holder.append(sentence, plot, table);
  let stale = true, near = false, calm = null, open = false, into = null, drawing = Promise.resolve();

  const draw = async () => {
    if (!near || !stale) return;
    stale = false;
    clearTimeout(calm);
    const drawn = model.get("drawn");
    sentence.textContent = drawn.sentence ?? "";
    plot.setAttribute("role", "img"); // together with its words: until then there is no picture to be read
    plot.setAttribute("aria-label", drawn.sentence ?? "");
    plot.hidden = !drawn.data?.length;
    open = table.firstChild?.open ?? open;
    table.replaceChildren(...(drawn.rows?.length ? [tableNode(drawn)] : []));
    if (table.firstChild) table.firstChild.open = open;
    if (plot.hidden) return;
    into ??= drawInto(plot, await plotly());
    await into(drawn, () => { plot.dataset.drawn = String(Number(plot.dataset.drawn ?? 0) + 1); });
    if (drawn.data.some(isNoted)) calm = setTimeout(() => inTurn(() => into(withoutRing(drawn), () => {})), 1000);
  };
  const inTurn = (next) => { drawing = drawing.catch(() => {}).then(next); };
  const changed = () => { stale = true; inTurn(draw); };
  // The notebook's side draws first what can be seen; one picture can stand beside several forms.
  const comes = (now) => {
    if (now === near) return;
    near = now;
    model.kitSeen = (model.kitSeen ?? 0) + (now ? 1 : -1);
    if (model.get("near") === model.kitSeen > 0) return;
    model.set("near", model.kitSeen > 0);
    model.save_changes();
  };
  const watch = new IntersectionObserver((seen) => { comes(seen.some((one) => one.isIntersecting)); inTurn(draw); }, { rootMargin: "300px" });
  const theme = new MutationObserver(() => { into = null; changed(); });
  watch.observe(holder);
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  model.on("change:drawn", changed);
  return () => { comes(false); watch.disconnect(); theme.disconnect(); model.off("change:drawn", changed); clearTimeout(calm); window.Plotly?.purge(plot); };
}
