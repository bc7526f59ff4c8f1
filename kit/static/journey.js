// The journey picture: plotly from the room itself, colours from its style, nothing from elsewhere.
(async () => {
  const plot = document.getElementById("plot");
  const figure = document.getElementById("figure");
  if (!plot || !figure) return;
  const source = "/files/plotly.min.js";
  const script = await (await fetch(source)).text();
  // plotly brings a style sheet for street maps unless one is there. This page draws none, and would turn it away.
  for (const [, id] of script.matchAll(/getElementById\("([0-9a-f]{64})"\)/g)) document.head.append(Object.assign(document.createElement("style"), { id }));
  await new Promise((go, no) => { document.head.append(Object.assign(document.createElement("script"), { src: source, onload: go, onerror: no })); });
  plot.hidden = false;
  const draw = () => {
    const style = getComputedStyle(document.body);
    const { data, layout } = JSON.parse(figure.textContent.replace(/var\((--kit-[a-z]+)\)/g, (_, name) => style.getPropertyValue(name).trim()));
    const width = plot.clientWidth, small = width < 560;
    const axes = small ? Object.fromEntries(Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name)).map(([name, axis]) => [name, { ...axis, tickfont: { ...axis.tickfont, size: 12 }, ...(axis.type === "date" ? { nticks: 4 } : {}) }])) : {};
    const { l = 16, r = 16 } = layout.margin ?? {};
    const margin = small ? { ...layout.margin, l: Math.min(l, 96), r: Math.min(r, 16) } : layout.margin;
    return window.Plotly.newPlot(plot, data, { ...layout, ...axes, margin, width }, { displayModeBar: false, showSendToCloud: false, plotlyServerURL: "", doubleClick: false, staticPlot: small });
  };
  await draw();
  document.body.dataset.drawn = "1";
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
