// Stop-watches that run inside the page, so that no round trip of the browser's driver is measured.
(() => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

  const changes = (node, options, holds) => new Promise((done) => {
    const watch = new MutationObserver(() => { if (holds()) { watch.disconnect(); done(performance.now()); } });
    watch.observe(node, options);
  });

  const says = (node, holds) => changes(node, { subtree: true, childList: true, characterData: true }, () => holds(node.textContent));

  const inView = (node) => {
    const { top, bottom, height } = node.getBoundingClientRect();
    return height > 0 && bottom > 0 && top < window.innerHeight;
  };

  // A panel that is drawn anew gets a new plot: what counts is a drawing in the plots that now stand there.
  const drawings = () => [...document.querySelectorAll(".kit-plot")].filter(inView);

  async function save(word) {
    const panel = document.querySelector(`[data-word=${word}]`);
    const before = new Map(drawings().map((plot) => [plot, plot.dataset.drawn]));
    const pictures = before.size;
    const began = performance.now();
    const said = says(panel, (text) => text.includes("Saved")).then((at) => at - began);
    const drawn = changes(document.body, { subtree: true, attributeFilter: ["data-drawn"] }, () => {
      const now = drawings();
      return now.length >= pictures && now.every((plot) => plot.dataset.drawn && plot.dataset.drawn !== before.get(plot));
    }).then(painted).then(() => performance.now() - began);
    panel.querySelector(".kit-saving .kit-main").click();
    return { said: await said, painted: await drawn, pictures };
  }

  async function retitle() {
    const plot = document.querySelector(".js-plotly-plot");
    const began = performance.now();
    const drawn = new Promise((done) => plot.once("plotly_afterplot", done)).then(painted).then(() => performance.now() - began);
    document.querySelector(".jupyter-button.retitle").click();
    return { painted: await drawn };
  }

  async function relabel() {
    const label = document.querySelector(".widget-label.relabel");
    const before = label.textContent;
    const began = performance.now();
    const said = says(label, (text) => text !== before).then((at) => at - began);
    document.querySelector(".jupyter-button.relabel").click();
    return { said: await said };
  }

  window.kitBench = { save, retitle, relabel };
})();
