// What all pages do alike that draw pictures with plotly.

const CONFIG = { displayModeBar: false, showSendToCloud: false, plotlyServerURL: "", doubleClick: false };

// Colours are named in a figure and live in one style sheet: "var(--kit-spark)" becomes what the page's style says.
function colouring(node) {
  const style = getComputedStyle(node), said = {};
  const colour = (_, name) => (said[name] ??= style.getPropertyValue(name).trim());
  return (text) => JSON.parse(text.replace(/var\((--kit-[a-z]+)\)/g, colour));
}

// plotly brings a style sheet for street maps unless one is there. No page draws any, and its policy would turn it away.
function withoutMaps(script) {
  for (const [, id] of script.matchAll(/getElementById\("([0-9a-f]{64})"\)/g)) document.head.append(Object.assign(document.createElement("style"), { id }));
}

const smaller = (trace) => {
  const { marker = {}, line = {} } = trace;
  const size = typeof marker.size === "number" ? { marker: { ...marker, size: marker.size * 0.75 } } : {};
  return { ...trace, ...size, ...(line.width > 4 ? { line: { ...line, width: line.width * 0.75 } } : {}) };
};

// A figure for a page of this width in pixels; on a phone with smaller marks and letters, and fewer dates.
function fitted({ data, layout }, width) {
  if (width >= 560) return { data, layout: { ...layout, width } };
  const small = (font) => ({ ...font, size: 12 });
  const axes = Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name))
    .map(([name, axis]) => [name, { ...axis, tickfont: small(axis.tickfont), ...(axis.type === "date" ? { nticks: 4 } : {}) }]);
  const { l = 16, r = 16 } = layout.margin ?? {};
  const margin = { ...layout.margin, l: Math.min(l, 96), r: Math.min(r, 16) };
  const annotations = (layout.annotations ?? []).map((one) => ({ ...one, font: small(one.font) }));
  return { data: data.map(smaller), layout: { ...layout, ...Object.fromEntries(axes), margin, annotations, width } };
}
