// A page as its reader will see it, in a frame of its own: its own policy holds there, and nothing reaches out of it.

// plotly is handed to the frame as text: the frame itself may fetch nothing.
const plotlyText = () => (window.kitPlotlyText ??= fetch(`${pageConfig().baseUrl ?? "/"}kit/plotly.min.js`, { credentials: "same-origin" })
  .then((answer) => (answer.ok ? answer.text() : "")).catch(() => ""));

BLOCKS.preview = (block) => {
  const drawn = block.html.includes('id="kit-bundle"');
  const frame = make("iframe", { className: "kit-preview", title: block.title });
  // Either its scripts run, or this page may ask it to print itself: never both.
  frame.setAttribute("sandbox", drawn ? "allow-scripts allow-modals" : "allow-same-origin allow-modals");
  const fill = (text) => { frame.srcdoc = block.html.replace('id="kit-bundle">', () => `id="kit-bundle" data-plain>${text}`); };
  if (drawn) plotlyText().then(fill); else fill("");
  const print = () => (drawn ? frame.contentWindow.postMessage("kit-print", "*") : frame.contentWindow.print());
  const button = make("button", { type: "button", onclick: print }, block.print);
  return make("div", { className: "kit-previewed" }, make("p", { className: "kit-help" }, block.title), frame,
    make("div", { className: "kit-row kit-buttons" }, button));
};
