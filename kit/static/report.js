// Pictures in a page that was opened from disk: plotly comes out of the page itself, colours out of its style.
(async () => {
  const plots = [...document.querySelectorAll(".kit-plot")];
  const figures = document.getElementById("kit-figures").textContent;
  const packed = document.getElementById("kit-bundle");
  const config = { displayModeBar: false, showSendToCloud: false, plotlyServerURL: "", doubleClick: false };
  const PAPER = 640; // what an A4 or a Letter page is wide, in pixels, between its margins

  const inflated = async () => {
    if ("plain" in packed.dataset) return packed.textContent; // in a preview, JupyterLab hands it over as it is
    const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };
  const unpack = async () => {
    const script = document.createElement("script");
    script.textContent = await inflated();
    // plotly brings a style sheet for street maps unless one is there. This page draws none, and would turn it away.
    for (const [, id] of script.textContent.matchAll(/getElementById\("([0-9a-f]{64})"\)/g)) {
      document.head.append(Object.assign(document.createElement("style"), { id }));
    }
    document.head.append(script);
    packed.remove();
  };

  const smaller = (trace) => {
    const { marker = {}, line = {} } = trace;
    const size = typeof marker.size === "number" ? { marker: { ...marker, size: marker.size * 0.75 } } : {};
    return { ...trace, ...size, ...(line.width > 4 ? { line: { ...line, width: line.width * 0.75 } } : {}) };
  };
  const fitted = (drawn, width) => {
    const layout = { ...drawn.layout, width };
    if (width >= 560) return { ...drawn, layout };
    const small = (font) => ({ ...font, size: 12 });
    const axes = Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name));
    const fit = axes.map(([name, axis]) => [name, { ...axis, tickfont: small(axis.tickfont), ...(axis.type === "date" ? { nticks: 4 } : {}) }]);
    const { l = 16, r = 16 } = layout.margin ?? {};
    return {
      data: drawn.data.map(smaller),
      layout: { ...layout, ...Object.fromEntries(fit), margin: { ...layout.margin, l: Math.min(l, 96), r: Math.min(r, 16) }, annotations: (layout.annotations ?? []).map((one) => ({ ...one, font: small(one.font) })) },
    };
  };

  const draw = (width) => {
    const style = getComputedStyle(document.body);
    const coloured = figures.replace(/var\((--kit-[a-z]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    return Promise.all(JSON.parse(coloured).map((one, place) => {
      const drawn = fitted(one, width ?? plots[place].clientWidth);
      return window.Plotly.newPlot(plots[place], drawn.data, drawn.layout, config);
    }));
  };
  const onScreen = () => draw();
  const onPaper = (is) => {
    document.body.classList.toggle("kit-light", is);
    if (is) draw(PAPER); else onScreen();
  };

  await unpack();
  plots.forEach((plot) => { plot.hidden = false; });
  await onScreen();
  document.body.dataset.drawn = "1";
  let waiting = 0;
  new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (plots[0].clientWidth !== plots[0]._fullLayout.width && !document.body.classList.contains("kit-light")) onScreen(); }, 120);
  }).observe(plots[0]);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onScreen);
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));
  addEventListener("message", (event) => { if (event.data === "kit-print" && event.source === parent) print(); });
})();
