// Draws a panel from what the notebook's side hands over, and hands back what is typed and pressed.

const DRAFT_EVERY = 400; // milliseconds: at least this often while somebody types, and after the last key

function draftsOf(send) {
  let waiting = null, last = 0;
  const now = () => { clearTimeout(waiting); waiting = null; last = Date.now(); send(); };
  const soon = () => {
    if (waiting) return;
    waiting = setTimeout(now, Math.max(0, Math.min(DRAFT_EVERY, last + DRAFT_EVERY - Date.now())));
  };
  return { soon, now, flush: () => { if (waiting) now(); } };
}

function fieldNode(form, field, page) {
  const typed = page.typed[form.key];
  const key = `${form.key}.${field.name}`;
  const changed = (value, now) => {
    typed[field.name] = value;
    page.followers.forEach((follow) => follow());
    page.say(key, "");
    if (now) page.drafts.now(); else page.drafts.soon();
  };
  // The beginning of something of one's own is part of the draft too, under a name that no field has.
  const halfway = (text) => { typed[`+${field.name}`] = text; page.drafts.soon(); };
  const half = typed[`+${field.name}`] ?? "";
  const input = INPUTS[field.kind]({ ...field, half, halfway }, typed[field.name], changed, () => typed);
  if (input.follow) page.followers.push(input.follow);
  const main = input.matches("input, textarea") ? input : input.querySelector("input[type=date], input[type=number]");
  const id = `kit-${page.word}-${key}-${page.serial}`.replaceAll(".", "-");
  if (main) main.id = id;
  const label = field.kind === "flag" ? null
    : make(main ? "label" : "span", { className: "kit-label", ...(main ? { htmlFor: id } : {}) }, field.label);
  const help = field.help ? make("span", { className: "kit-help", id: `${id}-help` }, field.help) : null;
  const problem = make("p", { className: "kit-problem", role: "alert", id: `${id}-problem` });
  if (main) main.setAttribute("aria-describedby", `${help ? help.id : ""} ${problem.id}`.trim());
  page.problems[key] = { problem, focus: main ?? input.querySelector("button, input"), details: null };
  const elsewhere = field.elsewhere ? make("p", { className: "kit-elsewhere", id: `${id}-elsewhere` }, field.elsewhere) : null;
  if (main && elsewhere) main.setAttribute("aria-describedby", `${main.getAttribute("aria-describedby")} ${elsewhere.id}`);
  return make("div", { className: "kit-field", "data-field": key }, label, help, input, elsewhere, problem);
}

// What somebody typed after the notebook's side last heard of it: a panel that is drawn anew meanwhile keeps it.
function typedSince(key, page) {
  const typed = Object.entries(page.earlier?.typed[key] ?? {});
  const drawn = page.earlier?.drawn[key] ?? {};
  return Object.fromEntries(typed.filter(([name, value]) => !sameOption(value, drawn[name])));
}

function formNode(form, page) {
  page.drawn[form.key] = form.values;
  page.typed[form.key] = { ...form.values, ...typedSince(form.key, page) };
  const fields = form.fields.map((field) => [field, fieldNode(form, { ...field, words: page.words }, page)]);
  const first = fields.filter(([field]) => !field.more).map(([, node]) => node);
  const more = fields.filter(([field]) => field.more);
  const node = make("fieldset", { className: "kit-form" });
  if (form.title) node.append(make("legend", {}, form.title));
  if (form.enter) node.onkeydown = (event) => { if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); page.save.click(); } };
  node.append(...first);
  if (more.length) {
    const key = `more-${form.key}`;
    const details = make("details", { open: page.opened[key] ?? form.open }, make("summary", {}, form.more_label), ...more.map(([, one]) => one));
    details.ontoggle = () => { page.opened[key] = details.open; growAll(details); };
    more.forEach(([field]) => { page.problems[`${form.key}.${field.name}`].details = details; });
    node.append(details);
  }
  const aloud = form.aloud ? make("p", { className: "kit-aloud", role: "status" }) : null;
  if (aloud) {
    const follow = () => {
      const values = page.typed[form.key];
      const parts = form.aloud.parts.map((name) => (values[name] ?? "").trim());
      aloud.textContent = parts.every(Boolean) ? form.aloud.sentence.replace(/\{(\d)\}/g, (_, place) => parts[place]) : "";
    };
    page.followers.push(follow);
    follow();
    node.append(aloud);
  }
  return node;
}

