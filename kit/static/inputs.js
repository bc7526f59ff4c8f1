// One input for each kind of field. Each is made by INPUTS[kind](field, value, changed) and returns a node;
// `changed(value, now)` hands the value on, at once when `now` is true.

const make = (tag, properties = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value; else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

// A box grows with what is typed. Most browsers do that by themselves; for the others all boxes are measured at once,
// because each look at a height lays out the whole page.
const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");
const grow = (areas) => {
  if (GROWS_BY_ITSELF) return;
  areas.forEach((area) => { area.style.height = "auto"; });
  const heights = areas.map((area) => area.scrollHeight);
  areas.forEach((area, place) => { if (heights[place]) area.style.height = `${heights[place] + 2}px`; }); // unseen: none yet
};
const growAll = (node) => grow([...node.querySelectorAll("textarea")]);

// What a browser, or something added to it, would do with words: keep them for the next form or the next start, or send
// them to be checked or continued.
const KEPT_NOWHERE = { autocomplete: "off", spellcheck: false, writingsuggestions: "false", "data-gramm": "false" };

function textInput(field, value, changed) {
  const input = field.lines > 1
    ? make("textarea", { ...KEPT_NOWHERE, rows: field.lines, style: `min-height: calc(${field.lines}lh + 20px)` }) : make("input", { ...KEPT_NOWHERE, type: "text" });
  input.value = value ?? "";
  input.oninput = () => { if (field.lines > 1) grow([input]); changed(input.value); };
  return input;
}

function textsInput(field, value, changed) {
  const lines = Array.from({ length: field.most }, (_, place) => (value ?? [])[place] ?? "");
  const named = (place) => field.slots[place] ?? `${field.label} ${place + 1}`;
  const input = (place) => make("input", {
    ...KEPT_NOWHERE, type: "text", value: lines[place], "aria-label": named(place), title: named(place),
    oninput: (event) => {
      lines[place] = event.target.value;
      changed(field.slots.length ? [...lines] : lines.filter((line) => line.trim()));
    },
  });
  const rows = lines.map((_, place) => make("div", { style: "margin-bottom: 8px" },
    field.slots.length ? make("span", { className: "kit-help", "aria-hidden": "true" }, field.slots[place]) : null, input(place)));
  return make("div", {}, ...rows);
}

// A row of radio buttons: one stop for Tab, arrows move and choose, Delete or the chosen one again empties it.
function radios(field, options, className, value, changed) {
  const group = make("div", { className, role: "radiogroup", "aria-label": field.label });
  const buttons = options.map(([option, words]) => make("button", { type: "button", role: "radio" }, words));
  const show = (chosen) => {
    const place = options.findIndex(([option]) => option === chosen);
    buttons.forEach((button, index) => {
      button.setAttribute("aria-checked", String(index === place));
      button.tabIndex = index === Math.max(place, 0) ? 0 : -1;
    });
  };
  const choose = (chosen) => { value = chosen; show(chosen); changed(chosen, true); };
  buttons.forEach((button, place) => {
    button.onclick = () => choose(value === options[place][0] ? null : options[place][0]);
    button.onkeydown = (event) => {
      const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Delete" || event.key === "Backspace") choose(null);
      if (!move) return;
      event.preventDefault();
      const next = (place + move + options.length) % options.length;
      choose(options[next][0]);
      buttons[next].focus();
    };
  });
  show(value);
  group.append(...buttons);
  group.choose = choose;
  return group;
}

function ratingInput(field, value, changed) {
  const ask = make("p", { className: "kit-help", role: "status" });
  const say = (chosen) => {
    const found = field.asks.find(([low, high]) => chosen !== null && chosen >= low && chosen <= high);
    ask.textContent = found ? found[2] : "";
    ask.hidden = !found;
  };
  const options = Array.from({ length: field.most + 1 }, (_, number) => [number, String(number)]);
  const skip = make("button", { type: "button", className: "kit-plain" }, field.words.skip);
  skip.setAttribute("aria-label", `${field.words.skip}: ${field.label}`);
  const scale = radios(field, options, "kit-scale", value ?? null, (chosen, now) => { say(chosen); changed(chosen, now); });
  skip.onclick = () => scale.choose(null);
  say(value ?? null);
  const ends = make("div", { className: "kit-ends" }, make("span", {}, field.ends[0]), skip, make("span", {}, field.ends[1]));
  return make("div", {}, scale, ends, ask);
}

const choiceInput = (field, value, changed) => radios(field, field.choices, "kit-chips", value ?? null, (chosen) => changed(chosen, true));

function adder(field, add) {
  const input = make("input", { ...KEPT_NOWHERE, type: "text", "aria-label": `${field.words.own}: ${field.label}`, value: field.half });
  const button = make("button", { type: "button" }, field.words.add);
  const take = () => {
    const text = input.value.trim();
    input.value = "";
    field.halfway("");
    if (text) add(text);
  };
  input.oninput = () => field.halfway(input.value);
  button.onclick = take;
  input.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); take(); } };
  // What was typed but not yet added counts too: nobody should lose a word for want of one more tap.
  input.onchange = take;
  return make("div", { className: "kit-add" }, input, button);
}

