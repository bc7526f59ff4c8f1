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

  async function follow(press) {
    const plot = document.querySelector(".js-plotly-plot");
    const began = performance.now();
    const drawn = new Promise((done) => plot.once("plotly_afterplot", done)).then(painted).then(() => performance.now() - began);
    document.querySelector(`.jupyter-button.${press}`).click();
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

  // What goes to the kernel and comes from it, with its time. Messages are binary, but their words can be found.
  const heard = [];
  const words = (data) => (typeof data === "string" ? data : new TextDecoder("latin1").decode(data));
  const note = (way, data) => {
    const text = words(data);
    const kind = text.match(/"msg_type": ?"(\w+)"/)?.[1];
    const ids = [...text.matchAll(/"msg_id": ?"([^"]+)"/g)].map((found) => found[1]);
    heard.push({ way, kind, ids, idle: /"execution_state": ?"idle"/.test(text), at: performance.now() });
  };
  window.WebSocket = class extends window.WebSocket {
    constructor(...given) {
      super(...given);
      if (/\/channels/.test(given[0])) this.addEventListener("message", ({ data }) => note("in", data));
    }
    send(data) {
      if (/\/channels/.test(this.url)) note("out", data);
      super.send(data);
    }
  };

  const when = (found) => new Promise((done) => {
    const look = () => { const one = found(); if (one) done(one); else setTimeout(look, 4); };
    look();
  });

  // A key is pressed in the first field as soon as it is there; it has arrived when the kernel is idle again for it.
  async function first() {
    const field = await when(() => document.querySelector(".jp-OutputArea-output input[type=text]"));
    const shown = performance.now();
    const before = heard.length;
    field.focus();
    field.value = "K";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const sent = await when(() => heard.slice(before).find((one) => one.way === "out" && one.kind === "comm_msg"));
    const idle = await when(() => heard.find((one) => one.way === "in" && one.idle && one.ids.some((id) => sent.ids.includes(id))));
    const ready = heard.find((one) => one.way === "in" && one.kind === "kernel_info_reply").at;
    return { shown: (shown - ready) / 1000, reached: (idle.at - ready) / 1000, whole: idle.at / 1000 };
  }

  window.kitBench = { save, follow, relabel, first };
})();
