// The journey picture: plotly from the room itself, colours from its style, nothing from elsewhere.
(async () => {
  const plot = document.getElementById("plot");
  const figure = document.getElementById("figure");
  if (!plot || !figure) return;
  const source = "/files/plotly.min.js";
  withoutMaps(await (await fetch(source)).text());
  await new Promise((go, no) => { document.head.append(Object.assign(document.createElement("script"), { src: source, onload: go, onerror: no })); });
  plot.hidden = false;
  const draw = () => {
    const width = plot.clientWidth;
    const { data, layout } = fitted(colouring(document.body)(figure.textContent), width);
    return window.Plotly.newPlot(plot, data, layout, { ...CONFIG, staticPlot: width < 560 });
  };
  await draw();
  document.body.dataset.drawn = "1";
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