const buttonNode = (item, page) => make("button", {
  type: "button", className: item.looks ? `kit-${item.looks}` : "", "data-press": JSON.stringify([item.do, item.with ?? null]),
  ...(item.pressed === undefined ? {} : { "aria-pressed": String(item.pressed) }),
  ...(item.open === undefined ? {} : { "aria-expanded": String(item.open) }),
  ...(item.about ? { "aria-label": `${item.label}: ${item.about}` } : {}),
  onclick: () => { page.drafts.flush(); page.send({ do: item.do, with: item.with ?? null, typed: page.typed }); },
}, item.label);

// What an entry was and what it was from then on; the words that differ are marked.
const formsNode = ({ heads, rows }) => make("dl", { className: "kit-forms" }, ...rows.flatMap(([label, ...forms]) => [
  make("dt", {}, label),
  ...forms.map((parts, place) => parts && make("dd", {}, forms[1] ? make("span", { className: "kit-help" }, heads[place]) : null,
    make("span", {}, ...parts.flatMap(([words, differs], n) => [n ? " " : null, differs ? make("mark", {}, words) : words])))),
]));

function copyNode(item, page) {
  const button = make("button", { type: "button", className: "kit-plain" }, item.label || page.words.copy);
  button.onclick = () => navigator.clipboard.writeText(item.copy).then(() => { button.textContent = page.words.copied; });
  return button;
}

