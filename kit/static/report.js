// Pictures in a page that was opened from disk: plotly comes out of the page itself, colours out of its style.
(async () => {
  const plots = [...document.querySelectorAll(".kit-plot")];
  const figures = document.getElementById("kit-figures").textContent;
  const packed = document.getElementById("kit-bundle");
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
    withoutMaps(script.textContent);
    document.head.append(script);
    packed.remove();
  };

  const draw = (width) => Promise.all(colouring(document.body)(figures).map((one, place) => {
    const { data, layout } = fitted(one, width ?? plots[place].clientWidth);
    return window.Plotly.newPlot(plots[place], data, layout, CONFIG);
  }));
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