const sameOption = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function severalInput(field, value, changed, typed) {
  let chosen = [...(value ?? [])];
  const offered = () => (field.among ? (typed()[field.among] ?? []).map((one) => [one, one]) : field.choices);
  const chips = make("div", { className: "kit-chips", role: "group", "aria-label": field.label });
  const words = (option) => offered().find(([one]) => sameOption(one, option))?.[1] ?? option.new ?? option;
  const draw = () => {
    const focused = [...chips.children].indexOf(document.activeElement);
    const extra = chosen.filter((one) => !offered().some(([option]) => sameOption(one, option)));
    const all = [...offered().map(([option]) => option), ...(field.among ? [] : extra)];
    chips.replaceChildren(...all.map((option) => {
      const on = chosen.some((one) => sameOption(one, option));
      return make("button", { type: "button", "aria-pressed": String(on), onclick: () => flip(option, on) }, words(option));
    }));
    if (focused >= 0) chips.children[focused]?.focus();
  };
  const flip = (option, on) => {
    chosen = on ? chosen.filter((one) => !sameOption(one, option)) : [...chosen, option];
    draw();
    changed(chosen, true);
  };
  const add = (text) => flip(["links"].includes(field.kind) ? { new: text } : text, false);
  const node = make("div", {}, chips, field.grows ? adder(field, add) : null);
  if (field.among) {
    const follow = () => {
      const open = offered();
      chosen = chosen.filter((one) => open.some(([option]) => option === one));
      node.parentElement?.toggleAttribute("hidden", !open.length);
      draw();
    };
    node.follow = follow;
    requestAnimationFrame(follow);
  }
  draw();
  return node;
}

function linkInput(field, value, changed) {
  const holder = make("div");
  const draw = (extra, chosen) => {
    const options = [...field.choices, ...(extra ? [[extra, extra.new]] : [])];
    const group = radios(field, options, "kit-chips", chosen, (now) => changed(now, true));
    holder.replaceChildren(group, ...(field.grows ? [adder(field, (text) => { const one = { new: text }; draw(one, one); changed(one, true); })] : []));
  };
  const given = value && value.new ? value : null;
  draw(given, given ?? value ?? null);
  return holder;
}

function dayInput(field, value, changed) {
  const weekday = make("span", { className: "kit-weekday" });
  const input = make("input", { ...KEPT_NOWHERE, type: "date", value: value ?? "" });
  const show = () => {
    const day = input.value ? new Date(`${input.value}T12:00`) : null;
    weekday.textContent = day ? day.toLocaleDateString(undefined, { weekday: "long" }) : field.words.open;
  };
  const set = (day) => { input.value = day; show(); changed(input.value || null, true); };
  input.onchange = () => set(input.value);
  const local = () => { const now = new Date(); return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10); };
  const todayButton = make("button", { type: "button", className: "kit-plain", onclick: () => set(local()) }, field.words.today);
  const openButton = field.must ? null : make("button", { type: "button", className: "kit-plain", onclick: () => set("") }, field.words.clear);
  show();
  return make("div", { className: "kit-row" }, ...[input, weekday, todayButton, openButton].filter(Boolean));
}

function countInput(field, value, changed) {
  const input = make("input", { ...KEPT_NOWHERE, type: "number", min: field.least, max: field.most, value: value ?? "" });
  const set = (number) => { input.value = number; changed(number === "" ? null : Number(number), true); };
  input.oninput = () => changed(input.value === "" ? null : Number(input.value));
  const step = (by) => make("button", { type: "button", "aria-label": `${field.label} ${by > 0 ? "+1" : "-1"}`,
    onclick: () => set(Math.min(field.most, Math.max(field.least, Number(input.value || 0) + by))) }, by > 0 ? "+" : "\u2212");
  return make("div", { className: "kit-row" }, step(-1), input, step(1));
}

function flagInput(field, value, changed) {
  const button = make("button", { type: "button", "aria-pressed": String(Boolean(value)) }, field.label);
  button.onclick = () => { value = !value; button.setAttribute("aria-pressed", String(value)); changed(value, true); };
  return make("div", { className: "kit-chips" }, button);
}

const INPUTS = {
  text: textInput, texts: textsInput, rating: ratingInput, choice: choiceInput, several: severalInput,
  link: linkInput, links: severalInput, day: dayInput, count: countInput, flag: flagInput,
};