const BLOCKS = {
  text: (block) => make("p", { className: `kit-tone-${block.tone || "plain"}` }, block.text),
  heading: (block) => make(block.top ? "h2" : "h3", {}, block.text),
  line: (block, page) => make("div", { className: "kit-one-line" }, make("div", { className: "kit-row" }, make("p", {}, block.text), buttonNode(block.button, page))),
  form: formNode,
  buttons: (block, page) => make("div", { className: `kit-row kit-buttons ${block.looks ? `kit-${block.looks}` : ""}` }, ...block.items.map((item) => buttonNode(item, page))),
  list: (block, page) => (block.items.length
    ? make("ul", { className: "kit-list" }, ...block.items.map((item) => make("li", { "data-id": item.id ?? "" },
      make("div", { className: "kit-row" }, ...(item.buttons ?? []).map((button) => buttonNode(button, page))),
      item.title ? make("strong", {}, item.title) : null, item.meta ? make("span", { className: "kit-help" }, item.meta) : null,
      ...(item.lines ?? []).map((line) => make("p", {}, line)), item.forms?.rows?.length ? formsNode(item.forms) : null,
      ...(item.blocks ?? []).map((block) => BLOCKS[block.is](block, page)))))
    : make("p", { className: "kit-tone-quiet" }, block.empty)),
  progress: (block) => make("div", { className: "kit-progress" },
    make("progress", { max: block.of, value: block.at, ariaLabel: block.text }), make("span", { role: "status" }, block.text)),
  card: (block) => make("section", { className: "kit-card", "aria-label": block.title }, make("h3", {}, block.title),
    make("dl", {}, ...block.rows.flatMap(([name, words]) => [make("dt", {}, name), make("dd", {}, words)]))),
  // Opened by the page alone: it must be there when the notebook's other side is not.
  fold: (block, page) => {
    const inner = make("div", { hidden: !(page.opened[block.label] ?? block.open) }, ...block.blocks.map((one) => BLOCKS[one.is](one, page)));
    const button = make("button", { type: "button", "aria-expanded": String(!inner.hidden), "data-opens": "" }, block.label);
    button.onclick = () => {
      inner.hidden = !inner.hidden;
      page.opened[block.label] = !inner.hidden;
      growAll(inner);
      button.setAttribute("aria-expanded", String(!inner.hidden));
    };
    const line = block.text ? make("p", {}, block.text) : null;
    return make("div", { className: line ? "kit-one-line" : `kit-${block.looks ?? "fold"}` }, make("div", { className: "kit-row", style: "margin: 0 0 14px" }, line, button), inner);
  },
  door: doorNode,
  code: (block) => make("div", { className: "kit-code" },
    make("img", { src: block.src.startsWith("data:image/") ? block.src : "", alt: block.label }),
    make("div", {}, ...block.lines.map((line) => make("p", {}, line)))),
  links: (block, page) => make("div", { className: "kit-row kit-buttons" }, ...block.items.map((item) => (item.copy ? copyNode(item, page)
    : make("a", { className: `kit-${item.looks || "link"}`, href: /^https?:\/\//.test(item.href) ? item.href : "", target: "_blank", rel: "noopener noreferrer" }, item.label)))),
  words: (block) => make("ul", { className: `kit-words kit-of-${block.looks}` }, ...block.words.map((word) => make("li", { dir: "auto" }, word))),
  save: (block, page) => {
    const save = make("button", { type: "button", className: "kit-main", "data-press": "save", hidden: !block.label, onclick: () => page.send({ do: "save", typed: page.typed }) }, block.label);
    page.save = save;
    page.said = make("span", { className: "kit-said", role: "status" });
    page.undo = make("button", { type: "button", className: "kit-plain", "data-press": "undo", hidden: true, onclick: () => page.send({ do: "undo" }) }, page.words.undo);
    page.kept = make("span", { className: "kit-kept" });
    return make("div", { className: "kit-saving" }, save, page.said, page.undo, page.kept);
  },
};

// Where the keyboard is, in words that still hold once the panel is drawn anew.
function placeIn(root) {
  const node = document.activeElement;
  if (!root.contains(node)) return null;
  return { node, field: node.closest("[data-field]")?.dataset.field, press: node.dataset.press };
}

function backTo(place, root, page) {
  const pressed = (press) => [...root.querySelectorAll("[data-press]")].find((one) => press && one.dataset.press === press && !one.hidden);
  const first = () => place.press && (Object.values(page.problems)[0]?.focus ?? pressed("undo"));
  const kept = root.contains(place.node) ? place.node : null;
  const found = kept ?? page.problems[place.field]?.focus ?? pressed(place.press) ?? first();
  if (found || !root.matches(".kit-quiet, .kit-waits")) return (found ?? root).focus({ preventScroll: true });
  // A panel that has just closed hands the keyboard on to where somebody is chosen.
  const door = document.querySelector("[data-word=choose_client], [data-word=prepare]") ?? root;
  door.focus({ preventScroll: true });
  door.scrollIntoView({ block: door.offsetHeight > innerHeight / 2 ? "start" : "center" });
}

let serial = 0;

async function render({ model, el }) {
  const root = make("section", { className: "kit-panel", tabIndex: -1, "data-word": model.get("word") });
  // JupyterLab's own keys (Enter, D, M ...) must not reach past a button of ours.
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(root);
  const page = { word: model.get("word"), opened: {}, send: (message) => model.send(message) };
  page.drafts = draftsOf(() => model.send({ do: "draft", typed: page.typed }));
  page.say = (key, sentence) => { const found = page.problems[key]; if (found) found.problem.textContent = sentence; };
  let shown = null;

  // A practice that was locked is gone from all pages at once, those too that the notebook's side is still filling:
  // nothing is shown of what was opened with a key before the press.
  const locks = new BroadcastChannel("kit-locked");
  const curtain = new BroadcastChannel("kit-curtain");
  let [locked, drawn] = [0, 0];
  const isGone = (view) => view.keyed && (view.keyed < locked || (view.alone && view.keyed < drawn));
  const clear = () => { if (isGone(model.get("view"))) root.replaceChildren(); };
  locks.onmessage = ({ data }) => { locked = data; clear(); };
  curtain.onmessage = ({ data }) => { drawn = data; clear(); };

  // A page for two that comes into view empties, on all pages, what is for the coach alone.
  const seen = () => {
    if (!model.get("view").for_two || document.hidden || !root.offsetWidth) return;
    curtain.postMessage(Date.now());
    model.send({ do: "seen" });
  };

  const status = () => {
    const told = model.get("status");
    if (page.said) page.said.textContent = told.said ?? "";
    const leaving = !told.undo && page.undo && document.activeElement === page.undo;
    if (page.undo) page.undo.hidden = !told.undo;
    if (leaving) (page.save.hidden ? root : page.save).focus({ preventScroll: true });
    if (page.kept) page.kept.textContent = told.kept ?? "";
    Object.values(page.problems).forEach(({ problem }) => { problem.textContent = ""; });
    const named = Object.entries(told.problems ?? {});
    named.forEach(([key, sentence]) => page.say(key, sentence));
    const first = named.map(([key]) => page.problems[key]).find(Boolean);
    return first;
  };
  // Only when it is said: drawing anew later must not call the keyboard back from another panel.
  const hear = () => {
    const first = status();
    if (first?.details) first.details.open = true;
    first?.focus?.focus();
  };

  // The picture stays where it is while the form beside it is drawn anew: nothing flashes, nothing jumps.
  const pictureNode = (pictures) => {
    const key = pictures.map((one) => one.model_id).join(" ");
    if (shown?.key === key) return shown.holder;
    shown?.end();
    const holders = pictures.map(() => make("div", { className: "kit-picture" }));
    const ends = pictures.map((one, place) => showPicture(one, holders[place]));
    shown = key ? { key, holder: make("div", { className: "kit-pictures" }, ...holders), end: () => ends.forEach((end) => end()) } : null;
    return shown?.holder ?? null;
  };

  const draw = async () => {
    const view = model.get("view");
    const named = view.picture ? model.get("pictures") : [];
    const pictures = await Promise.all(named.map((one) => model.widget_manager.get_model(one.slice("IPY_MODEL_".length))));
    if (view !== model.get("view") || isGone(view)) return; // a later one is drawn instead
    const place = placeIn(root);
    const begins = view.for_two && !page.for_two;
    const earlier = page.turn === view.turn ? { typed: page.typed ?? {}, drawn: page.drawn ?? {} } : null;
    Object.assign(page, { earlier, turn: view.turn, for_two: view.for_two, typed: {}, drawn: {}, problems: {}, followers: [], words: view.words ?? {}, said: null, undo: null, kept: null, serial: (serial += 1) });
    root.className = `kit-panel ${view.looks ? `kit-${view.looks}` : ""} ${view.picture ? "kit-wide" : ""}`;
    root.toggleAttribute("data-somebody", Boolean(view.somebody));
    if (view.label) root.setAttribute("aria-label", view.label);
    const left = make("div", {}, ...(view.blocks ?? []).map((block) => BLOCKS[block.is](block, page)));
    const columns = make("div", { className: `kit-columns ${view.picture === "beside" ? "kit-two" : ""}` });
    columns.append(...[left.childNodes.length ? left : null, pictureNode(pictures)].filter(Boolean));
    root.replaceChildren(columns);
    growAll(root);
    status();
    if (place) backTo(place, root, page);
    if (begins) seen();
  };

  let width = 0;
  const sized = new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    if (!width) seen();
    width = root.clientWidth;
    requestAnimationFrame(() => growAll(root));
  });
  sized.observe(root);
  const flush = () => page.drafts.flush();
  root.addEventListener("focusout", flush);
  const gone = new AbortController();
  window.addEventListener("pagehide", flush, { signal: gone.signal });
  window.addEventListener("focus", seen, { signal: gone.signal });
  document.addEventListener("visibilitychange", seen, { signal: gone.signal });
  // The second half of a double click, or a key held down, presses nothing twice.
  const once = (event) => {
    const again = event.type === "click" ? event.detail > 1 : event.repeat && ["Enter", " "].includes(event.key);
    if (!again || !event.target.closest("[data-press]")) return;
    event.preventDefault();
    event.stopPropagation();
  };
  root.addEventListener("click", once, true);
  root.addEventListener("keydown", once, true);
  model.on("change:view", draw);
  model.on("change:status", hear);
  await draw();
  (window.requestIdleCallback ?? setTimeout)(() => plotly().catch(() => {})); // so that the first picture need not wait for it
  return () => { flush(); sized.disconnect(); gone.abort(); locks.close(); curtain.close(); shown?.end(); };
}

export default { render };
