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

// Colours are named in the figure and live in one style sheet: "var(--kit-spark)" becomes what the theme says.
const coloured = (figure, node) => {
  const style = getComputedStyle(node), said = {};
  const colour = (_, name) => (said[name] ??= style.getPropertyValue(name).trim());
  return JSON.parse(JSON.stringify(figure).replace(/var\((--kit-[a-z]+)\)/g, colour));
};

const CONFIG = { displayModeBar: false, responsive: true, showSendToCloud: false, plotlyServerURL: "", doubleClick: false };

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
  scroll.setAttribute("role", "region");
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
  plot.setAttribute("role", "img");
  const table = document.createElement("div");
  holder.append(sentence, plot, table);
  let stale = true, near = false, calm = null, open = false;

  const draw = async () => {
    if (!near || !stale) return;
    stale = false;
    const drawn = model.get("drawn");
    sentence.textContent = drawn.sentence ?? "";
    plot.setAttribute("aria-label", drawn.sentence ?? "");
    plot.hidden = !drawn.data?.length;
    open = table.firstChild?.open ?? open;
    table.replaceChildren(...(drawn.rows?.length ? [tableNode(drawn)] : []));
    if (table.firstChild) table.firstChild.open = open;
    if (plot.hidden) return;
    const library = await plotly();
    const figure = coloured({ data: drawn.data, layout: drawn.layout }, holder);
    const quiet = figure.data.filter((trace) => trace.name !== "just noted");
    await library.react(plot, figure.data, figure.layout, CONFIG);
    plot.dataset.drawn = String(Number(plot.dataset.drawn ?? 0) + 1);
    clearTimeout(calm);
    if (quiet.length < figure.data.length) calm = setTimeout(() => library.react(plot, quiet, figure.layout, CONFIG), 1000);
  };
  const changed = () => { stale = true; draw(); };
  // The notebook's side draws first what can be seen; one picture can stand beside several forms.
  const comes = (now) => {
    if (now === near) return;
    near = now;
    model.kitSeen = (model.kitSeen ?? 0) + (now ? 1 : -1);
    if (model.get("near") === model.kitSeen > 0) return;
    model.set("near", model.kitSeen > 0);
    model.save_changes();
  };
  const watch = new IntersectionObserver((seen) => { comes(seen.some((one) => one.isIntersecting)); draw(); }, { rootMargin: "300px" });
  const theme = new MutationObserver(changed);
  watch.observe(holder);
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  model.on("change:drawn", changed);
  return () => { comes(false); watch.disconnect(); theme.disconnect(); model.off("change:drawn", changed); clearTimeout(calm); window.Plotly?.purge(plot); };
}
